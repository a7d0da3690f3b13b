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

func (s *sequence) init(words []uint64) {
	s.words = make([]atomic.Uint64, len(words))
	s.copyIn(words)
}

func (s *sequence) tryRead(words []uint64) bool {
	before := s.count.Load(atomic.Acquire) // INV-SEQLOCK-3
	if before&1 != 0 {
		return false
	}
	s.copyOut(words)
	atomic.Fence(atomic.Acquire)          // INV-SEQLOCK-4
	after := s.count.Load(atomic.Relaxed) // INV-SEQLOCK-4
	return after == before
}

// change is called by who holds writers.
func (s *sequence) change(words []uint64) {
	count := s.count.Load(atomic.Relaxed)  // INV-SEQLOCK-1
	s.count.Store(count+1, atomic.Relaxed) // INV-SEQLOCK-2
	atomic.Fence(atomic.Release)           // INV-SEQLOCK-4
	s.copyIn(words)
	s.count.Store(count+2, atomic.Release) // INV-SEQLOCK-3
}

func (s *sequence) copyIn(words []uint64) {
	for i := range s.words {
		s.words[i].Store(words[i], atomic.Relaxed) // INV-SEQLOCK-4
	}
}

func (s *sequence) copyOut(words []uint64) {
	for i := range s.words {
		words[i] = s.words[i].Load(atomic.Relaxed) // INV-SEQLOCK-4
	}
}
