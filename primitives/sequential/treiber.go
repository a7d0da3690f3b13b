package sequential

import (
	"slices"

	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/treiber"
)

// stackOperations are those of a stack, and their specification.
func stackOperations[I any](push func(i I, v int), tryPop func(i I, thread int) (int, bool), isEmpty func(i I) bool) []proptest.Operation[I, []int] {
	return []proptest.Operation[I, []int]{
		{
			Name:     "Push",
			Argument: oneToThree,
			Call:     func(i I, _, v int) any { push(i, v); return nil },
			Step:     func(s []int, v int, _ any) ([]int, bool) { return append(slices.Clip(s), v), true },
		},
		{
			Name: "TryPop",
			Call: func(i I, thread, _ int) any { v, ok := tryPop(i, thread); return taken{v, ok} },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == taken{}
				}
				return s[:len(s)-1], result == taken{s[len(s)-1], true}
			},
		},
		{
			Name: "IsEmpty",
			Call: func(i I, _, _ int) any { return isEmpty(i) },
			Step: func(s []int, _ int, result any) ([]int, bool) { return s, result == (len(s) == 0) },
		},
	}
}

type treiberStack = *treiber.Stack[int]

// Treiber is a stack whose nodes the garbage collector takes.
var Treiber = proptest.Subject[treiberStack, []int]{
	New:  func(int) treiberStack { return &treiber.Stack[int]{} },
	Init: func() []int { return nil },
	Operations: stackOperations(
		treiberStack.Push,
		func(s treiberStack, _ int) (int, bool) { return s.TryPop() },
		treiberStack.IsEmpty,
	),
}

type joined struct {
	*treiber.Reclaimed[int]
	poppers []*treiber.Popper[int]
}

// TreiberReclaimed is a stack that frees its nodes.
var TreiberReclaimed = proptest.Subject[joined, []int]{
	New: func(threads int) joined {
		j := joined{Reclaimed: treiber.NewReclaimed[int]()}
		for range threads {
			j.poppers = append(j.poppers, j.Join())
		}
		return j
	},
	Init: func() []int { return nil },
	Operations: stackOperations(
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
