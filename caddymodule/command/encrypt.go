package command

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

func encryptCommand() *cobra.Command {
	var key, mgf1 string
	cmd := &cobra.Command{
		Use:   "encrypt --key FILE [--mgf1 sha256|sha1]",
		Short: "Encrypts a password from standard input, as a client does",
		Long: `
Reads a password, one line, from standard input and prints it encrypted as a
client sends it: RSA-OAEP with SHA-256 in Base64.`,
		Args: cobra.NoArgs,
		RunE: runs(func() error { return runEncrypt(key, mgf1, os.Stdin, os.Stdout) }),
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the public key: Base64, PEM, JWK or JWK Set")
	cmd.Flags().StringVar(&mgf1, "mgf1", "sha256", "hash of the mask generation function: sha256, or sha1 as Java's default")
	_ = cmd.MarkFlagRequired("key") // the flag exists
	return cmd
}

var mgf1Hashes = map[string]crypto.Hash{"sha256": crypto.SHA256, "sha1": crypto.SHA1}

func runEncrypt(key, mgf1 string, stdin io.Reader, stdout io.Writer) error {
	hash, known := mgf1Hashes[mgf1]
	if !known {
		return errors.New("--mgf1: want sha256 or sha1")
	}
	text, err := os.ReadFile(key)
	if err != nil {
		return err
	}
	public, err := keys.ParsePublic(text)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	input, err := io.ReadAll(io.LimitReader(stdin, 64<<10))
	if err != nil {
		return err
	}
	defer clear(input)
	password := bytes.TrimSuffix(bytes.TrimSuffix(input, []byte("\n")), []byte("\r"))
	if len(password) == 0 || !validation.Readable(password) {
		return errors.New("a password is one line of UTF-8 without control characters")
	}
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, public, password,
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: hash})
	if errors.Is(err, rsa.ErrMessageTooLong) {
		return errors.New("the password is too long: RSA-OAEP under a 2048-bit key carries 190 bytes (RFC 8017, section 7.1.1)")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, base64.StdEncoding.EncodeToString(ciphertext))
	return err
}
