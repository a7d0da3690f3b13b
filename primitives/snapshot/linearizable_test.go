package snapshot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
	"github.com/weakmem/litmus/primitives/snapshot"
)

func TestLinearizable(t *testing.T) { proptest.Check(t, sequential.Snapshot) }

// Without release in Update, a reader finds a version before what is in it.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "update", Body: func(*explorer.T) {
		snapshot.New(new(int)).Update(func(*int) *int { return new(int) })
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Value.Update/current.CompareAndSwap=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Snapshot, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
