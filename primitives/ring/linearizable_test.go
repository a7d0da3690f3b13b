package ring_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/ring"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) {
	t.Run("producer", func(t *testing.T) {
		proptest.Check(t, sequential.Ring(sequential.RingProducer), proptest.Threads(2, 2), proptest.Calls(4))
	})
	t.Run("consumer", func(t *testing.T) {
		proptest.Check(t, sequential.Ring(sequential.RingConsumer), proptest.Threads(2, 2), proptest.Calls(4))
	})
}

// Both sides together are not exact: that the producer finds no room and the consumer no item, though one has popped and the other
// pushed, is store buffering.
func TestBothSidesFail(t *testing.T) {
	found := proptest.Falsify(t, sequential.Ring(sequential.RingBoth), proptest.Threads(2, 2))
	require.Equal(t, "not linearizable", found.Message)
}

// Without the release of tail, an item is popped that is not there yet.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one item", Body: func(*explorer.T) {
		p, c := ring.New[int](1)
		p.Push(1)
		c.Pop()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("writer.publish/counts.tail.Store=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Ring(sequential.RingProducer), proptest.Threads(2, 2), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
