package validation

import "github.com/go-json-experiment/json/jsontext"

// Endpoint is the contract of one endpoint of the customer service: the fields
// of its body in their order. Another endpoint is another table.
type Endpoint struct {
	// subject is what its body is called in a message for people.
	subject string
	// fields holds each object right before its members, in table order.
	fields []field
	root   object
}

// object is what a JSON object of the contract may hold: member names and
// where each stands in Endpoint.fields.
type object struct {
	pointer string
	members map[string]int
	// folded holds the members' names as foldName leaves them, containers those
	// of the members that are objects.
	folded, containers map[string]bool
}

// field is one row of a contract table.
type field struct {
	name     string
	pointer  jsontext.Pointer
	kind     fieldType
	required bool
	// requiredWith names a field beside which this one is required, too.
	requiredWith string

	// maxLength bounds a text, in code points; 0 leaves it to the rule.
	maxLength int
	// oneOf lists the values that a text may have; empty means any.
	oneOf []string
	// sealed marks a text that the client may send encrypted, and that is a
	// secret: it is held in bytes that can be wiped.
	sealed bool
	// rule judges and normalises a value that passed everything above.
	rule rule
	// members are those of a record; parent is the record's index, or -1.
	members []field
	object  object
	parent  int
}

// rule judges one value, of whose type and presence the caller has made sure,
// and may normalise it in place.
type rule func(c *check, v *value)

type fieldType uint8

const (
	text     fieldType = iota // a string
	flag                      // true or false
	record                    // an object whose members the contract knows
	freeform                  // an object of the client's own
	barred                    // nothing: whatever is sent, null too, is its rule's to refuse
)

// String names the type in a message for people.
func (t fieldType) String() string {
	switch t {
	case text:
		return "a string"
	case flag:
		return "true or false"
	default:
		return "an object"
	}
}

// matches reports whether a JSON value is of the type.
func (t fieldType) matches(kind jsontext.Kind) bool {
	switch t {
	case text:
		return kind == '"'
	case flag:
		return kind == 't' || kind == 'f'
	default:
		return kind == '{'
	}
}

func newEndpoint(subject string, table []field) *Endpoint {
	e := &Endpoint{subject: subject}
	e.root = e.add("", -1, table)
	return e
}

func (e *Endpoint) add(pointer jsontext.Pointer, parent int, table []field) object {
	o := object{
		pointer: string(pointer),
		members: make(map[string]int, len(table)), folded: make(map[string]bool, len(table)), containers: map[string]bool{},
	}
	for _, f := range table {
		f.pointer = pointer.AppendToken(f.name)
		f.parent = parent
		i := len(e.fields)
		o.members[f.name] = i
		o.folded[foldName(f.name)] = true
		o.containers[foldName(f.name)] = f.kind == record || f.kind == freeform
		e.fields = append(e.fields, f)
		if f.kind == record {
			e.fields[i].object = e.add(f.pointer, i, f.members)
		}
	}
	return o
}
