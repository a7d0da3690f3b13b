package snapshot_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
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

var subject = proptest.Subject[*snapshot.Value[number], int]{
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
			Argument: rapid.IntRange(1, 3),
			Call:     func(v *snapshot.Value[number], _, n int) any { v.Store(newNumber(n)); return nil },
			Step:     func(_, n int, _ any) (int, bool) { return n, true },
		},
		{
			Name:     "Swap",
			Argument: rapid.IntRange(1, 3),
			Call:     func(v *snapshot.Value[number], _, n int) any { return v.Swap(newNumber(n)).Load() },
			Step:     func(s, n int, result any) (int, bool) { return n, result == s },
		},
		{
			// Of what was loaded: if that is not current any more, the specification has nothing to say on what it was.
			Name:     "CompareAndSwap",
			Argument: rapid.IntRange(1, 3),
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
			Argument: rapid.IntRange(1, 3),
			Call: func(v *snapshot.Value[number], _, n int) any {
				return v.Update(func(old *number) *number { return newNumber(old.Load() + n) }).Load()
			},
			Step: func(s, n int, result any) (int, bool) { return s + n, result == s+n },
		},
	},
}

func TestLinearizable(t *testing.T) { proptest.Check(t, subject) }

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject) }

// Without release in Update, a reader finds a version before what is in it.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "update", Body: func(*explorer.T) {
		snapshot.New(newNumber(0)).Update(func(*number) *number { return newNumber(1) })
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Value.Update/current.CompareAndSwap=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, subject, proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}
