package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
)

const (
	privateKeyFile = "private.pem"
	publicKeyFile  = "public.pem"
)

func keygenCommand() *cobra.Command {
	var (
		dir  string
		bits int
	)
	cmd := &cobra.Command{
		Use:   "keygen --out DIR [--bits N]",
		Short: "Makes a key pair and prints the public key in the dashboard's form",
		Long: `
Writes private.pem, readable by its owner alone, and public.pem into a
directory, which is made if need be, and prints the public key as one line of
Base64, the form that the dashboard shows. Existing files are left alone.

Keys of 2048 bits are what clients of the platform expect.`,
		Args: cobra.NoArgs,
		RunE: runs(func() error {
			if err := runKeygen(dir, bits, os.Stdout); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "wrote %s and %s; the line above is the public key for your clients\n",
				filepath.Join(dir, privateKeyFile), filepath.Join(dir, publicKeyFile))
			return nil
		}),
	}
	cmd.Flags().StringVar(&dir, "out", "", "directory for private.pem and public.pem")
	cmd.Flags().IntVar(&bits, "bits", keys.DefaultBits, fmt.Sprintf("size of the key, from %d to %d; serving a password of 4096 costs several times as much as one of 2048", keys.MinBits, keys.MaxBits))
	_ = cmd.MarkFlagRequired("out") // the flag exists
	return cmd
}

func runKeygen(dir string, bits int, stdout io.Writer) error {
	private, err := keys.Generate(bits)
	if err != nil {
		return err
	}
	privatePEM, err := keys.PrivatePEM(private)
	if err != nil {
		return err
	}
	defer clear(privatePEM)
	publicPEM, err := keys.PublicPEM(&private.PublicKey)
	if err != nil {
		return err
	}
	line, err := keys.PublicBase64(&private.PublicKey)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	privatePath := filepath.Join(dir, privateKeyFile)
	if err := writeNew(privatePath, privatePEM, 0o600); err != nil {
		return err
	}
	if err := writeNew(filepath.Join(dir, publicKeyFile), publicPEM, 0o644); err != nil {
		return errors.Join(err, os.Remove(privatePath)) // half a pair would only be in the way
	}
	_, err = fmt.Fprintln(stdout, line)
	return err
}

// writeNew writes a file that must not exist yet: a key that is overwritten is
// gone, and with it what was encrypted for it.
func writeNew(path string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists; move it away or name another directory", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path)) // a part of a key would only be in the way
	}
	return nil
}
