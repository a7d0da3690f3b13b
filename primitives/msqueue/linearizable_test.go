package msqueue_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/msqueue"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

func TestLinearizable(t *testing.T) { proptest.Check(t, sequential.MSQueue) }

// Without the acquire of head, a goroutine that has enqueued finds the queue empty after another has taken its value and
// left one behind it.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one value", Body: func(*explorer.T) {
		q := msqueue.New[int]()
		q.Enqueue(1)
		q.Dequeue()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Queue.Dequeue/head.Load=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, sequential.MSQueue, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
