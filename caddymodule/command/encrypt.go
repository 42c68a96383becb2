package command

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

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
client sends it: RSA-OAEP with SHA-256 in Base64. At a terminal it asks for the
password, which is not shown.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return interruptible(cmd, func(ctx context.Context) error {
				return runEncrypt(ctx, key, mgf1, os.Stdin, os.Stdout, cmd.ErrOrStderr())
			})
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "file with the public key: Base64, PEM, JWK or JWK Set")
	cmd.Flags().StringVar(&mgf1, "mgf1", "sha256", "hash of the mask generation function: sha256, or sha1 as Java's default")
	_ = cmd.MarkFlagRequired("key") // the flag exists
	return cmd
}

var mgf1Hashes = map[string]crypto.Hash{"sha256": crypto.SHA256, "sha1": crypto.SHA1}

func runEncrypt(ctx context.Context, key, mgf1 string, stdin io.Reader, stdout, stderr io.Writer) error {
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
	password, err := readPassword(ctx, stdin, stderr)
	if err != nil {
		return err
	}
	defer clear(password)
	if len(password) == 0 || !validation.Readable(password) {
		return errors.New("a password is one line of UTF-8 without control characters")
	}
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, public, password, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: hash})
	if errors.Is(err, rsa.ErrMessageTooLong) {
		return fmt.Errorf("the password is too long: RSA-OAEP under a key of %d bits carries %d bytes (RFC 8017, section 7.1.1)",
			public.N.BitLen(), public.Size()-2*crypto.SHA256.Size()-2)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, base64.StdEncoding.EncodeToString(ciphertext))
	return err
}

// maxPasswordInput is far more than any key can encrypt.
const maxPasswordInput = 64 << 10

func readPassword(ctx context.Context, stdin io.Reader, stderr io.Writer) ([]byte, error) {
	if terminal, ok := stdin.(*os.File); ok && term.IsTerminal(int(terminal.Fd())) {
		fmt.Fprint(stderr, "Password: ")
		defer fmt.Fprintln(stderr) // the Enter key is not shown either
		return readHidden(ctx, int(terminal.Fd()))
	}
	input, err := io.ReadAll(io.LimitReader(stdin, maxPasswordInput))
	return bytes.TrimSuffix(bytes.TrimSuffix(input, []byte("\n")), []byte("\r")), err
}

// readHidden reads a line that the terminal does not show. It shows again what is
// typed when the user has interrupted that.
func readHidden(ctx context.Context, terminal int) ([]byte, error) {
	state, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return l.text, l.err
	case <-ctx.Done():
		return nil, errors.Join(errors.New("interrupted"), term.Restore(terminal, state))
	}
}
