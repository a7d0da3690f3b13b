package broadcast_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) {
	t.Run("Event", func(t *testing.T) { proptest.Check(t, sequential.Event) })
	t.Run("Topic", func(t *testing.T) { proptest.Check(t, sequential.Topic) })
}

// A value that is published without a release races with whoever receives it.
func TestPlantedBug(t *testing.T) {
	bug, err := catalog.Mutant(t.Context(), "broadcast", "Topic.Publish/s.state.is.Store=relaxed")
	require.NoError(t, err)
	found := proptest.Falsify(t, sequential.Topic, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
