package epoch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/epoch"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) {
	proptest.Check(t, sequential.Epoch, proptest.Threads(2, 2), proptest.Clients(25))
}

// Where Unpin does not release, a block is freed in a race with its use. INV-EPOCH-4
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "section", Body: func(*explorer.T) {
		var d epoch.Domain
		p := d.Join()
		p.Pin()
		p.Unpin()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Participant.Unpin/r.state.Store=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Epoch, proptest.Threads(2, 2), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
