package mem

import (
	"github.com/weakmem/litmus/primitives/atomic"
)

// Atomic is an atomic variable that holds a Handle. The zero value holds nil.
// Its operations and their orderings are those of [atomic.Pointer]. It must not be copied after its first use.
type Atomic[T any] struct{ pointer atomic.Pointer[block[T]] }

// Load returns the handle that a holds.
func (a *Atomic[T]) Load(order ...atomic.Ordering) Handle[T] {
	return Handle[T]{a.pointer.Load(order...)}
}

// Store makes a hold h.
func (a *Atomic[T]) Store(h Handle[T], order ...atomic.Ordering) {
	a.pointer.Store(h.block, order...)
}

// Swap makes a hold h and returns what it held.
func (a *Atomic[T]) Swap(h Handle[T], order ...atomic.Ordering) Handle[T] {
	return Handle[T]{a.pointer.Swap(h.block, order...)}
}

// CompareAndSwap makes a hold new if it holds old, and reports whether it did.
func (a *Atomic[T]) CompareAndSwap(old, new Handle[T], order ...atomic.Ordering) bool {
	return a.pointer.CompareAndSwap(old.block, new.block, order...)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though a holds old.
func (a *Atomic[T]) CompareAndSwapWeak(old, new Handle[T], order ...atomic.Ordering) bool {
	return a.pointer.CompareAndSwapWeak(old.block, new.block, order...)
}
