package sequencer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequencer"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) {
	for name, p := range sequential.Sequencer {
		t.Run(name, func(t *testing.T) {
			proptest.Check(t, p.Subject(), proptest.Total(p.Calls), proptest.Executions(5_000))
		})
	}
}

// Without the release of the count, a consumer reads a slot that is not filled yet.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one item", Body: func(*explorer.T) {
		s := sequencer.New[int](1)
		c := s.Consumer()
		s.Producer().Send(1)
		c.Next()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("single.publish/count.Store=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.Sequencer["producer"].Subject(), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
