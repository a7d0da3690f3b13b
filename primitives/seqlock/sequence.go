package seqlock

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// sequence is the protocol, over words. It is not generic: into instances of generic code in other packages, the compiler inlines
// no atomic operations.
type sequence struct {
	count   atomic.Uint64 // odd while words change
	words   []atomic.Uint64
	writers sync.Mutex
}

func (s *sequence) init(datum []uint64) {
	s.words = make([]atomic.Uint64, len(datum))
	s.copyIn(datum)
}

func (s *sequence) tryRead(datum []uint64) bool {
	before := s.count.Load(atomic.Acquire) // INV-SEQLOCK-3
	if before&1 != 0 {
		return false
	}
	s.copyOut(datum)
	atomic.Fence(atomic.Acquire)          // INV-SEQLOCK-4
	after := s.count.Load(atomic.Relaxed) // INV-SEQLOCK-4
	return after == before
}

// change is called by who holds writers.
func (s *sequence) change(datum []uint64) {
	count := s.count.Load(atomic.Relaxed)  // INV-SEQLOCK-1
	s.count.Store(count+1, atomic.Relaxed) // INV-SEQLOCK-2
	atomic.Fence(atomic.Release)           // INV-SEQLOCK-4
	s.copyIn(datum)
	s.count.Store(count+2, atomic.Release) // INV-SEQLOCK-3
}

func (s *sequence) copyIn(datum []uint64) {
	words := s.words[:len(datum)]
	for i, w := range datum {
		words[i].Store(w, atomic.Relaxed) // INV-SEQLOCK-4
	}
}

func (s *sequence) copyOut(datum []uint64) {
	words := s.words[:len(datum)]
	for i := range datum {
		datum[i] = words[i].Load(atomic.Relaxed) // INV-SEQLOCK-4
	}
}
