package sequencer

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// barrier keeps one goroutine from going on before a count is as high as it needs.
type barrier struct {
	strategy wait.Strategy
	bell     *bell // nil: wait by strategy
	count    *atomic.Uint64
	need     uint64
	seen     uint64 // what count was when it had been reached
}

func (b *barrier) reached() bool {
	n := b.count.Load(atomic.Acquire) // INV-SEQUENCER-2 INV-SEQUENCER-3 INV-SEQUENCER-5
	if n < b.need {
		return false
	}
	b.seen = n
	return true
}

// pass returns the count, and true, if it is need or more. If it is less, pass waits, or returns false.
func (b *barrier) pass(count *atomic.Uint64, need uint64, waits bool) (seen uint64, ok bool) {
	b.count, b.need = count, need
	switch {
	case !waits:
		if !b.reached() {
			return 0, false
		}
	case b.bell != nil:
		b.bell.await(b)
	default:
		wait.ForWith(b.strategy, b, (*barrier).reached)
	}
	return b.seen, true
}
