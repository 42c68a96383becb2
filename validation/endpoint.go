package validation

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Endpoint is the contract of one endpoint of the customer service: the fields
// of its body in their order. Another endpoint is another table.
type Endpoint struct {
	// subject is what its body is called in a message for people.
	subject string
	// table is what was asked for, with pointers.
	table []Field
	// rows holds each object right before its members, in table order.
	rows []row
	root object

	encrypted, claimed, account int // rows, or none
}

// none stands for a row that there is not.
const none = -1

// object is what a JSON object of the contract may hold: member names and
// where each stands in Endpoint.rows.
type object struct {
	pointer string
	members map[string]int
	// folded holds the members' names as foldName leaves them, containers those
	// of the members that are objects or lists.
	folded, containers map[string]bool
}

// row is a field at work.
type row struct {
	name         string
	pointer      jsontext.Pointer
	kind         fieldType
	required     bool
	requiredWith int // the row beside which this one is required, or none

	bounds *Bounds
	// oneOf lists the values that a text may have; empty means any.
	oneOf []string
	// sealed marks a text that the client may send encrypted, and that is a
	// secret: it is held in bytes that can be wiped.
	sealed bool
	unique bool
	// rules judge and normalise a value that passed everything above.
	rules []rule
	// object is what a record may hold; item what a list's elements are.
	object object
	item   *row
	// parent is the record's row, or none; depth is in how many records the row is,
	// and first tells that it is the first member of its object.
	parent, depth int
	first         bool
}

// rule judges one value, of whose type and presence the caller has made sure,
// and may normalise it in place.
type rule func(c *check, v *value)

type fieldType uint8

const (
	text     fieldType = iota // a string
	flag                      // true or false
	number                    // a number
	record                    // an object whose members the contract knows
	freeform                  // an object of the client's own
	list                      // an array
	barred                    // nothing: whatever is sent, null too, is its rule's to refuse
)

// name is what JSON Schema calls the type.
func (t fieldType) name() string {
	switch t {
	case text:
		return "string"
	case flag:
		return "boolean"
	case number:
		return "number"
	case list:
		return "array"
	default:
		return "object"
	}
}

// matches reports whether a JSON value is of the type.
func (t fieldType) matches(kind jsontext.Kind) bool {
	switch t {
	case text:
		return kind == '"'
	case flag:
		return kind == 't' || kind == 'f'
	case number:
		return kind == '0'
	case list:
		return kind == '['
	default:
		return kind == '{'
	}
}

// NewEndpoint makes an endpoint of a table. Its subject is what its body is called
// in a message for people, such as "registration". The error says of every row what
// is wrong with it; a table that passes makes no request fail.
func NewEndpoint(subject string, table []Field) (*Endpoint, error) {
	e := &Endpoint{subject: subject, encrypted: none, claimed: none, account: none}
	if strings.TrimSpace(subject) == "" || hasControl(subject) {
		return nil, errors.New("subject: say in a word or two what a body is, such as registration")
	}
	if len(table) == 0 {
		return nil, errors.New("there is no field; describe at least one")
	}
	if err := checkFields("", table); err != nil {
		return nil, err
	}
	for _, f := range table {
		e.table = append(e.table, f.at(""))
	}
	e.root = e.lay("", none, 0, e.table)
	if err := e.connect(none, e.table); err != nil {
		return nil, err
	}
	if e.HasSealed() {
		// What is sealed goes on in plaintext: a member that says otherwise would have
		// the upstream decrypt it.
		e.root.folded[foldName("payloadEncrypted")] = true
	}
	return e, nil
}

// mustEndpoint makes the endpoints of this package.
func mustEndpoint(subject string, table []Field) *Endpoint {
	e, err := NewEndpoint(subject, table)
	if err != nil {
		panic("validation: " + subject + ": " + err.Error())
	}
	return e
}

// lay makes the rows of an object's members.
func (e *Endpoint) lay(pointer jsontext.Pointer, parent, depth int, table []Field) object {
	o := object{
		pointer: string(pointer),
		members: make(map[string]int, len(table)), folded: make(map[string]bool, len(table)), containers: map[string]bool{},
	}
	for n, f := range table {
		i := len(e.rows)
		o.members[f.Name] = i
		o.folded[foldName(f.Name)] = true
		o.containers[foldName(f.Name)] = f.Type == Object || f.Type == List
		r := newRow(f)
		r.parent, r.depth, r.first = parent, depth, n == 0
		e.rows = append(e.rows, r)
		if len(f.Members) > 0 {
			members := e.lay(f.Pointer, i, depth+1, f.Members)
			e.rows[i].object = members
		}
	}
	return o
}

