package protocol

import "github.com/weakmem/litmus/primitives/atomic"

type latch struct {
	set, seen atomic.Bool
	order     atomic.Ordering
}

func (l *latch) cited(o ...atomic.Ordering) {
	l.set.Store(true, atomic.Release) // INV-LATCH-1

	// Whoever sees it set sees what came before: INV-LATCH-2,
	// and INV-LATCH-3.
	l.set.Load(atomic.Acquire)

	/* INV-LATCH-1 */
	atomic.Fence(atomic.SeqCst)
	for !l.set.CompareAndSwap(
		false,
		true,
		atomic.Release, // INV-LATCH-4
		atomic.Relaxed,
	) {
	}
	l.
		set.
		Load(l.order) // INV-LATCH-5
	l.set.Load(o...) // INV-LATCH-6
}

func (l *latch) wrong() {
	l.set.Store(true, atomic.Release)                             // want `cites no invariant`
	atomic.Fence(atomic.SeqCst)                                   // want `cites no invariant`
	_ = l.set.Load(atomic.Acquire) && l.seen.Load(atomic.Acquire) // want `cites no invariant` `second atomic operation`
	/* a trailing comment is that of its own line: INV-LATCH-1 */ l.set.Load(atomic.Acquire)
	l.set.Load(atomic.Acquire) // want `cites no invariant`

	// INV-LATCH-7: a line between is one too many.

	l.set.Load(atomic.Acquire) // want `cites no invariant`
	l.set.Load()               // want `without an ordering`

	// Lower case, inv-latch-1, and half a name, INV-LATCH, are no names.
	l.set.Load(atomic.Acquire) // want `cites no invariant`

	f := l.set.Load
	f(atomic.Acquire) // want `cites no invariant`
}
