package sequencer

import "github.com/weakmem/litmus/primitives/atomic"

// multi is the order of several producers: they finish their claims in any order, so each slot has a count of its own.
type multi struct {
	*shared
	_     ownLines
	next  atomic.Uint64 // numbers below it are claimed
	_     ownLines
	turns []atomic.Uint64 // by slot: one more than the number that was last published in it; 0: none was
}

func newMulti(s *shared) *multi { return &multi{shared: s, turns: make([]atomic.Uint64, s.capacity)} }

func (m *multi) turn(n uint64) *atomic.Uint64 { return &m.turns[n&(m.capacity-1)] }

func (m *multi) claim(p *claimant, n uint64, wait bool) (uint64, bool) {
	for {
		first := m.next.Load(atomic.Relaxed) // INV-SEQUENCER-1
		if !m.room(p, first+n, wait) {
			return 0, false
		}
		if m.next.CompareAndSwap(first, first+n, atomic.Relaxed, atomic.Relaxed) { // INV-SEQUENCER-1
			return first, true
		}
	}
}

func (m *multi) publish(first, n uint64) {
	for i := first; i < first+n; i++ {
		m.turn(i).Store(i+1, atomic.Release) // INV-SEQUENCER-2
	}
	m.published.ring()
}

func (m *multi) available(r *place, n uint64, wait bool) uint64 {
	if len(r.after) > 0 {
		return r.preceding(n, wait)
	}
	// A whole round on, the turn is that of number n itself, which is too low: the loop ends there.
	for end := n; ; end++ {
		if _, ok := r.barrier.pass(m.turn(end), end+1, wait && end == n); !ok {
			return end
		}
	}
}
