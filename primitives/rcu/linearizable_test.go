package rcu_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/rcu"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) {
	for _, size := range []struct{ threads, calls int }{{2, 2}, {3, 1}} {
		proptest.Check(t, sequential.RCU, proptest.Threads(size.threads, size.threads), proptest.Calls(size.calls), proptest.Clients(12))
	}
}

// With a fence that is too weak, a section is overlooked, and what it reads is freed.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "section", Body: func(*explorer.T) {
		var d rcu.Domain
		d.EpochReader().Lock()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("slot.enter/Fence=acq_rel")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.RCU, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, []string{"use after free", "data race"}, found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
