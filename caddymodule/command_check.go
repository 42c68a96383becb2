package caddymodule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/keys/filekeys"
	"github.com/customergate/customergate/validation"
)

type checkOptions struct {
	gateFlags
	key    string
	tenant string
	client string
	reveal bool
}

func checkCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [--key FILE | --tenant NAME] [--config FILE [--adapter NAME] [--gate N]] [--client IP] [--reveal] FILE|-",
		Short: "Tells what the gate would say of a request body, and what it would forward",
		Long: `
Runs a request body through the gate offline. If it is accepted, the normalised
body for the upstream is printed and the exit status is 0; if not, each
violation is printed on a line of its own and the exit status is 1. Why a
password could not be decrypted, which the gate tells no client, is printed too.

The passwords in the normalised body are masked, unless --reveal is given.

Without --config, the gate has its default options, which are a registration's.
Without --key, encrypted passwords are decrypted with the keys that the
configuration has for the tenant; those of "keys auto" are used when they exist,
and never made. A password that was encrypted with another key than the one in
use is told on standard error.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := runCheck(o, args[0], os.Stdin, os.Stdout, cmd.ErrOrStderr())
			cmd.SilenceErrors = errors.Is(err, errRefused) // it is in the output already
			return err
		},
	}
	cmd.Flags().StringVar(&o.key, "key", "", "file with the private key, in place of the configuration's")
	o.addTo(cmd)
	cmd.Flags().StringVar(&o.tenant, "tenant", keys.DefaultTenant, "tenant that the request is for, where the gate tells tenants apart")
	cmd.Flags().StringVar(&o.client, "client", "127.0.0.1", "IP address that the request comes from, for plaintext")
	cmd.Flags().BoolVar(&o.reveal, "reveal", false, "print the passwords of the normalised body")
	cmd.MarkFlagsMutuallyExclusive("key", "tenant") // a key that is named is nobody else's
	return cmd
}

// errRefused has the command exit with status 1.
var errRefused = errors.New("the gate refuses this body")

func runCheck(o checkOptions, file string, stdin io.Reader, stdout, stderr io.Writer) error {
	body, err := readBody(file, stdin)
	if err != nil {
		return err
	}
	defer clear(body)
	request, err := offlineRequest(o.client, body)
	if err != nil {
		return err
	}
	config, err := o.open()
	if err != nil {
		return err
	}
	defer config.close()
	gate, err := o.provision(config)
	if err != nil {
		return err
	}
	p := &passage{gate: gate, r: request, tenantName: lowerASCII(o.tenant)}
	defer p.wipe()
	if p.ring, p.ringErr = gate.source.ringOf(p.tenantName); errors.Is(p.ringErr, keys.ErrUnknownTenant) {
		noSuchTenant().print(stdout)
		fmt.Fprintln(stdout, "why: choose a tenant with --tenant; `caddy customer-gate keys` lists those that have keys")
		return errRefused
	}
	return p.check(o.reveal, stdout, stderr)
}

// provision readies the gate that was chosen.
func (o checkOptions) provision(config *offlineConfig) (*Gate, error) {
	options, err := config.choose(o.gate)
	if err != nil {
		return nil, err
	}
	if o.key != "" && options["endpoint"] == "edit_profile" {
		return nil, errors.New("--key: the gate is one of edit_profile, which has nothing to decrypt")
	}
	if o.key != "" {
		options = withKeyFile(options, o.key)
	}
	gate, err := config.provision(options)
	if err == nil && gate.source.template == "" && o.tenant != keys.DefaultTenant {
		err = errors.New("--tenant: the gate does not tell tenants apart, it has no option `tenant`")
	}
	return gate, err
}

// check takes the body through the gate and prints what becomes of it.
func (p *passage) check(reveal bool, stdout, stderr io.Writer) error {
	refused := p.walk((*passage).body, (*passage).json, (*passage).fields)
	var ciphertexts [][]byte
	if refused == nil {
		ciphertexts = p.submission.Ciphertexts()
		refused = p.walk((*passage).decrypt, (*passage).secrets)
	}
	if refused != nil && refused.code == codeServiceUnavailable {
		if p.ringErr != nil {
			return fmt.Errorf("no private key at hand, name one with --key FILE: %w", p.ringErr)
		}
		return errors.New("the private key failed; name another with --key FILE")
	}
	p.printNotes(stderr, ciphertexts)
	if refused == nil {
		return p.print(stdout, reveal)
	}
	refused.print(stdout)
	p.printReasons(stdout, refused, ciphertexts)
	return errRefused
}

// printReasons tells why ciphertexts could not be opened, each reason once.
func (p *passage) printReasons(w io.Writer, refused *refusal, ciphertexts [][]byte) {
	unopened := func(d detail) bool { return d.Code == validation.PasswordUndecryptable }
	if !slices.ContainsFunc(refused.details, unopened) {
		return
	}
	printOnce(w, "why", ciphertexts, p.explain)
}

// printNotes tells of ciphertexts that open with another key than the one that
// clients are to use.
func (p *passage) printNotes(w io.Writer, ciphertexts [][]byte) {
	printOnce(w, "note", ciphertexts, p.noteKey)
}

// printOnce prints what there is to say of ciphertexts, the same only once.
func printOnce(w io.Writer, label string, ciphertexts [][]byte, say func([]byte) string) {
	var said []string
	for _, ciphertext := range ciphertexts {
		if text := say(ciphertext); text != "" && !slices.Contains(said, text) {
			said = append(said, text)
			fmt.Fprintf(w, "%s: %s\n", label, text)
		}
	}
}

// readBody reads a little more than any gate would, so that one over the limit
// is seen to be.
func readBody(file string, stdin io.Reader) ([]byte, error) {
	if file == "-" {
		return readAll(io.LimitReader(stdin, maxMaxBody+1), -1)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	return readAll(io.LimitReader(f, maxMaxBody+1), -1)
}

// offlineRequest is as much of a request as the steps behind the headers look at.
func offlineRequest(client string, body []byte) (*http.Request, error) {
	if _, err := netip.ParseAddr(client); err != nil {
		return nil, fmt.Errorf("--client: %w", err)
	}
	ctx := context.WithValue(context.Background(), caddyhttp.VarsCtxKey, map[string]any{caddyhttp.ClientIPVarKey: client})
	r := &http.Request{Method: http.MethodPost, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
	return r.WithContext(ctx), nil
}

// withKeyFile returns a gate's options with a key file in place of its keys,
// which is then that of all its tenants.
func withKeyFile(gate map[string]any, path string) map[string]any {
	changed := maps.Clone(gate)
	delete(changed, "tenant")
	changed["keys"] = caddyconfig.JSONModuleObject(&filekeys.Provider{Path: path}, "provider", "file", nil)
	return changed
}

// print writes a refusal for people, a line for each thing that is wrong.
func (r *refusal) print(w io.Writer) {
	fmt.Fprintf(w, "%d %s: %s\n", r.status, r.code, r.message)
	for _, d := range r.details {
		// A client may have put control codes of a terminal into a name.
		pointer := strings.Trim(strconv.QuoteToGraphic(string(*d.Pointer)), `"`)
		if pointer == "" {
			pointer = "(the body)"
		}
		fmt.Fprintf(w, "%s %s: %s\n", pointer, d.Code, d.Message)
	}
}

// print writes the normalised body, indented.
func (p *passage) print(w io.Writer, reveal bool) error {
	if !reveal {
		p.submission.Mask()
	}
	body := jsontext.Value(p.submission.AppendBody(nil))
	defer func() { clear(body) }()
	if err := body.Indent(jsontext.WithIndent("  ")); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s\n", body)
	return err
}
