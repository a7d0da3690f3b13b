package sequential

import (
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/counter"
	"github.com/weakmem/litmus/primitives/proptest"
)

// Adder is a counter whose additions return the sum.
type Adder interface {
	Add(delta int64) int64
	Load() int64
}

// Counter is a counter that many may add to.
func Counter(newCounter func() Adder) proptest.Subject[Adder, int64] {
	return proptest.Subject[Adder, int64]{
		New:  func(int) Adder { return newCounter() },
		Init: func() int64 { return 0 },
		Operations: []proptest.Operation[Adder, int64]{
			{
				Name:     "Add",
				Argument: rapid.IntRange(-1, 2),
				Call:     func(c Adder, _, n int) any { return c.Add(int64(n)) },
				Step:     func(s int64, n int, result any) (int64, bool) { return s + int64(n), result == s+int64(n) },
			},
			{
				Name: "Load",
				Call: func(c Adder, _, _ int) any { return c.Load() },
				Step: func(s int64, _ int, result any) (int64, bool) { return s, result == s },
			},
		},
	}
}

// Striped is a striped counter, to which each thread adds on a stripe of its own, at most so much at a time.
func Striped(most int) proptest.Subject[*counter.Striped, int64] {
	return proptest.Subject[*counter.Striped, int64]{
		New:  func(int) *counter.Striped { return counter.NewStriped(2) },
		Init: func() int64 { return 0 },
		Operations: []proptest.Operation[*counter.Striped, int64]{
			{
				Name:     "Add",
				Argument: rapid.IntRange(1, most),
				Call:     func(c *counter.Striped, thread, n int) any { c.Add(thread, int64(n)); return nil },
				Step:     func(s int64, n int, _ any) (int64, bool) { return s + int64(n), true },
			},
			{
				Name: "Sum",
				Call: func(c *counter.Striped, _, _ int) any { return c.Sum() },
				Step: func(s int64, _ int, result any) (int64, bool) { return s, result == s },
			},
		},
	}
}
