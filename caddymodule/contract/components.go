package contract

import (
	"strings"

	"github.com/customergate/customergate/validation"
	"github.com/customergate/customergate/validation/schema"
)

type object = schema.Object

func pairs(namesAndValues ...any) object { return schema.Pairs(namesAndValues...) }

// refs is where the schemas of a document stand.
type refs string

const (
	inOpenAPI refs = "#/components/schemas/"
	inSchema  refs = "#/$defs/"
)

func (r refs) to(name string) object { return pairs("$ref", string(r)+name) }

// answerSchemas are those of the gate's own answers.
func answerSchemas(at refs) object {
	return pairs(
		"RefusalCode", oneOf("What is wrong with a request.", Refusals()),
		"ViolationCode", oneOf("What is wrong with a value, or with a header.", Violations()),
		"Violation", violationSchema(at),
		"Envelope", envelopeSchema(at),
		"Problem", problemSchema(at),
	)
}

// oneOf lists codes, each explained.
func oneOf(description string, codes []Code) object {
	choices := make([]object, len(codes))
	for i, c := range codes {
		choices[i] = pairs("const", c.Value, "title", c.Title, "description", c.Description)
		if len(c.Params) > 0 {
			choices[i] = choices[i].And("x-params", paramNames(c.Params))
		}
	}
	return pairs("description", description, "oneOf", choices) // without a type, of which generators make any string
}

func paramNames(infos []validation.ParamInfo) []string {
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = info.Name
	}
	return names
}

// paramSchemas are those of all codes' params.
func paramSchemas() object {
	params := object{}
	for _, code := range Violations() {
		for _, info := range code.Params {
			param := described(info.Type, info.Description)
			if info.Type == "array" {
				param = param.And("items", pairs("type", "string"))
			}
			addOnce(&params, info.Name, param)
		}
	}
	return params
}

func described(kind, description string) object {
	return pairs("type", kind, "description", description)
}

func structure(description string, required []string, properties object) object {
	return described("object", description).And("required", required).And("properties", properties)
}

func listOf(description string, items object) object {
	return described("array", description).And("items", items)
}

func violationSchema(at refs) object {
	return structure("One thing that is wrong. It has a pointer or a header.", []string{"code", "message"}, pairs(
		"pointer", described("string", "Where the value stands in the body (RFC 6901); empty for the whole body.").And("format", "json-pointer"),
		"header", described("string", "The name of the header."),
		"code", at.to("ViolationCode"),
		"message", described("string", "For people. It never repeats the value, and may change."),
		"params", described("object", "What the message says in figures and names, for a program that has its own words: those that x-params of the code lists.").And("properties", paramSchemas()),
	))
}

func envelopeSchema(at refs) object {
	return structure("A refusal in the platform's own form.", []string{"success", "error", "metadata"}, pairs(
		"success", pairs("type", "boolean", "const", false),
		"error", structure("What is wrong.", []string{"code", "message", "details"}, pairs(
			"code", at.to("RefusalCode"),
			"message", described("string", "For people."),
			"details", listOf("All violations, in the order of the body; empty where there are none.", at.to("Violation")),
		)),
		"metadata", structure("Of which request.", []string{"request_id", "request_uuid", "timestamp"}, pairs(
			"request_id", described("string", "The header uuid of the request."),
			"request_uuid", described("string", "The gateway's own, by which support finds the request."),
			"timestamp", described("string", "When the answer was made.").And("format", "date-time"),
		)),
	))
}

func problemSchema(at refs) object {
	return structure("A refusal in the form of RFC 9457.", []string{"type", "title", "status", "code", "errors"}, pairs(
		"type", described("string", "The page that explains the code.").And("format", "uri"),
		"title", described("string", "For people."),
		"status", described("integer", "The HTTP status."),
		"code", at.to("RefusalCode"),
		"errors", listOf("All violations, in the order of the body; empty where there are none.", at.to("Violation")),
	))
}

// typeName is a name for a type of programs, made of words.
func typeName(words string) string {
	var name strings.Builder
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return !isWord(r) }) {
		name.WriteString(strings.ToUpper(word[:1]) + strings.ToLower(word[1:]))
	}
	return name.String()
}

func isWord(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
