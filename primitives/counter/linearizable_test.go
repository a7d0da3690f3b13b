package counter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/counter"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

var sequentiallyConsistent = proptest.Explore(explorer.Model("sc"))

// INV-COUNTER-1, INV-COUNTER-2, INV-COUNTER-3
func TestLinearizable(t *testing.T) {
	t.Run("Counter", func(t *testing.T) {
		proptest.Check(t, sequential.Counter(func() sequential.Adder { return new(counter.Counter) }))
	})
	t.Run("Striped, by ones", func(t *testing.T) { proptest.Check(t, sequential.Striped(1), sequentiallyConsistent) })
}

// A striped counter is not linearizable, and its page says so: a sum may be a count that never was if additions differ, and on
// weak memory two goroutines may each miss what the other has added.
func TestStripedIsNotLinearizable(t *testing.T) {
	found := proptest.Falsify(t, sequential.Striped(2), sequentiallyConsistent)
	require.Equal(t, "not linearizable", found.Message)
	found = proptest.Falsify(t, sequential.Striped(1))
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
	found := proptest.Falsify(t, sequential.Counter(func() sequential.Adder { return new(losing) }))
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
