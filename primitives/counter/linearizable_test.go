package counter_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/counter"
	"github.com/weakmem/litmus/primitives/proptest"
)

// adder is a counter whose additions return the sum.
type adder interface {
	Add(delta int64) int64
	Load() int64
}

func counterSubject(newCounter func() adder) proptest.Subject[adder, int64] {
	return proptest.Subject[adder, int64]{
		New:  func(int) adder { return newCounter() },
		Init: func() int64 { return 0 },
		Operations: []proptest.Operation[adder, int64]{
			{
				Name:     "Add",
				Argument: rapid.IntRange(-1, 2),
				Call:     func(c adder, _, n int) any { return c.Add(int64(n)) },
				Step:     func(s int64, n int, result any) (int64, bool) { return s + int64(n), result == s+int64(n) },
			},
			{
				Name: "Load",
				Call: func(c adder, _, _ int) any { return c.Load() },
				Step: func(s int64, _ int, result any) (int64, bool) { return s, result == s },
			},
		},
	}
}

// stripedSubject is a striped counter of which each thread has a stripe, and adds at most so much at a time.
func stripedSubject(most int) proptest.Subject[*counter.Striped, int64] {
	return proptest.Subject[*counter.Striped, int64]{
		New:  func(int) *counter.Striped { return counter.NewStriped(2) },
		Init: func() int64 { return 0 },
		Operations: []proptest.Operation[*counter.Striped, int64]{
			{
				Name:     "Add",
				Argument: rapid.IntRange(1, most),
				Call:     func(c *counter.Striped, thread, n int) any { c.Add(thread, int64(n)); return nil },
				Step:     func(s int64, n int, _ any) (int64, bool) { return s + int64(n), true },
			},
			{
				Name: "Sum",
				Call: func(c *counter.Striped, _, _ int) any { return c.Sum() },
				Step: func(s int64, _ int, result any) (int64, bool) { return s, result == s },
			},
		},
	}
}

var sequentiallyConsistent = proptest.Explore(explorer.Model("sc"))

// INV-COUNTER-1, INV-COUNTER-2, INV-COUNTER-3
func TestLinearizable(t *testing.T) {
	t.Run("Counter", func(t *testing.T) { proptest.Check(t, counterSubject(func() adder { return new(counter.Counter) })) })
	t.Run("Striped, by ones", func(t *testing.T) { proptest.Check(t, stripedSubject(1), sequentiallyConsistent) })
}

func TestLinearizableNatively(t *testing.T) {
	t.Run("Counter", func(t *testing.T) {
		proptest.Stress(t, counterSubject(func() adder { return new(counter.Counter) }), proptest.Clients(30))
	})
	t.Run("Striped, by ones", func(t *testing.T) { proptest.Stress(t, stripedSubject(1), proptest.Clients(30)) })
}

// A striped counter is not linearizable, and its page says so: a sum may be a count that never was if additions differ, and on
// weak memory two goroutines may each miss what the other has added.
func TestStripedIsNotLinearizable(t *testing.T) {
	found := proptest.Falsify(t, stripedSubject(2), sequentiallyConsistent)
	require.Equal(t, "not linearizable", found.Message)
	found = proptest.Falsify(t, stripedSubject(1))
	require.Equal(t, "not linearizable", found.Message)
}

// losing adds by a load and a store.
type losing struct{ n atomic.Int64 }

func (c *losing) Load() int64 { return c.n.Load(atomic.Relaxed) }

func (c *losing) Add(delta int64) int64 {
	sum := c.n.Load(atomic.Relaxed) + delta
	c.n.Store(sum, atomic.Relaxed)
	return sum
}

func TestPlantedBug(t *testing.T) {
	found := proptest.Falsify(t, counterSubject(func() adder { return new(losing) }))
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
