package rcu

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
)

// Pointer is where one version of a T is published: readers find it there, writers replace it. The zero value publishes
// nil. It is one word, and must not be copied after its first use.
type Pointer[T any] struct {
	current mem.Atomic[T]
}

// Publish makes readers that dereference from now on find version. What they find in it is what was written before the
// call; it must not be changed after. Writers must be serialised.
func (p *Pointer[T]) Publish(version mem.Handle[T]) {
	p.current.Store(version, atomic.Release) // INV-RCU-1
}

// Dereference returns the version that is published. It is to be called inside a section, and its result to be used until
// the section ends. It never waits.
func (p *Pointer[T]) Dereference() mem.Handle[T] {
	return p.current.Load(atomic.Acquire) // INV-RCU-1
}

// DereferenceProtected returns the version that is published, for a writer that keeps other writers out: it needs no
// section.
func (p *Pointer[T]) DereferenceProtected() mem.Handle[T] {
	return p.current.Load(atomic.Relaxed) // INV-RCU-7
}
