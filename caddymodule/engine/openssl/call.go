//go:build cgo && linux

package openssl

/*
#include "operation.h"
*/
import "C"

import (
	"runtime"
	"sync"
	"unsafe"

	"github.com/customergate/customergate/caddymodule/engine"
)

// maxBatch is how many operations go into one call of C: as many as crypto_mb
// does at a time. A call is so long that Go takes the CPU away from its thread
// meanwhile, and to get it back costs about half an operation.
const maxBatch = 8

// A call is the memory of one call of C. It holds no address of Go's.
type call struct {
	operations [maxBatch]C.operation
}

var calls = sync.Pool{New: func() any { return new(call) }}

// begin copies a batch to where C finds it. Operations of the same key that
// follow one another share a context.
func begin(batch []*engine.Operation) *call {
	c := calls.Get().(*call)
	for i, op := range batch {
		k, o := op.Key.Handle.(*key), &c.operations[i]
		o.multi, o.size, o.done, o.confirmed = k.multi, C.size_t(len(op.Ciphertext)), 0, 0
		copy(octets(&o.ciphertext), op.Ciphertext)
		if i > 0 && batch[i-1].Key == op.Key {
			o.context = c.operations[i-1].context
		} else {
			o.context = k.contexts.take(k.pkey)
		}
	}
	return c
}

func (c *call) first() *C.operation { return &c.operations[0] }

// end copies the results back, and leaves none behind.
func (c *call) end(batch []*engine.Operation) {
	for i, op := range batch {
		o := &c.operations[i]
		result := octets(&o.result)[:len(op.Result)]
		if clear(op.Result); o.done == 1 {
			copy(op.Result, result)
			op.Confirmed = o.confirmed == 1
		}
		clear(result)
		if i+1 == len(batch) || batch[i+1].Key != op.Key {
			op.Key.Handle.(*key).contexts.give(o.context)
		}
		o.context, o.multi = nil, nil
	}
	calls.Put(c)
	runtime.KeepAlive(batch) // until here C has used what belongs to the keys
}

// octets are C's array as Go has it.
func octets(array *[C.MAX_SIZE]C.uchar) []byte {
	return unsafe.Slice((*byte)(&array[0]), len(array))
}
