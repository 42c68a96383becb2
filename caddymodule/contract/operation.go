package contract

import (
	"bytes"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/customergate/customergate/validation/schema"
)

// operation is the one request that a gate stands before.
type operation struct {
	gate Gate
	path string
	name string // of its body's schema
	body object
}

func newOperation(g Gate, options Options) operation {
	source := schema.Source{Policy: g.Policy, Raw: g.Raw, Unique: g.Unique}
	if g.Endpoint.Contract.HasSealed() {
		source.Encryption = g.encryption(options)
	}
	return operation{gate: g, path: g.Endpoint.PathOrSubject(), name: typeName(g.Endpoint.Label()), body: schema.Of(source)}
}

// encryption says how a secret is encrypted (contract, section 2).
func (g Gate) encryption(options Options) object {
	return pairs("algorithm", "RSA-OAEP", "hash", "SHA-256", "mgf1", g.MGF1, "label", "", "encoding", "base64",
		"key", options.Keys, "keyId", "Encryption-Key-Id")
}

func (o operation) sameRequest(other operation) bool {
	return o.path == other.path && o.gate.Endpoint.Method == other.gate.Endpoint.Method
}

// same reports whether a client sees no difference.
func (o operation) same(other operation) (bool, error) {
	var texts [2][]byte
	for i, op := range []operation{o, other} {
		var err error
		if texts[i], err = pairs("operation", op.write(new(object), new(object)), "body", op.body).MarshalJSON(); err != nil {
			return false, err
		}
	}
	return bytes.Equal(texts[0], texts[1]), nil
}

func (o operation) tag() string { return o.gate.Endpoint.Contract.Subject() }

// write writes the operation, and adds to the components what it points to.
func (o operation) write(responses, schemes *object) object {
	written := pairs(
		"operationId", strings.ToLower(o.name[:1])+o.name[1:],
		"tags", []string{o.tag()},
		"summary", "Send "+o.gate.Endpoint.Article(),
		"description", o.description(),
		"security", o.gate.security(schemes),
		"parameters", o.gate.parameters(),
		"requestBody", pairs("required", true, "content", pairs("application/json", o.media())),
		"responses", o.gate.responses(responses),
	)
	if o.gate.Monitors {
		written = written.And("x-mode", "monitor")
	}
	return written
}

func (o operation) description() string {
	said := []string{"The body has at most " + humanize.IBytes(uint64(o.gate.MaxBody)) + "."}
	if o.gate.Endpoint.Contract.HasSealed() {
		said = append(said, "Secrets are encrypted as x-encrypted says.")
	}
	if o.gate.Monitors {
		said = append(said, "For now, the gateway only watches, and hands on what it will refuse.")
	}
	return strings.Join(said, " ")
}

// media is the body, with an example where one can be made up.
func (o operation) media() object {
	media := pairs("schema", inOpenAPI.to(o.name))
	if example, made := o.gate.Example(); made {
		media = media.And("examples", pairs("raw", pairs("summary", "With what is required, or with one member where nothing is; not encrypted", "value", example)))
	}
	return media
}
