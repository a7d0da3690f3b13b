package shardmap_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
	"github.com/weakmem/litmus/primitives/shardmap"
)

func TestLinearizable(t *testing.T) { proptest.Check(t, sequential.Shardmap) }

// Swap without its lock.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one key", Body: func(*explorer.T) {
		shardmap.NewWithHash[int, int](1, identity).Swap(7, 1)
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Map.Swap=unlocked")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Shardmap, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
