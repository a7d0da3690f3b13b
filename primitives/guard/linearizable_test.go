package guard_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/guard"
	"github.com/weakmem/litmus/primitives/proptest"
)

// pair is a datum larger than a word: its halves are equal.
type pair struct{ a, b int }

func pairOf(n int) pair { return pair{n, n} }

var values = rapid.IntRange(1, 3)

type loaded struct {
	value pair
	more  any // the number of the version, or whether it is new
}

var variable = proptest.Subject[*guard.Variable[pair], []int]{
	New:  func(int) *guard.Variable[pair] { return guard.NewVariable[pair](64) },
	Init: func() []int { return nil },
	Operations: []proptest.Operation[*guard.Variable[pair], []int]{
		{
			Name:     "Publish",
			Role:     "publisher",
			Argument: values,
			Call:     func(v *guard.Variable[pair], _, n int) any { return v.Publish(pairOf(n)) },
			Step: func(s []int, n int, result any) ([]int, bool) {
				return append(s[:len(s):len(s)], n), result == len(s)+1
			},
		},
		{
			Name: "Load",
			Call: func(v *guard.Variable[pair], _, _ int) any { p, n := v.Load(); return loaded{p, n} },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == loaded{pair{}, 0}
				}
				return s, result == loaded{pairOf(s[len(s)-1]), len(s)}
			},
		},
	},
}

var copied = proptest.Subject[*guard.Copy[pair], int]{
	New:  func(int) *guard.Copy[pair] { return new(guard.Copy[pair]) },
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*guard.Copy[pair], int]{
		{
			Name:     "Store",
			Argument: values,
			Call:     func(c *guard.Copy[pair], _, n int) any { c.Store(pairOf(n)); return nil },
			Step:     func(_ int, n int, _ any) (int, bool) { return n, true },
		},
		{
			Name:     "Update",
			Argument: values,
			Call: func(c *guard.Copy[pair], _, n int) any {
				return c.Update(func(p pair) pair { return pair{p.a + n, p.b + n} })
			},
			Step: func(s int, n int, result any) (int, bool) { return s + n, result == pairOf(s+n) },
		},
		{
			Name: "Load",
			Call: func(c *guard.Copy[pair], _, _ int) any { return c.Load() },
			Step: func(s int, _ int, result any) (int, bool) { return s, result == pairOf(s) },
		},
	},
}

type ends struct {
	writer *guard.Writer[pair]
	reader *guard.Reader[pair]
}

type latest struct {
	value int
	isNew bool
}

var element = proptest.Subject[ends, latest]{
	New:  func(int) ends { w, r := guard.NewElement(pairOf(0)); return ends{w, r} },
	Init: func() latest { return latest{} },
	Operations: []proptest.Operation[ends, latest]{
		{
			Name:     "Publish",
			Role:     "writer",
			Argument: values,
			Call:     func(e ends, _, n int) any { e.writer.Publish(pairOf(n)); return nil },
			Step:     func(_ latest, n int, _ any) (latest, bool) { return latest{n, true}, true },
		},
		{
			Name: "Load",
			Role: "reader",
			Call: func(e ends, _, _ int) any { p, isNew := e.reader.Load(); return loaded{p, isNew} },
			Step: func(s latest, _ int, result any) (latest, bool) {
				return latest{s.value, false}, result == loaded{pairOf(s.value), s.isNew}
			},
		},
	},
}

type version struct{ words, number uint64 }

var words = proptest.Subject[*guard.Words, version]{
	New:  func(int) *guard.Words { return guard.NewWords(2) },
	Init: func() version { return version{} },
	Operations: []proptest.Operation[*guard.Words, version]{
		{
			Name:     "Store",
			Role:     "storer",
			Argument: values,
			Call: func(d *guard.Words, _, n int) any {
				d.Store([]uint64{uint64(n), uint64(n)})
				return nil
			},
			Step: func(s version, n int, _ any) (version, bool) { return version{uint64(n), s.number + 1}, true },
		},
		{
			Name: "Load",
			Call: func(d *guard.Words, _, _ int) any {
				var buf [2]uint64
				number, whole := d.Load(buf[:])
				if !whole {
					return "torn"
				}
				return [3]uint64{number, buf[0], buf[1]}
			},
			Step: func(s version, _ int, result any) (version, bool) {
				return s, result == "torn" || result == [3]uint64{s.number, s.words, s.words}
			},
		},
	},
}

// INV-GUARD-1, INV-GUARD-2, INV-GUARD-4, INV-GUARD-7, INV-GUARD-9
func TestLinearizable(t *testing.T) {
	t.Run("Variable", func(t *testing.T) { proptest.Check(t, variable) })
	t.Run("Copy", func(t *testing.T) { proptest.Check(t, copied, proptest.Clients(50)) })
	t.Run("Element", func(t *testing.T) { proptest.Check(t, element) })
	t.Run("Words", func(t *testing.T) { proptest.Check(t, words) })
}

func TestLinearizableNatively(t *testing.T) {
	t.Run("Variable", func(t *testing.T) { proptest.Stress(t, variable, proptest.Clients(20)) })
	t.Run("Copy", func(t *testing.T) { proptest.Stress(t, copied, proptest.Clients(20)) })
	t.Run("Element", func(t *testing.T) { proptest.Stress(t, element, proptest.Clients(20)) })
	t.Run("Words", func(t *testing.T) { proptest.Stress(t, words, proptest.Clients(20)) })
}

// A number that is not released lets a reader at data that it may not see yet; a slot that is not acquired is written while it
// is read; words that are not released are of several versions between equal numbers.
func TestPlantedBug(t *testing.T) {
	t.Run("Variable", falsifies(variable, "Variable.Publish/published.Store=relaxed", "data race"))
	t.Run("Copy", falsifies(copied, "Copy.Update/current.CompareAndSwap=relaxed", "data race"))
	t.Run("Element", falsifies(element, "Writer.Publish/e.between.Swap=release", "data race"))
	t.Run("Words", falsifies(words, "Words.Store/words.Store=relaxed", "not linearizable"))
}

func falsifies[I, S any](s proptest.Subject[I, S], mutant, message string) func(t *testing.T) {
	return func(t *testing.T) {
		protocol, _ := catalog.Named("guard")
		code, err := protocol.Code(t.Context())
		require.NoError(t, err)
		bug, ok := code.Named(mutant)
		require.True(t, ok, mutant)
		found := proptest.Falsify(t, s, proptest.Explore(explorer.Intercept(bug)))
		require.Equal(t, message, found.Message)
		require.LessOrEqual(t, found.Longest(), 3)
	}
}
