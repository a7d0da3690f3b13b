package sequential

import (
	"github.com/weakmem/litmus/primitives/guard"
	"github.com/weakmem/litmus/primitives/proptest"
)

// pair is a datum larger than a word: its halves are equal.
type pair struct{ a, b int }

func pairOf(n int) pair { return pair{n, n} }

type loaded struct {
	value pair
	more  any // the number of the version, or whether it is new
}

// GuardVariable is a variable whose versions are all kept.
var GuardVariable = proptest.Subject[*guard.Variable[pair], []int]{
	New:  func(int) *guard.Variable[pair] { return guard.NewVariable[pair](64) },
	Init: func() []int { return nil },
	Operations: []proptest.Operation[*guard.Variable[pair], []int]{
		{
			Name:     "Publish",
			Role:     "publisher",
			Argument: oneToThree,
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

// GuardCopy is a variable that is replaced by a copy.
var GuardCopy = proptest.Subject[*guard.Copy[pair], int]{
	New:  func(int) *guard.Copy[pair] { return new(guard.Copy[pair]) },
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*guard.Copy[pair], int]{
		{
			Name:     "Store",
			Argument: oneToThree,
			Call:     func(c *guard.Copy[pair], _, n int) any { c.Store(pairOf(n)); return nil },
			Step:     func(_ int, n int, _ any) (int, bool) { return n, true },
		},
		{
			Name:     "Update",
			Argument: oneToThree,
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

type elementEnds struct {
	writer *guard.Writer[pair]
	reader *guard.Reader[pair]
}

type latest struct {
	value int
	isNew bool
}

// GuardElement is a variable of one writer and one reader, who is told whether it is new.
var GuardElement = proptest.Subject[elementEnds, latest]{
	New:  func(int) elementEnds { w, r := guard.NewElement(pairOf(0)); return elementEnds{w, r} },
	Init: func() latest { return latest{} },
	Operations: []proptest.Operation[elementEnds, latest]{
		{
			Name:     "Publish",
			Role:     "writer",
			Argument: oneToThree,
			Call:     func(e elementEnds, _, n int) any { e.writer.Publish(pairOf(n)); return nil },
			Step:     func(_ latest, n int, _ any) (latest, bool) { return latest{n, true}, true },
		},
		{
			Name: "Load",
			Role: "reader",
			Call: func(e elementEnds, _, _ int) any { p, isNew := e.reader.Load(); return loaded{p, isNew} },
			Step: func(s latest, _ int, result any) (latest, bool) {
				return latest{s.value, false}, result == loaded{pairOf(s.value), s.isNew}
			},
		},
	},
}

type version struct{ words, number uint64 }

// GuardWords is a datum of two words, of which a load may come out torn, and says so.
var GuardWords = proptest.Subject[*guard.Words, version]{
	New:  func(int) *guard.Words { return guard.NewWords(2) },
	Init: func() version { return version{} },
	Operations: []proptest.Operation[*guard.Words, version]{
		{
			Name:     "Store",
			Role:     "storer",
			Argument: oneToThree,
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
