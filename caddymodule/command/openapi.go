package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/customergate/customergate/caddymodule"
	"github.com/customergate/customergate/caddymodule/contract"
	"github.com/customergate/customergate/caddymodule/internal/routes"
)

type openAPIFlags struct {
	gateFlags
	schema bool
}

func openAPICommand() *cobra.Command {
	var f openAPIFlags
	cmd := &cobra.Command{
		Use:   "openapi [--config FILE [--adapter NAME] [--gate N]] [--schema]",
		Short: "Prints what the gates take and answer, as OpenAPI 3.1 or JSON Schema",
		Long: `
Prints what customer_gate_contract serves as openapi.json, with the options that the
configuration has for it. Nothing of the gates is loaded: no key, no file, no store.

A configuration with several sites has a contract for each that has a
customer_gate_contract; choose one by a gate of it with --gate. Without a
customer_gate_contract, all gates are printed, or the one of --gate.

Without --config, it is the contract of a gate with the default options, which are a
registration's. With --schema, schema.json is printed in its place.`,
		Args: cobra.NoArgs,
		RunE: runs(func() error { return f.run(os.Stdout) }),
	}
	f.addTo(cmd)
	cmd.Flags().BoolVar(&f.schema, "schema", false, "print the JSON Schema of bodies and answers")
	return cmd
}

func (f openAPIFlags) run(w io.Writer) error {
	documents, err := f.documents()
	if err != nil {
		return err
	}
	texts := make([]string, len(documents))
	for i, document := range documents {
		texts[i] = string(document.OpenAPI)
		if f.schema {
			texts[i] = string(document.Schema)
		}
	}
	if texts = slices.Compact(texts); len(texts) > 1 {
		return fmt.Errorf("%s has sites with %d different contracts; choose a gate with --gate", f.config, len(texts))
	}
	_, err = io.WriteString(w, texts[0])
	return err
}

// documents are those of the configuration's customer_gate_contract handlers.
func (f openAPIFlags) documents() ([]*contract.Document, error) {
	all, handlers := []routes.Handler{{}}, []routes.Handler(nil)
	if f.config != "" {
		var err error
		if all, handlers, err = f.load(); err != nil {
			return nil, err
		}
	}
	gates, err := f.describe(all)
	if err != nil {
		return nil, err
	}
	if f.gate > 0 || len(handlers) == 0 {
		handlers = append(handlers, routes.Handler{})[:1]
	}
	var documents []*contract.Document
	for _, h := range handlers {
		options, err := contractOptions(h.Options)
		if err != nil {
			return nil, err
		}
		of := gates
		if f.gate == 0 {
			of = contract.OfSite(gates, h.Site)
		}
		document, err := contract.Write(of, options)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	return documents, nil
}

// load finds the gates of the configuration, and who tells about them.
func (f openAPIFlags) load() (gates, contracts []routes.Handler, err error) {
	text, _, _, err := caddycmd.LoadConfig(f.config, f.adapter)
	if err != nil {
		return nil, nil, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, nil, err
	}
	gates = routes.Handlers(tree, "customer_gate")
	if len(gates) == 0 {
		return nil, nil, fmt.Errorf("%s has no customer_gate", f.config)
	}
	return gates, routes.Handlers(tree, "customer_gate_contract"), nil
}

// describe tells of all gates, or of the one that was chosen.
func (f openAPIFlags) describe(all []routes.Handler) ([]contract.Gate, error) {
	if f.gate < 0 || f.gate > len(all) {
		return nil, fmt.Errorf("%s has %d customer_gate handlers; choose one with --gate, from 1 to %d", f.config, len(all), len(all))
	}
	if f.gate > 0 {
		all = all[f.gate-1 : f.gate]
	}
	gates := make([]contract.Gate, len(all))
	for i, h := range all {
		options, err := json.Marshal(h.Options)
		if err != nil {
			return nil, err
		}
		if gates[i], err = caddymodule.DescribeGate(options, h.Site); err != nil {
			return nil, err
		}
	}
	return gates, nil
}

func contractOptions(handler map[string]any) (options contract.Options, err error) {
	text, err := json.Marshal(handler)
	if err != nil {
		return options, err
	}
	return options, errors.Join(json.Unmarshal(text, &options), options.Check())
}
