package rwlock_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) {
	t.Run("sections", func(t *testing.T) {
		proptest.Check(t, sequential.RWLockSections, proptest.Total(4), proptest.Clients(30))
	})
	t.Run("attempts", func(t *testing.T) { proptest.Check(t, sequential.RWLockAttempts) })
}

// A reader that leaves without a release, while a writer waits for it, races with that writer.
func TestPlantedBug(t *testing.T) {
	bug, err := catalog.Mutant(t.Context(), "rwlock", "Lock.RUnlock/ahead.Add=relaxed")
	require.NoError(t, err)
	found := proptest.Falsify(t, sequential.RWLockSections, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
