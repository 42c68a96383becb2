package caddymodule

import (
	"bytes"
	"context"
	"encoding/json"
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

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/validation"
)

type checkOptions struct {
	key     string
	config  string
	adapter string
	gate    int
	client  string
	reveal  bool
}

func checkCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [--key FILE] [--config FILE [--adapter NAME] [--gate N]] [--client IP] [--reveal] FILE|-",
		Short: "Tells what the gate would say of a request body, and what it would forward",
		Long: `
Runs a request body through the gate offline. If it is accepted, the normalised
body for the upstream is printed and the exit status is 0; if not, each
violation is printed on a line of its own and the exit status is 1. Why a
password could not be decrypted, which the gate tells no client, is printed too.

The passwords in the normalised body are masked, unless --reveal is given.

Without --config, the gate has its default options. Without --key, encrypted
passwords are decrypted with the key that the configuration names; the key pair
of "keys auto" is used when it exists, and never made.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := runCheck(o, args[0], os.Stdin, os.Stdout)
			cmd.SilenceErrors = errors.Is(err, errRefused) // it is in the output already
			return err
		},
	}
	cmd.Flags().StringVar(&o.key, "key", "", "file with the private key, in place of the configuration's")
	cmd.Flags().StringVar(&o.config, "config", "", "Caddy configuration whose gate to use")
	cmd.Flags().StringVar(&o.adapter, "adapter", "", "name of the configuration's adapter; Caddyfiles need none")
	cmd.Flags().IntVar(&o.gate, "gate", 0, "which gate of a configuration that has several, counted from 1")
	cmd.Flags().StringVar(&o.client, "client", "127.0.0.1", "IP address that the request comes from, for plaintext")
	cmd.Flags().BoolVar(&o.reveal, "reveal", false, "print the passwords of the normalised body")
	return cmd
}

// errRefused has the command exit with status 1.
var errRefused = errors.New("the gate refuses this body")

func runCheck(o checkOptions, file string, stdin io.Reader, stdout io.Writer) error {
	body, err := readBody(file, stdin)
	if err != nil {
		return err
	}
	defer clear(body)
	gate, done, err := offlineGate(o)
	if err != nil {
		return err
	}
	defer done()
	request, err := offlineRequest(o.client, body)
	if err != nil {
		return err
	}
	p := &passage{gate: gate, r: request}
	defer p.wipe()
	refused := p.walk((*passage).body, (*passage).json, (*passage).fields)
	var ciphertexts [][]byte
	if refused == nil {
		ciphertexts = p.submission.Ciphertexts()
		refused = p.walk((*passage).decrypt, (*passage).secrets)
	}
	switch {
	case refused == nil:
		return p.print(stdout, o.reveal)
	case refused.code == codeServiceUnavailable:
		if _, err := gate.keys.Keys(keys.DefaultTenant); err != nil {
			return fmt.Errorf("no private key at hand, name one with --key FILE: %w", err)
		}
		return errors.New("the private key failed; name another with --key FILE")
	}
	refused.print(stdout)
	if err := gate.printReasons(stdout, refused, ciphertexts); err != nil {
		return err
	}
	return errRefused
}

// printReasons tells why ciphertexts could not be opened, each reason once.
func (g *Gate) printReasons(w io.Writer, refused *refusal, ciphertexts [][]byte) error {
	unopened := func(d detail) bool { return d.Code == validation.PasswordUndecryptable }
	if len(ciphertexts) == 0 || !slices.ContainsFunc(refused.details, unopened) {
		return nil
	}
	ring, err := g.keys.Keys(keys.DefaultTenant)
	if err != nil {
		return err
	}
	var reasons []string
	for _, ciphertext := range ciphertexts {
		if reason := explain(ring[0], mgf1Policies[g.MGF1], ciphertext); reason != "" && !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
			fmt.Fprintf(w, "why: %s\n", reason)
		}
	}
	return nil
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

// offlineGate provisions a gate alone, in a context that has the storage of its
// configuration and nothing else of it.
func offlineGate(o checkOptions) (*Gate, func(), error) {
	config, raw, err := gateConfig(o)
	if err != nil {
		return nil, nil, err
	}
	off := false
	ctx, err := caddy.ProvisionContext(&caddy.Config{
		Admin:      &caddy.AdminConfig{Disabled: true, Config: &caddy.ConfigSettings{Persist: &off}},
		Logging:    &caddy.Logging{Logs: map[string]*caddy.CustomLog{"default": {BaseLog: caddy.BaseLog{WriterRaw: json.RawMessage(`{"output":"discard"}`)}}}},
		StorageRaw: config.StorageRaw,
	})
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := caddy.NewContext(ctx)
	if o.key != "" {
		raw, err = withKeyFile(raw, o.key)
	}
	var module any
	if err == nil {
		module, err = ctx.LoadModuleByID("http.handlers.customer_gate", raw)
	}
	if err != nil {
		cancel()
		return nil, nil, err
	}
	gate := module.(*Gate)
	if auto, ok := gate.keys.(*keys.Auto); ok {
		auto.NeverMake()
	}
	return gate, cancel, nil
}

// gateConfig loads a configuration and finds the gate to use; without a file it
// is Caddy's and the gate's default one.
func gateConfig(o checkOptions) (caddy.Config, json.RawMessage, error) {
	var config caddy.Config
	if o.config == "" {
		return config, json.RawMessage(`{}`), nil
	}
	text, _, _, err := caddycmd.LoadConfig(o.config, o.adapter)
	if err != nil {
		return config, nil, err
	}
	var tree any
	if err := errors.Join(json.Unmarshal(text, &config), json.Unmarshal(text, &tree)); err != nil {
		return config, nil, err
	}
	gates := findGates(tree)
	switch {
	case len(gates) == 0:
		return config, nil, fmt.Errorf("%s has no customer_gate", o.config)
	case o.gate < 0 || o.gate > len(gates) || o.gate == 0 && len(gates) > 1:
		return config, nil, fmt.Errorf("%s has %d customer_gate handlers; choose one with --gate, from 1 to %d", o.config, len(gates), len(gates))
	}
	gate := gates[max(o.gate-1, 0)]
	delete(gate, "handler")
	raw, err := json.Marshal(gate)
	return config, raw, err
}

// findGates looks for customer_gate handlers in a JSON configuration, wherever
// routes and subroutes have put them, servers in the order of their names.
func findGates(tree any) []map[string]any {
	var gates []map[string]any
	switch node := tree.(type) {
	case map[string]any:
		if node["handler"] == "customer_gate" {
			return []map[string]any{node}
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			gates = append(gates, findGates(node[name])...)
		}
	case []any:
		for _, child := range node {
			gates = append(gates, findGates(child)...)
		}
	}
	return gates
}

// withKeyFile lays a file provider over a gate's configuration.
func withKeyFile(raw json.RawMessage, path string) (json.RawMessage, error) {
	var gate map[string]json.RawMessage
	if err := json.Unmarshal(raw, &gate); err != nil {
		return nil, err
	}
	gate["keys"] = caddyconfig.JSONModuleObject(&keys.File{Path: path}, "provider", "file", nil)
	return json.Marshal(gate)
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