func newRow(f Field) row {
	r := row{
		name: f.Name, pointer: f.Pointer, kind: fieldTypes[f.Type], required: f.Required, requiredWith: none,
		bounds: f.Bounds, oneOf: f.OneOf, sealed: f.Sealed, unique: f.Unique, parent: none,
	}
	if f.Type == Object && len(f.Members) == 0 {
		r.kind = freeform
	}
	if f.Item != nil {
		item := newRow(*f.Item)
		r.item = &item
	}
	return r
}

// connect gives the rows of an object their rules and their neighbours.
func (e *Endpoint) connect(parent int, table []Field) error {
	o := e.objectOf(parent)
	var errs []error
	for _, f := range table {
		i := o.members[f.Name]
		err := errors.Join(e.connectRow(f, i, o), e.mark(f, i))
		if err != nil {
			err = &FieldError{f.Pointer, err}
		}
		errs = append(errs, err, e.connect(i, f.Members))
	}
	return errors.Join(errs...)
}

func (e *Endpoint) connectRow(f Field, i int, o object) error {
	if f.RequiredWith != "" {
		with, known := o.members[f.RequiredWith]
		if !known || with == i {
			return fmt.Errorf("required_with %s: no other field of the same object has this name", f.RequiredWith)
		}
		e.rows[i].requiredWith = with
	}
	var err error
	if e.rows[i].rules, err = e.makeRules(f, i, o); err != nil || f.Item == nil {
		return err
	}
	e.rows[i].item.rules, err = e.makeRules(*f.Item, i, o)
	return err
}

// mark notes the rows of which there may be one.
func (e *Endpoint) mark(f Field, i int) error {
	_, encrypted := f.Rule("encrypted")
	for _, m := range []struct {
		set  bool
		row  *int
		name string
	}{{encrypted, &e.encrypted, "encrypted"}, {f.Claimed, &e.claimed, "claimed"}, {f.Account, &e.account, "account"}} {
		switch {
		case !m.set:
		case *m.row != none:
			return fmt.Errorf("%s: field %s is that already; an endpoint has one at most", m.name, e.rows[*m.row].name)
		case e.rows[i].parent != none:
			return fmt.Errorf("%s: it must be a member of the body itself, and not of an object in it", m.name)
		default:
			*m.row = i
		}
	}
	return nil
}

// objectOf is the object whose members have a parent.
func (e *Endpoint) objectOf(parent int) object {
	if parent == none {
		return e.root
	}
	return e.rows[parent].object
}

// Subject is what the endpoint's body is called in a message for people.
func (e *Endpoint) Subject() string { return e.subject }

// Fields walks through the table in its order: each field with its pointer, an
// object right before its members. The fields are copies.
func (e *Endpoint) Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) { walk(e.table, yield) }
}

func walk(table []Field, yield func(Field) bool) bool {
	for _, f := range table {
		if !yield(f.at(f.Pointer.Parent())) || !walk(f.Members, yield) {
			return false
		}
	}
	return true
}

// Table is what the endpoint was made of: the fields of the body itself, with their
// members in them.
func (e *Endpoint) Table() []Field {
	table := make([]Field, len(e.table))
	for i, f := range e.table {
		table[i] = f.at("")
	}
	return table
}

// HasSealed reports whether there is anything that a client may send encrypted.
func (e *Endpoint) HasSealed() bool {
	return slices.ContainsFunc(e.rows, func(r row) bool { return r.sealed })
}

// HasRule reports whether a rule judges any field.
func (e *Endpoint) HasRule(name string) bool {
	for f := range e.Fields() {
		if _, found := f.Rule(name); found {
			return true
		}
		if f.Item != nil {
			if _, found := f.Item.Rule(name); found {
				return true
			}
		}
	}
	return false
}

// Claimed names the field with the address that a new customer takes, "" for none.
func (e *Endpoint) Claimed() string { return e.nameOf(e.claimed) }

// Account names the field with the address of the customer whose secret is tried,
// "" for none.
func (e *Endpoint) Account() string { return e.nameOf(e.account) }

func (e *Endpoint) nameOf(row int) string {
	if row == none {
		return ""
	}
	return e.rows[row].name
}
