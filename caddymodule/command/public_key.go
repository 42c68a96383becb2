package command

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
)

func publicKeyCommand() *cobra.Command {
	var key, format string
	cmd := &cobra.Command{
		Use:   "public-key --key FILE [--format base64|pem|jwk]",
		Short: "Prints the public key of a private one, for the clients",
		Args:  cobra.NoArgs,
		RunE:  runs(func() error { return runPublicKey(key, format, os.Stdout) }),
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the private key")
	cmd.Flags().StringVar(&format, "format", "base64", "base64 (one line, the dashboard's form), pem or jwk")
	_ = cmd.MarkFlagRequired("key") // the flag exists
	return cmd
}

var publicForms = map[string]func(*rsa.PublicKey) (string, error){
	"base64": keys.PublicBase64,
	"pem":    asText(keys.PublicPEM),
	"jwk":    asText(keys.PublicJWK),
}

func asText(form func(*rsa.PublicKey) ([]byte, error)) func(*rsa.PublicKey) (string, error) {
	return func(public *rsa.PublicKey) (string, error) {
		text, err := form(public)
		return string(bytes.TrimSpace(text)), err
	}
}

func runPublicKey(key, format string, stdout io.Writer) error {
	form, known := publicForms[format]
	if !known {
		return errors.New("--format: want base64, pem or jwk")
	}
	private, err := keys.ReadPrivateFile(key)
	if err != nil {
		return err
	}
	text, err := form(&private.PublicKey)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, text)
	return err
}
