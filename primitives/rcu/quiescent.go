package rcu

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// QuiescentReader is a reader that marks the ends of its sections only: what lies between two calls of Quiescent is one
// section, and to be in it costs nothing. Grace periods wait for those calls, so a reader that will not make one for long,
// since it blocks or is about to call Synchronize or Update itself, goes offline. It is for one goroutine at a time.
type QuiescentReader struct {
	_      cpu.CacheLinePad
	domain *Domain
	slot   slot
	seen   atomic.Cell[uint64] // what the slot holds
	closed atomic.Cell[bool]
	_      cpu.CacheLinePad
}

// QuiescentReader returns a new reader. It is online: in a section. It must be closed.
func (d *Domain) QuiescentReader() *QuiescentReader {
	r := &QuiescentReader{domain: d}
	d.register(&r.slot)
	r.Online()
	return r
}

// Quiescent says that the reader uses nothing of what it dereferenced so far: it ends a section and begins the next. It
// never waits, and writes nothing if no grace period has begun since the last call.
func (r *QuiescentReader) Quiescent() {
	begun := r.domain.begun.Load(atomic.Acquire) // INV-RCU-6
	seen := r.seen.Load()
	if seen == begun+1 {
		return
	}
	if seen == idle {
		panic("rcu: Quiescent of a reader that is offline")
	}
	r.seen.Store(begun + 1)
	r.slot.seen.Store(begun+1, atomic.Release) // INV-RCU-5
}

// Offline ends the section: until the next Online no grace period waits for this reader, and it must dereference nothing.
func (r *QuiescentReader) Offline() {
	if r.seen.Load() == idle {
		panic("rcu: Offline of a reader that is offline")
	}
	r.seen.Store(idle)
	r.slot.leave()
}

// Online begins a section after Offline.
func (r *QuiescentReader) Online() {
	if r.closed.Load() {
		panic("rcu: Online of a reader that is closed")
	}
	if r.seen.Load() != idle {
		panic("rcu: Online of a reader that is online")
	}
	r.seen.Store(r.slot.enter(r.domain))
}

// Close gives the reader up, online or offline. It must not be used any more.
func (r *QuiescentReader) Close() {
	if r.closed.Load() {
		panic("rcu: Close of a reader that is closed")
	}
	if r.seen.Load() != idle {
		r.Offline()
	}
	r.closed.Store(true)
	r.domain.unregister(&r.slot)
}
