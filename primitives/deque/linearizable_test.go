package deque_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/deque"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) { proptest.Check(t, sequential.Deque) }

// Without its fence, Pop takes an item that a thief has taken.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one item", Body: func(*explorer.T) {
		w := deque.New[int](1)
		w.Push(new(int))
		w.Pop()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Worker.Pop/Fence=none")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Deque, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
