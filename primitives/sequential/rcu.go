package sequential

import (
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/rcu"
)

// reader is a thread's: of one sort or the other.
type reader interface {
	Close()
	read(f func() int) int
}

type epochReader struct{ *rcu.EpochReader }

func (r epochReader) read(f func() int) int {
	r.Lock()
	defer r.Unlock()
	return f()
}

type quiescentReader struct{ *rcu.QuiescentReader }

func (r quiescentReader) read(f func() int) int {
	r.Online()
	f()
	r.Quiescent()
	defer r.Offline()
	return f()
}

type shared struct {
	domain  rcu.Domain
	number  *rcu.Value[int]
	readers []reader
}

func newShared(threads int) *shared {
	s := new(shared)
	s.number = rcu.NewValue(&s.domain, 0)
	for i := range threads {
		if i%2 == 0 {
			s.readers = append(s.readers, epochReader{s.domain.EpochReader()})
			continue
		}
		q := s.domain.QuiescentReader()
		q.Offline()
		s.readers = append(s.readers, quiescentReader{q})
	}
	return s
}

// RCU is a number that is replaced under read-copy-update, with readers of both sorts.
var RCU = proptest.Subject[*shared, int]{
	New:  newShared,
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*shared, int]{
		{
			Name: "Load",
			Call: func(s *shared, thread, _ int) any {
				return s.readers[thread].read(func() int { return s.number.Dereference().Load() })
			},
			Step: func(n, _ int, result any) (int, bool) { return n, result == n },
		},
		{
			Name:     "Update",
			Argument: rapid.IntRange(1, 2),
			Call: func(s *shared, _, n int) any {
				var next int
				s.number.Update(func(old int) int { next = old + n; return next })
				return next
			},
			Step: func(n, add int, result any) (int, bool) { return n + add, result == n+add },
		},
		{
			Name:     "UpdateLater",
			Argument: rapid.IntRange(1, 2),
			Call: func(s *shared, _, n int) any {
				var next int
				s.number.UpdateLater(func(old int) int { next = old + n; return next })
				s.domain.Poll()
				return next
			},
			Step: func(n, add int, result any) (int, bool) { return n + add, result == n+add },
		},
	},
	Finish: func(s *shared) {
		for _, r := range s.readers {
			r.Close()
		}
		s.domain.Synchronize()
		s.number.Close()
	},
}
