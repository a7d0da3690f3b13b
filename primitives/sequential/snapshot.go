package sequential

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/snapshot"
)

// number is a version. It is plain memory, so that exploration sees races on it.
type number = atomic.Cell[int]

func newNumber(n int) *number {
	c := new(number)
	c.Store(n)
	return c
}

type exchange struct {
	old int
	did bool
}

// Snapshot is a number whose versions are replaced by a pointer.
var Snapshot = proptest.Subject[*snapshot.Value[number], int]{
	New:  func(int) *snapshot.Value[number] { return snapshot.New(newNumber(0)) },
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*snapshot.Value[number], int]{
		{
			Name: "Load",
			Call: func(v *snapshot.Value[number], _, _ int) any { return v.Load().Load() },
			Step: func(s, _ int, result any) (int, bool) { return s, result == s },
		},
		{
			Name:     "Store",
			Argument: oneToThree,
			Call:     func(v *snapshot.Value[number], _, n int) any { v.Store(newNumber(n)); return nil },
			Step:     func(_, n int, _ any) (int, bool) { return n, true },
		},
		{
			Name:     "Swap",
			Argument: oneToThree,
			Call:     func(v *snapshot.Value[number], _, n int) any { return v.Swap(newNumber(n)).Load() },
			Step:     func(s, n int, result any) (int, bool) { return n, result == s },
		},
		{
			// Of what was loaded: if that is not current any more, the specification has nothing to say on what it was.
			Name:     "CompareAndSwap",
			Argument: oneToThree,
			Call: func(v *snapshot.Value[number], _, n int) any {
				old := v.Load()
				return exchange{old.Load(), v.CompareAndSwap(old, newNumber(n))}
			},
			Step: func(s, n int, result any) (int, bool) {
				if r := result.(exchange); r.did {
					return n, r.old == s
				}
				return s, true
			},
		},
		{
			Name:     "Update",
			Argument: oneToThree,
			Call: func(v *snapshot.Value[number], _, n int) any {
				return v.Update(func(old *number) *number { return newNumber(old.Load() + n) }).Load()
			},
			Step: func(s, n int, result any) (int, bool) { return s + n, result == s+n },
		},
	},
}
