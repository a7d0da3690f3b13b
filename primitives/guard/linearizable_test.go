package guard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

// INV-GUARD-1, INV-GUARD-2, INV-GUARD-4, INV-GUARD-7, INV-GUARD-9
func TestLinearizable(t *testing.T) {
	t.Run("Variable", func(t *testing.T) { proptest.Check(t, sequential.GuardVariable) })
	t.Run("Copy", func(t *testing.T) { proptest.Check(t, sequential.GuardCopy, proptest.Clients(50)) })
	t.Run("Element", func(t *testing.T) { proptest.Check(t, sequential.GuardElement) })
	t.Run("Words", func(t *testing.T) { proptest.Check(t, sequential.GuardWords) })
}

// A number that is not released lets a reader at data that it may not see yet; a slot that is not acquired is written while it
// is read; words that are not released are of several versions between equal numbers.
func TestPlantedBug(t *testing.T) {
	t.Run("Variable", falsifies(sequential.GuardVariable, "Variable.Publish/published.Store=relaxed", "data race"))
	t.Run("Copy", falsifies(sequential.GuardCopy, "Copy.Update/current.CompareAndSwap=relaxed", "data race"))
	t.Run("Element", falsifies(sequential.GuardElement, "Writer.Publish/e.between.Swap=release", "data race"))
	t.Run("Words", falsifies(sequential.GuardWords, "Words.Store/words.Store=relaxed", "not linearizable"))
}

func falsifies[I, S any](s proptest.Subject[I, S], mutant, message string) func(t *testing.T) {
	return func(t *testing.T) {
		protocol, _ := catalog.Named("guard")
		code, err := protocol.Code(t.Context())
		require.NoError(t, err)
		bug, ok := code.Named(mutant)
		require.True(t, ok, mutant)
		found := proptest.Falsify(t, s, proptest.Explore(explorer.Intercept(bug)))
		require.Equal(t, message, found.Message)
		require.LessOrEqual(t, found.Longest(), 3)
	}
}
