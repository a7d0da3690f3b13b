package seqlock_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

// INV-SEQLOCK-1, INV-SEQLOCK-2, INV-SEQLOCK-3, INV-SEQLOCK-4
func TestLinearizable(t *testing.T) {
	proptest.Check(t, sequential.Seqlock, proptest.Total(4), proptest.Clients(30))
}

// Each of the two fences, left out, lets readers at half of a write; so does a second look that does not look.
func TestPlantedBug(t *testing.T) {
	protocol, _ := catalog.Named("seqlock")
	code, err := protocol.Code(t.Context())
	require.NoError(t, err)
	for _, mutant := range []string{"sequence.change/Fence=none", "sequence.tryRead/Fence=none", "sequence.tryRead/count.Load#2=stale"} {
		t.Run(mutant, func(t *testing.T) {
			bug, ok := code.Named(mutant)
			require.True(t, ok)
			found := proptest.Falsify(t, sequential.Seqlock, proptest.Explore(explorer.Intercept(bug)), proptest.Total(3))
			require.Equal(t, "not linearizable", found.Message)
			require.LessOrEqual(t, found.Longest(), 3)
		})
	}
}
