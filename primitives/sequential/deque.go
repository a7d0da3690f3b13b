package sequential

import (
	"slices"

	"pgregory.net/rapid"

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

// Deque is a deque of capacity 1 at first, with an owner and thieves.
var Deque = proptest.Subject[worker, []int]{
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
