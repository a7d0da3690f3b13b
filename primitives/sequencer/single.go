package sequencer

import "github.com/weakmem/litmus/primitives/atomic"

// single is the order of a single producer: it publishes in the order of its claims, so that one count tells consumers all.
type single struct {
	*shared
	claimed atomic.Cell[uint64] // the producer's own: numbers below it are claimed
	_       ownLines
	count   atomic.Uint64 // numbers below it are published
	_       ownLines
}

func (s *single) claim(p *claimant, n uint64, wait bool) (uint64, bool) {
	first := s.claimed.Load()
	if !s.room(p, first+n, wait) {
		return 0, false
	}
	s.claimed.Store(first + n)
	return first, true
}

func (s *single) publish(first, n uint64) {
	s.count.Store(first+n, atomic.Release) // INV-SEQUENCER-2
	s.published.ring()
}

func (s *single) available(r *place, n uint64, wait bool) uint64 {
	if len(r.after) > 0 {
		return r.preceding(n, wait)
	}
	count, ok := r.barrier.pass(&s.count, n+1, wait)
	if !ok {
		return n
	}
	return count
}
