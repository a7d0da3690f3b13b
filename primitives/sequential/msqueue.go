package sequential

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/msqueue"
	"github.com/weakmem/litmus/primitives/proptest"
)

// taken is what a call found, or that it found nothing.
type taken struct {
	value int
	ok    bool
}

type msQueue = *msqueue.Queue[int]

// MSQueue is a queue.
var MSQueue = proptest.Subject[msQueue, []int]{
	New:  func(int) msQueue { return msqueue.New[int]() },
	Init: func() []int { return nil },
	Operations: []proptest.Operation[msQueue, []int]{
		{
			Name:     "Enqueue",
			Argument: rapid.IntRange(1, 3),
			Call:     func(q msQueue, _, v int) any { q.Enqueue(v); return nil },
			Step:     func(s []int, v int, _ any) ([]int, bool) { return append(slices.Clip(s), v), true },
		},
		{
			Name: "Dequeue",
			Call: func(q msQueue, _, _ int) any { v, ok := q.Dequeue(); return taken{v, ok} },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == taken{}
				}
				return s[1:], result == taken{s[0], true}
			},
		},
		{
			Name: "IsEmpty",
			Call: func(q msQueue, _, _ int) any { return q.IsEmpty() },
			Step: func(s []int, _ int, result any) ([]int, bool) { return s, result == (len(s) == 0) },
		},
	},
}
