package validation

import (
	"bytes"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// decoder reads one JSON text after the other, and is kept from one submission
// to the next, as it is dear to make.
type decoder struct {
	jsontext.Decoder
	text bytes.Buffer // which the Decoder reads in place
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

func newDecoder(text []byte) *decoder {
	d := decoders.Get().(*decoder)
	d.text = *bytes.NewBuffer(text)
	d.Reset(&d.text)
	return d
}

// release gives the decoder back without the text, which may hold a password.
func (d *decoder) release() {
	d.text = bytes.Buffer{}
	d.Reset(&d.text)
	decoders.Put(d)
}

// afterName reports whether the name of a member has been read, and not its value yet.
func (d *decoder) afterName() bool {
	kind, read := d.StackIndex(d.StackDepth())
	return kind == '{' && read%2 == 1
}
