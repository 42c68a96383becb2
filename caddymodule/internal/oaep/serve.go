package oaep

import (
	"time"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/validation"
)

// operate does the private operations of the keys that do them alone.
func (q *Queue) operate(batch []*attempt) {
	engines := make([]*attempt, 0, len(batch))
	for _, a := range batch {
		switch a.raw.(type) {
		case nil:
		case *engine.Key:
			engines = append(engines, a)
		default:
			a.operate()
		}
	}
	q.operateTogether(engines)
}

// do makes a panic of the engine's a failure of its keys.
func (q *Queue) do(operations []*engine.Operation) (panicked any) {
	defer func() { panicked = recover() }()
	q.engine.Do(operations)
	return nil
}

// operateTogether has the engine do operations. Each is said to have taken its
// share of the time.
func (q *Queue) operateTogether(attempts []*attempt) {
	if len(attempts) == 0 {
		return
	}
	operations := make([]*engine.Operation, len(attempts))
	for i, a := range attempts {
		operations[i] = &engine.Operation{Key: a.raw.(*engine.Key), Ciphertext: a.octets, Result: make([]byte, len(a.octets))}
	}
	start := time.Now()
	panicked := q.do(operations)
	took := time.Since(start) / time.Duration(len(attempts))
	for i, a := range attempts {
		switch a.took = took; {
		case panicked != nil:
			a.err = keyFailure(a.key, panicked)
			clear(operations[i].Result)
		case operations[i].Err == nil:
			a.em = operations[i].Result
		}
	}
}

// finish makes a plaintext of what a key has done, if it has, and asks it as a
// whole otherwise.
func (a *attempt) finish() {
	d := a.call.Decrypter
	switch {
	case a.err != nil:
		a.observe(ResultError, VariantNone)
	case a.em != nil:
		plaintext, variant := decodeEM(a.em, d.mgf1)
		d.judge(a, plaintext, variant)
	default:
		if a.raw != nil {
			a.observe(ResultFault, VariantNone)
		}
		d.decrypt(a)
	}
}

// decrypt asks a key once for each variant of MGF1, until one gives a plaintext.
func (d *Decrypter) decrypt(a *attempt) {
	for _, variant := range d.mgf1.variants() {
		plaintext := a.decrypt(variant)
		if a.err != nil {
			a.observe(ResultError, variant)
			return
		}
		if d.judge(a, plaintext, variant); *a.into != nil {
			return
		}
	}
}

// judge keeps a plaintext that is text, and of a ciphertext that has not been
// sent too often.
func (d *Decrypter) judge(a *attempt, plaintext []byte, variant Variant) {
	result := ResultOK
	switch {
	case plaintext == nil:
		result = ResultFailed
	case !validation.Readable(plaintext):
		result, plaintext = ResultFailed, refuse(plaintext)
	case !d.reuse.Take(a.octets, a.call.words, time.Now()):
		result, plaintext = ResultReused, refuse(plaintext)
	}
	*a.into = plaintext
	a.observe(result, variant)
}
