package guard

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// element is what a Writer and its Reader share: three slots, and which of them lies between the two.
type element[T any] struct {
	_       cpu.CacheLinePad
	between atomic.Uint32 // the number of a slot, with fresh if the Reader has not had it
	slots   [3]slot[T]
}

// fresh marks the slot between that the writer put there last.
const fresh = 1 << 2

type slot[T any] struct {
	_ cpu.CacheLinePad
	v atomic.Cell[T]
	_ cpu.CacheLinePad
}

// Writer is the writing end of a datum with a single atomic element. One goroutine uses it at a time.
type Writer[T any] struct {
	_   noCopy
	e   *element[T]
	own atomic.Cell[uint32]
}

// Reader is the reading end. One goroutine uses it at a time.
type Reader[T any] struct {
	_   noCopy
	e   *element[T]
	own atomic.Cell[uint32]
}

// noCopy lets go vet find copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// NewElement returns the two ends of a datum that holds v. The Reader gets the latest value that was published, or one again
// if there is no newer; values that are published faster than they are loaded are lost.
func NewElement[T any](v T) (*Writer[T], *Reader[T]) {
	w, r := &Writer[T]{e: new(element[T])}, new(Reader[T])
	r.e = w.e
	w.own.Store(1)
	r.own.Store(2)
	w.e.slots[2].v.Store(v)
	return w, r
}

// Publish makes v the latest value.
func (w *Writer[T]) Publish(v T) {
	own := w.own.Load()
	w.e.slots[own].v.Store(v)
	taken := w.e.between.Swap(own|fresh, atomic.AcqRel) // INV-GUARD-5, INV-GUARD-6
	w.own.Store(taken &^ fresh)
}

// Load returns the latest value, and whether it was published since the Load before.
func (r *Reader[T]) Load() (v T, isNew bool) {
	own := r.own.Load()
	isNew = r.e.between.Load(atomic.Relaxed)&fresh != 0 // INV-GUARD-7
	if isNew {
		own = r.e.between.Swap(own, atomic.AcqRel) &^ fresh // INV-GUARD-5, INV-GUARD-6
		r.own.Store(own)
	}
	return r.e.slots[own].v.Load(), isNew
}
