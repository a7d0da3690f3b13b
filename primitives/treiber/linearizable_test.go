package treiber_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
	"github.com/weakmem/litmus/primitives/treiber"
)

func TestLinearizable(t *testing.T) {
	t.Run("collected", func(t *testing.T) { proptest.Check(t, sequential.Treiber) })
	t.Run("reclaimed", func(t *testing.T) {
		proptest.Check(t, sequential.TreiberReclaimed, proptest.Threads(2, 2), proptest.Clients(50))
	})
}

// What is pushed without release is popped in a race with its writing. INV-TREIBER-1
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one value", Body: func(*explorer.T) {
		var s treiber.Stack[int]
		s.Push(1)
		s.TryPop()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Stack.Push/top.CompareAndSwap=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Treiber, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
