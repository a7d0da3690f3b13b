package sequencer

import "github.com/weakmem/litmus/primitives/atomic"

// shared is what the ways without a lock have in common: how producers are gated, and how consumers advance.
type shared struct {
	capacity  uint64
	gates     []*place // consumers that no other comes after
	config    config
	published *bell        // nil: nobody parks. Rung for consumers
	freed     *bell        // likewise. Rung for producers
	producers atomic.Int64 // that are not closed
	started   bool         // a producer was made
}

// place is how far a consumer is.
type place struct {
	_        ownLines
	read     atomic.Uint64 // it is done with the numbers below
	_        ownLines
	id       int
	after    []*place
	followed bool // another consumer comes after it
	barrier  barrier
}

// claimant is a producer's part in claims.
type claimant struct {
	limit   uint64 // numbers below it are known to have room
	barrier barrier
}

func newShared(capacity uint64, c config, consumers []*place) *shared {
	s := &shared{capacity: capacity, config: c}
	if c.blocking {
		s.published, s.freed = newBell(), newBell()
	}
	for _, r := range consumers {
		r.barrier = barrier{strategy: c.strategy, bell: s.published}
		if !r.followed {
			s.gates = append(s.gates, r)
		}
	}
	return s
}

func (s *shared) claimant() claimant {
	return claimant{limit: s.capacity, barrier: barrier{strategy: s.config.strategy, bell: s.freed}}
}

// room reports whether the numbers below limit have room; if they have not, it waits, or returns false.
func (s *shared) room(p *claimant, limit uint64, wait bool) bool {
	if limit <= p.limit {
		return true // INV-SEQUENCER-4
	}
	least := ^uint64(0)
	for _, g := range s.gates {
		read, ok := p.barrier.pass(&g.read, limit-s.capacity, wait)
		if !ok {
			return false
		}
		least = min(least, read)
	}
	p.limit = least + s.capacity
	return true
}

// preceding returns up to which number those that the consumer comes after are done. If that is not number s, it waits, or returns s.
func (r *place) preceding(s uint64, wait bool) uint64 {
	least := ^uint64(0)
	for _, a := range r.after {
		read, ok := r.barrier.pass(&a.read, s+1, wait)
		if !ok {
			return s
		}
		least = min(least, read)
	}
	return least
}

func (s *shared) advance(r *place, to uint64) {
	r.read.Store(to, atomic.Release) // INV-SEQUENCER-3 INV-SEQUENCER-5
	if r.followed {
		s.published.ring()
	} else {
		s.freed.ring()
	}
}
