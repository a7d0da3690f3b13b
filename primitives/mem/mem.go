// Package mem is memory that a program frees itself, for protocols whose point
// is when that is safe: hazard pointers, epochs, RCU.
//
// [New] and [Alloc] return a [Handle] to a block that holds one T. Under
// exploration, every access through a handle is checked: use after free, double
// free, a read of what was never written, a free that races with an access, and a block that is never freed fail the run.
// Natively a block is Go memory, which the garbage collector gives back once no
// handle refers to it: a protocol that frees too early is wrong, but no other
// memory suffers. What is found natively, at the cost of a test of a flag, panics.
//
// [Atomic] is an atomic variable that holds a handle.
package mem

import (
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Handle refers to a block that holds a T. Handles are copied and compared as
// pointers are; the zero Handle is nil, and its use panics as a nil pointer's does.
type Handle[T any] struct{ block *block[T] }

type block[T any] struct {
	freed bool // natively; under exploration its address stands for the block
	value T
}

var blockKind = sim.Kind{Name: "mem.Handle"}

// Alloc returns a block that is not initialised: under exploration it must be stored to before it is read.
func Alloc[T any]() Handle[T] {
	h := Handle[T]{new(block[T])}
	if sim.Gate() != 0 {
		h.check(sim.Alloc)
	}
	return h
}

// New returns a block that holds v.
func New[T any](v T) Handle[T] {
	h := Alloc[T]()
	h.Store(v)
	return h
}

// Free gives the block up: it must not be accessed any more, through any handle. A second Free panics or, under
// exploration, fails the run.
func (h Handle[T]) Free() {
	if th := sim.Current(); th != nil {
		th.Plain(h.variable(), sim.Free)
		return
	}
	if h.block.freed {
		panic("mem: double free")
	}
	h.block.freed = true
}

// Load returns what the block holds.
func (h Handle[T]) Load() T {
	if sim.Gate() != 0 || h.block.freed {
		h.check(sim.Read)
	}
	return h.block.value
}

// Store makes the block hold v.
func (h Handle[T]) Store(v T) {
	if sim.Gate() != 0 || h.block.freed {
		h.check(sim.Overwrite)
	}
	h.block.value = v
}

// Pointer returns a pointer to what the block holds, to reach variables of
// atomic types there. It counts as a read of the block. Accesses by the pointer are not checked, so it is to be
// called anew for each; what is not atomic must not be written by it.
func (h Handle[T]) Pointer() *T {
	if sim.Gate() != 0 || h.block.freed {
		h.check(sim.Read)
	}
	return &h.block.value
}

// IsNil reports whether h is the zero Handle.
func (h Handle[T]) IsNil() bool { return h.block == nil }

func (h Handle[T]) variable() sim.Var {
	return sim.Var{Addr: unsafe.Pointer(&h.block.freed), Kind: &blockKind}
}

func (h Handle[T]) check(a sim.Access) {
	if th := sim.Current(); th != nil {
		th.Plain(h.variable(), a)
	} else if h.block.freed {
		panic("mem: use after free")
	}
}
