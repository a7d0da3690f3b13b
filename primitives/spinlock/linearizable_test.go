package spinlock_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/spinlock"
)

// counter is plain data under a lock.
type counter struct {
	lock  spinlock.Lock
	count atomic.Cell[int]
}

func (c *counter) increment() int {
	n := c.count.Load()
	c.count.Store(n + 1)
	return n
}

// sections are critical sections: whole calls of the subject, so that it does not wait for ever.
var sections = proptest.Subject[*counter, int]{
	New:  func(int) *counter { return new(counter) },
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*counter, int]{
		{
			Name: "Increment",
			Call: func(c *counter, _, _ int) any {
				c.lock.Lock()
				defer c.lock.Unlock()
				return c.increment()
			},
			Step: func(s, _ int, result any) (int, bool) { return s + 1, result == s },
		},
		{
			Name: "TryIncrement",
			Call: func(c *counter, _, _ int) any {
				if !c.lock.TryLock() {
					return nil
				}
				defer c.lock.Unlock()
				return c.increment()
			},
			Step: func(s, _ int, result any) (int, bool) {
				if result == nil {
					return s, true
				}
				return s + 1, result == s
			},
		},
	},
}

// held is a lock, and which threads hold it.
type held struct {
	lock spinlock.Lock
	by   []bool
}

// attempt is what a thread's call came to.
type attempt struct {
	thread int
	ok     bool
}

const nobody = -1

// attempts are TryLock and Unlock by themselves; the state is who holds the lock.
var attempts = proptest.Subject[*held, int]{
	New:  func(threads int) *held { return &held{by: make([]bool, threads)} },
	Init: func() int { return nobody },
	Operations: []proptest.Operation[*held, int]{
		{
			Name: "TryLock",
			Call: func(h *held, thread, _ int) any {
				ok := h.lock.TryLock()
				h.by[thread] = h.by[thread] || ok
				return attempt{thread, ok}
			},
			Step: func(s, _ int, result any) (int, bool) {
				if a := result.(attempt); a.ok {
					return a.thread, s == nobody
				}
				return s, s != nobody
			},
		},
		{
			Name: "Unlock",
			Call: func(h *held, thread, _ int) any {
				ok := h.by[thread]
				if ok {
					h.by[thread] = false
					h.lock.Unlock()
				}
				return attempt{thread, ok}
			},
			Step: func(s, _ int, result any) (int, bool) {
				if a := result.(attempt); a.ok {
					return nobody, s == a.thread
				}
				return s, true
			},
		},
	},
}

func TestLinearizable(t *testing.T) {
	t.Run("sections", func(t *testing.T) { proptest.Check(t, sections) })
	t.Run("attempts", func(t *testing.T) { proptest.Check(t, attempts) })
}

func TestLinearizableNatively(t *testing.T) {
	t.Run("sections", func(t *testing.T) { proptest.Stress(t, sections) })
	t.Run("attempts", func(t *testing.T) { proptest.Stress(t, attempts) })
}

// A lock that is taken without acquiring lets increments race.
func TestPlantedBug(t *testing.T) {
	protocol, _ := catalog.Named("spinlock")
	code, err := protocol.Code(t.Context())
	require.NoError(t, err)
	bug, ok := code.Named("Lock.take/state.CompareAndSwap=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, sections, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
