package contract

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/customergate/customergate/validation/schema"
)

// Document is the contract of some gates, written.
type Document struct {
	// OpenAPI is the contract as OpenAPI 3.1, Schema the bodies alone as JSON Schema
	// 2020-12.
	OpenAPI, Schema []byte
}

// Write writes the contract of gates. The same gates in another order give the same.
// The error is of two that a client could not tell apart.
func Write(gates []Gate, options Options) (*Document, error) {
	options = options.withDefaults()
	operations, err := operationsOf(gates, options)
	if err != nil {
		return nil, err
	}
	schemas := answerSchemas(inOpenAPI)
	definitions, bodies := answerSchemas(inSchema), []object{}
	paths, responses, schemes := object{}, object{}, object{}
	for i, op := range operations {
		written := pairs(strings.ToLower(op.gate.Endpoint.Method), op.write(&responses, &schemes))
		if i > 0 && operations[i-1].path == op.path { // with another method
			written = append(paths[len(paths)-1].Value.(object), written...)
			paths = paths[:len(paths)-1]
		}
		paths = paths.And(op.path, written)
		schemas = schemas.And(op.name, op.body)
		definitions = definitions.And(op.name, op.body)
		bodies = append(bodies, inSchema.to(op.name))
	}
	components := pairs("schemas", schemas, "responses", responses)
	if len(schemes) > 0 {
		components = components.And("securitySchemes", schemes)
	}
	version, err := digest(paths, components)
	if err != nil {
		return nil, err
	}
	openAPI, err := write(pairs(
		"openapi", "3.1.1",
		"info", info(version),
		"servers", []object{pairs("url", options.Server, "description", "Where the gateway stands before the customer service.")},
		"tags", tags(operations),
		"paths", paths,
		"components", components,
	))
	if err != nil {
		return nil, err
	}
	root := pairs("$schema", "https://json-schema.org/draft/2020-12/schema", "title", title, "$comment", "Version "+version+". "+laxness,
		"anyOf", bodies, "$defs", definitions)
	if len(bodies) == 0 {
		root = slices.DeleteFunc(root, func(m schema.Member) bool { return m.Name == "anyOf" })
	}
	schemaText, err := write(root)
	return &Document{OpenAPI: openAPI, Schema: schemaText}, err
}

const (
	title   = "What the gateway takes"
	laxness = "What the gateway accepts is valid by this; what is valid may still break a rule that no schema can say."
)

func info(version string) object {
	return pairs("title", title, "version", version, "description", laxness+
		" `x-violations` are the codes with which a value can be refused, `x-params` the figures behind them, and `x-encrypted` says how to encrypt it.")
}

func tags(operations []operation) []object {
	list := []object{}
	seen := map[string]bool{}
	for _, op := range operations {
		if !seen[op.tag()] {
			list = append(list, pairs("name", op.tag(), "description", "Requests with "+op.gate.Endpoint.Article()+"."))
		}
		seen[op.tag()] = true
	}
	return list
}

// digest names a content, so that clients see when it is another one.
func digest(content ...object) (string, error) {
	text, err := json.Marshal(content)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6]), err
}

func write(document object) ([]byte, error) {
	text, err := document.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// operationsOf are the different ones of the gates, by path and method.
func operationsOf(gates []Gate, options Options) ([]operation, error) {
	operations := make([]operation, len(gates))
	for i, g := range gates {
		operations[i] = newOperation(g, options)
	}
	slices.SortStableFunc(operations, func(a, b operation) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.gate.Endpoint.Method, b.gate.Endpoint.Method))
	})
	var kept []operation
	for _, op := range operations {
		if i := len(kept) - 1; i < 0 || !kept[i].sameRequest(op) {
			kept = append(kept, op)
			continue
		}
		if same, err := kept[len(kept)-1].same(op); err != nil || !same {
			return nil, cmp.Or(err, clash(op))
		}
	}
	return named(kept), nil
}

func clash(op operation) error {
	return fmt.Errorf("two gates of %s %s differ in what a client may notice, and one contract cannot tell of both: "+
		"give them the same options, or each a site of its own, with a host name and its own customer_gate_contract; "+
		"where these are different endpoints, give each custom one a `path`", op.gate.Endpoint.Method, op.path)
}

// named gives operations whose subjects are alike names of their own.
func named(operations []operation) []operation {
	seen := map[string]int{}
	for i := range operations {
		name := operations[i].name
		if seen[name]++; seen[name] > 1 {
			operations[i].name = fmt.Sprintf("%s%d", name, seen[name])
		}
	}
	return operations
}
