package sequencer

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// bell is where goroutines park until a count changes. A nil bell is one that nobody waits at.
type bell struct {
	mu      sync.Mutex
	changed sync.Cond
	_       ownLines
	parked  atomic.Bool // somebody is at the bell, or about to be: set and cleared under mu
	_       ownLines
}

func newBell() *bell {
	b := new(bell)
	b.changed.L = &b.mu
	return b
}

// await parks until the barrier is reached.
func (b *bell) await(x *barrier) {
	if x.reached() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		b.parked.Store(true, atomic.Relaxed) // INV-SEQUENCER-8
		atomic.Fence(atomic.SeqCst)          // INV-SEQUENCER-8
		if x.reached() {
			return
		}
		b.changed.Wait()
	}
}

// ring wakes who is parked. It is called after the store that they wait for.
func (b *bell) ring() {
	if b == nil {
		return
	}
	atomic.Fence(atomic.SeqCst)        // INV-SEQUENCER-8
	if b.parked.Load(atomic.Relaxed) { // INV-SEQUENCER-8
		// Under the lock, so that whoever has set parked either waits by now or has not yet looked at the count.
		b.mu.Lock()
		b.parked.Store(false, atomic.Relaxed) // INV-SEQUENCER-8
		b.mu.Unlock()
		b.changed.Broadcast()
	}
}
