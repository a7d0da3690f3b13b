package deque_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/deque"
	"github.com/weakmem/litmus/primitives/proptest"
)

type worker = *deque.Worker[int]

// none is the result of a call that found nothing: items are greater.
const none = 0

func valueOf(item *int, ok bool) int {
	if !ok {
		return none
	}
	return *item
}

var subject = proptest.Subject[worker, []int]{
	New:  func(int) worker { return deque.New[int](1) },
	Init: func() []int { return nil },
	Operations: []proptest.Operation[worker, []int]{
		{
			Name:     "Push",
			Role:     "owner",
			Argument: rapid.IntRange(1, 9),
			Call:     func(w worker, _, v int) any { w.Push(&v); return nil },
			Step:     func(s []int, v int, _ any) ([]int, bool) { return append(slices.Clip(s), v), true },
		},
		{
			Name: "Pop",
			Role: "owner",
			Call: func(w worker, _, _ int) any { return valueOf(w.Pop()) },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == none
				}
				return s[:len(s)-1], result == s[len(s)-1]
			},
		},
		{
			Name: "Steal",
			Call: func(w worker, _, _ int) any { return valueOf(w.Stealer().Steal()) },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == none
				}
				return s[1:], result == s[0]
			},
		},
	},
}

func TestLinearizable(t *testing.T) { proptest.Check(t, subject) }

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject) }

// Without its fence, Pop takes an item that a thief has taken.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one item", Body: func(*explorer.T) {
		w := deque.New[int](1)
		w.Push(new(int))
		w.Pop()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Worker.Pop/Fence=none")
	require.True(t, ok)
	found := proptest.Falsify(t, subject, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "not linearizable", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
