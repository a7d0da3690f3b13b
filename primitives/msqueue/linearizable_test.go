package msqueue_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/msqueue"
	"github.com/weakmem/litmus/primitives/proptest"
)

type taken struct {
	value int
	ok    bool
}

type queue = *msqueue.Queue[int]

var subject = proptest.Subject[queue, []int]{
	New:  func(int) queue { return msqueue.New[int]() },
	Init: func() []int { return nil },
	Operations: []proptest.Operation[queue, []int]{
		{
			Name:     "Enqueue",
			Argument: rapid.IntRange(1, 3),
			Call:     func(q queue, _, v int) any { q.Enqueue(v); return nil },
			Step:     func(s []int, v int, _ any) ([]int, bool) { return append(slices.Clip(s), v), true },
		},
		{
			Name: "Dequeue",
			Call: func(q queue, _, _ int) any { v, ok := q.Dequeue(); return taken{v, ok} },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == taken{}
				}
				return s[1:], result == taken{s[0], true}
			},
		},
		{
			Name: "IsEmpty",
			Call: func(q queue, _, _ int) any { return q.IsEmpty() },
			Step: func(s []int, _ int, result any) ([]int, bool) { return s, result == (len(s) == 0) },
		},
	},
}

func TestLinearizable(t *testing.T) { proptest.Check(t, subject) }

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject) }

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
	found := proptest.Falsify(t, subject, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
