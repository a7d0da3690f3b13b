package rcu

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// EpochReader is a reader that marks its sections, with Lock and Unlock. It is for one goroutine at a time.
type EpochReader struct {
	_      cpu.CacheLinePad
	domain *Domain
	slot   slot
	depth  atomic.Cell[int] // sections that are open, one inside the other; or closed
	_      cpu.CacheLinePad
}

// closed is the state of a reader after Close.
const closed = -1

// EpochReader returns a new reader, which is in no section. It must be closed.
func (d *Domain) EpochReader() *EpochReader {
	r := &EpochReader{domain: d}
	d.register(&r.slot)
	return r
}

// Lock begins a section. Sections nest: the outermost counts. Lock never waits.
func (r *EpochReader) Lock() {
	depth := r.depth.Load()
	if depth == closed {
		panic("rcu: Lock of a reader that is closed")
	}
	r.depth.Store(depth + 1)
	if depth == 0 {
		r.slot.enter(r.domain)
	}
}

// Unlock ends a section: what was dereferenced in it must not be used any more, unless it is inside another. It never
// waits.
func (r *EpochReader) Unlock() {
	depth := r.depth.Load()
	switch depth {
	case closed:
		panic("rcu: Unlock of a reader that is closed")
	case 0:
		panic("rcu: Unlock of a reader that is in no section")
	case 1:
		r.slot.leave()
	}
	r.depth.Store(depth - 1)
}

// Close gives the reader up. It must be in no section, and must not be used any more.
func (r *EpochReader) Close() {
	switch depth := r.depth.Load(); {
	case depth == closed:
		panic("rcu: Close of a reader that is closed")
	case depth > 0:
		panic("rcu: Close of a reader that is in a section")
	}
	r.depth.Store(closed)
	r.domain.unregister(&r.slot)
}
