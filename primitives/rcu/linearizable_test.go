package rcu_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
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

var subject = proptest.Subject[*shared, int]{
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

func TestLinearizable(t *testing.T) {
	for _, size := range []struct{ threads, calls int }{{2, 2}, {3, 1}} {
		proptest.Check(t, subject, proptest.Threads(size.threads, size.threads), proptest.Calls(size.calls), proptest.Clients(12))
	}
}

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject) }

// With a fence that is too weak, a section is overlooked, and what it reads is freed.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "section", Body: func(*explorer.T) {
		var d rcu.Domain
		d.EpochReader().Lock()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("slot.enter/Fence=acq_rel")
	require.True(t, ok)
	found := proptest.Falsify(t, subject, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, []string{"use after free", "data race"}, found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
