package ring

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/atomic"
)

// closed is the bit of counts.tail that the producer's last store sets.
const closed = 1 << 63

// counts are all that the two sides share besides slots.
type counts struct {
	_    ownLines
	tail atomic.Uint64 // items pushed; closed
	_    ownLines
	head atomic.Uint64 // items popped
	_    ownLines
}

// writer is the producer's place.
type writer struct {
	counts   *counts
	pushed   atomic.Cell[uint64] // what counts.tail is, less the bit closed
	limit    uint64              // items below it have a slot that is known to be free
	capacity uint64
	reserved int  // slots that Reserve returned, until Commit
	closed   bool // by Close
}

// room looks for free slots, and reports whether there are any.
func (w *writer) room() bool {
	head := w.counts.head.Load(atomic.Acquire) // INV-RING-3
	if w.pushed.Load() == head+w.capacity {
		return false
	}
	w.limit = head + w.capacity // INV-RING-4
	return true
}

// publish gives the consumer items up to, and not including, number tail.
func (w *writer) publish(tail uint64) {
	w.pushed.Store(tail)
	w.counts.tail.Store(tail, atomic.Release) // INV-RING-1 INV-RING-2
}

func (w *writer) close() {
	w.closed = true
	w.counts.tail.Store(w.pushed.Load()|closed, atomic.Release) // INV-RING-5
}

// check panics if the producer has closed the ring or has to commit first.
func (w *writer) check(method string) {
	if w.closed || w.reserved != 0 {
		w.misuse(method)
	}
}

//go:noinline // so that check is inlined
func (w *writer) misuse(method string) {
	if w.closed {
		panic("ring: " + method + " on a closed ring")
	}
	panic(fmt.Sprintf("ring: %s while %d slots are reserved, expected Commit first", method, w.reserved))
}

// reader is the consumer's place.
type reader struct {
	counts   *counts
	popped   atomic.Cell[uint64] // what counts.head is
	known    uint64              // items below it are known to be there
	ended    bool                // known is the final count
	reserved int                 // items that Reserve returned, until Commit
}

// news looks for items, or the end, and reports whether there is either.
func (r *reader) news() bool {
	tail := r.counts.tail.Load(atomic.Acquire) // INV-RING-2 INV-RING-5
	if tail == r.popped.Load() {
		return false
	}
	r.known, r.ended = tail&^closed, tail&closed != 0 // INV-RING-4
	return true
}

// free gives the producer the slots of items up to, and not including, number head.
func (r *reader) free(head uint64) {
	r.popped.Store(head)
	r.counts.head.Store(head, atomic.Release) // INV-RING-1 INV-RING-3
}

// check panics if the consumer has to commit first.
func (r *reader) check(method string) {
	if r.reserved != 0 {
		panic(fmt.Sprintf("ring: %s while %d items are reserved, expected Commit first", method, r.reserved))
	}
}
