package treiber_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/treiber"
)

type popped struct {
	value int
	ok    bool
}

// operations are those of a stack, and their specification.
func operations[I any](push func(i I, v int), tryPop func(i I, thread int) (int, bool), isEmpty func(i I) bool) []proptest.Operation[I, []int] {
	return []proptest.Operation[I, []int]{
		{
			Name:     "Push",
			Argument: rapid.IntRange(1, 3),
			Call:     func(i I, _, v int) any { push(i, v); return nil },
			Step:     func(s []int, v int, _ any) ([]int, bool) { return append(slices.Clip(s), v), true },
		},
		{
			Name: "TryPop",
			Call: func(i I, thread, _ int) any { v, ok := tryPop(i, thread); return popped{v, ok} },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == popped{}
				}
				return s[:len(s)-1], result == popped{s[len(s)-1], true}
			},
		},
		{
			Name: "IsEmpty",
			Call: func(i I, _, _ int) any { return isEmpty(i) },
			Step: func(s []int, _ int, result any) ([]int, bool) { return s, result == (len(s) == 0) },
		},
	}
}

type stack = *treiber.Stack[int]

var collected = proptest.Subject[stack, []int]{
	New:  func(int) stack { return &treiber.Stack[int]{} },
	Init: func() []int { return nil },
	Operations: operations(
		stack.Push,
		func(s stack, _ int) (int, bool) { return s.TryPop() },
		stack.IsEmpty,
	),
}

type joined struct {
	*treiber.Reclaimed[int]
	poppers []*treiber.Popper[int]
}

var reclaimed = proptest.Subject[joined, []int]{
	New: func(threads int) joined {
		j := joined{Reclaimed: treiber.NewReclaimed[int]()}
		for range threads {
			j.poppers = append(j.poppers, j.Join())
		}
		return j
	},
	Init: func() []int { return nil },
	Operations: operations(
		func(j joined, v int) { j.Push(v) },
		func(j joined, thread int) (int, bool) { return j.poppers[thread].TryPop() },
		func(j joined) bool { return j.IsEmpty() },
	),
	Finish: func(j joined) {
		for _, p := range j.poppers {
			p.Leave()
		}
		j.Free()
	},
}

func TestLinearizable(t *testing.T) {
	t.Run("collected", func(t *testing.T) { proptest.Check(t, collected) })
	t.Run("reclaimed", func(t *testing.T) { proptest.Check(t, reclaimed, proptest.Threads(2, 2), proptest.Clients(50)) })
}

func TestLinearizableNatively(t *testing.T) {
	t.Run("collected", func(t *testing.T) { proptest.Stress(t, collected) })
	t.Run("reclaimed", func(t *testing.T) { proptest.Stress(t, reclaimed) })
}

// What is pushed without release is popped in a race with its writing. INV-TREIBER-1
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one value", Body: func(*explorer.T) {
		var s treiber.Stack[int]
		s.Push(1)
		s.TryPop()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Stack.Push/top.CompareAndSwap=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, collected, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
