package hazard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) {
	proptest.Check(t, sequential.Hazard, proptest.Threads(2, 2), proptest.Clients(50))
}

// Without the fence of Protect a block is freed in use. INV-HAZARD-2
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "protect", Body: func(*explorer.T) {
		var a mem.Atomic[int]
		hazard.New[int](1).Join().Protect(0, &a)
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Participant.Protect/Fence=none")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Hazard, proptest.Threads(2, 2), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
