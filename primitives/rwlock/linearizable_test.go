package rwlock_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/rwlock"
)

// register is plain data in two halves, under a lock.
type register struct {
	lock rwlock.Lock
	a, b atomic.Cell[int]
}

func (r *register) read() any { return [2]int{r.a.Load(), r.b.Load()} }

func (r *register) write(v int) {
	r.a.Store(v)
	r.b.Store(v)
}

// sections are whole critical sections: calls by themselves would wait for ever for a thread that does not unlock.
var sections = proptest.Subject[*register, int]{
	New:  func(int) *register { return new(register) },
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*register, int]{
		{
			Name:     "Write",
			Argument: rapid.IntRange(1, 3),
			Call: func(r *register, _, v int) any {
				r.lock.Lock()
				defer r.lock.Unlock()
				r.write(v)
				return nil
			},
			Step: func(_, v int, _ any) (int, bool) { return v, true },
		},
		{
			Name: "Read",
			Call: func(r *register, _, _ int) any {
				r.lock.RLock()
				defer r.lock.RUnlock()
				return r.read()
			},
			Step: func(s, _ int, result any) (int, bool) { return s, result == [2]int{s, s} },
		},
		{
			Name:     "TryWrite",
			Argument: rapid.IntRange(1, 3),
			Call: func(r *register, _, v int) any {
				ok := r.lock.TryLock()
				if ok {
					defer r.lock.Unlock()
					r.write(v)
				}
				return ok
			},
			Step: func(s, v int, result any) (int, bool) {
				if result == true {
					s = v
				}
				return s, true
			},
		},
		{
			Name: "TryRead",
			Call: func(r *register, _, _ int) any {
				if !r.lock.TryRLock() {
					return nil
				}
				defer r.lock.RUnlock()
				return r.read()
			},
			Step: func(s, _ int, result any) (int, bool) { return s, result == nil || result == [2]int{s, s} },
		},
	},
}

// held is a lock, and how threads hold it.
type held struct {
	lock    rwlock.Lock
	reading []int
	writing bool
}

// holders is who holds the lock: readers, by thread, or a writer.
type holders struct {
	reading [3]int
	writing bool
}

func (h holders) free() bool { return h == holders{} }

// attempt is what a thread's call came to.
type attempt struct {
	thread int
	ok     bool
}

// attempts are calls by themselves. Only one thread tries to write: two may both fail for each other.
var attempts = proptest.Subject[*held, holders]{
	New:  func(threads int) *held { return &held{reading: make([]int, threads)} },
	Init: func() holders { return holders{} },
	Operations: []proptest.Operation[*held, holders]{
		{
			Name: "TryRLock",
			Call: func(h *held, thread, _ int) any {
				ok := h.lock.TryRLock()
				if ok {
					h.reading[thread]++
				}
				return attempt{thread, ok}
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				a := result.(attempt)
				if a.ok {
					s.reading[a.thread]++
				}
				return s, a.ok != s.writing
			},
		},
		{
			Name: "RUnlock",
			Call: func(h *held, thread, _ int) any {
				ok := h.reading[thread] > 0
				if ok {
					h.reading[thread]--
					h.lock.RUnlock()
				}
				return attempt{thread, ok}
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				a := result.(attempt)
				if a.ok {
					s.reading[a.thread]--
				}
				return s, s.reading[a.thread] >= 0
			},
		},
		{
			Name: "TryLock",
			Role: "writer",
			Call: func(h *held, _, _ int) any {
				ok := h.lock.TryLock()
				h.writing = h.writing || ok
				return ok
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				was := s
				s.writing = s.writing || result == true
				return s, result == was.free()
			},
		},
		{
			Name: "Unlock",
			Role: "writer",
			Call: func(h *held, _, _ int) any {
				ok := h.writing
				if ok {
					h.writing = false
					h.lock.Unlock()
				}
				return ok
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				was := s.writing
				s.writing = false
				return s, result == was
			},
		},
	},
}

func TestLinearizable(t *testing.T) {
	t.Run("sections", func(t *testing.T) { proptest.Check(t, sections, proptest.Total(4), proptest.Clients(30)) })
	t.Run("attempts", func(t *testing.T) { proptest.Check(t, attempts) })
}

func TestLinearizableNatively(t *testing.T) {
	t.Run("sections", func(t *testing.T) { proptest.Stress(t, sections, proptest.Clients(30)) })
	t.Run("attempts", func(t *testing.T) { proptest.Stress(t, attempts, proptest.Clients(30)) })
}

// A reader that leaves without a release, while a writer waits for it, races with that writer.
func TestPlantedBug(t *testing.T) {
	bug, err := catalog.Mutant(t.Context(), "rwlock", "Lock.RUnlock/ahead.Add=relaxed")
	require.NoError(t, err)
	found := proptest.Falsify(t, sections, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
