package catalog

import (
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	counters "github.com/weakmem/litmus/primitives/counter"
	"github.com/weakmem/litmus/primitives/sequential"
)

var counter = Protocol{
	Name:  "counter",
	Title: "a relaxed counter, and a striped one",
	Subjects: []Subject{
		subject("counter", sequential.Counter(func() sequential.Adder { return new(counters.Counter) })),
		subject("striped", sequential.Striped(1)),
	},
	Programs: []Program{
		{"no-loss", "additions of several goroutines all count, and each returns a sum of its own", counterNoLoss},
		{"no-way-back", "who loads a counter again does not get an older count", counterNoWayBack},
		{"striped-no-loss", "additions to stripes, own and shared, all count", counterStripedNoLoss},
		{"striped-sum", "a sum has what happens before it, and no more than there is; a later one is no less", counterStripedSum},
	},
	Mistakes: []Mistake{
		{Program{"load-then-store", "an addition made of a load and a store", counterLoadThenStore}, "an addition is lost"},
		{Program{"count-as-flag", "plain data read because a count says that they are there", counterAsFlag}, "race"},
		{Program{"sum-as-moment", "a striped sum taken for what the count was at one moment", counterSumAsMoment}, "a count that never was"},
	},
}

// INV-COUNTER-1
func counterNoLoss(x *explorer.T) {
	var c counters.Counter
	var sums [3]int64
	for i := range sums {
		x.Go("adder", func() { sums[i] = c.Add(1) })
	}
	x.Join()
	slices.Sort(sums[:])
	require.Equal(x, [3]int64{1, 2, 3}, sums)
	require.EqualValues(x, 3, c.Load())
}

// INV-COUNTER-2
func counterNoWayBack(x *explorer.T) {
	var c counters.Counter
	for range 2 {
		x.Go("adder", func() { c.Add(1) })
	}
	own := c.Add(1)
	first := c.Load()
	second := c.Load()
	require.LessOrEqual(x, own, first)
	require.LessOrEqual(x, first, second)
	x.Join()
	require.EqualValues(x, 3, c.Load())
}

// INV-COUNTER-1, INV-COUNTER-3
func counterStripedNoLoss(x *explorer.T) {
	c := counters.NewStriped(2)
	for hint := range 3 {
		x.Go("adder", func() { c.Add(hint, 1) })
	}
	x.Join()
	require.EqualValues(x, 3, c.Sum())
}

// INV-COUNTER-3
func counterStripedSum(x *explorer.T) {
	c := counters.NewStriped(2)
	c.Add(0, 1)
	for hint := range 2 {
		x.Go("adder", func() { c.Add(hint, 2) })
	}
	first := c.Sum()
	second := c.Sum()
	require.LessOrEqual(x, int64(1), first)
	require.LessOrEqual(x, first, second)
	require.LessOrEqual(x, second, int64(5))
	x.Join()
	require.EqualValues(x, 5, c.Sum())
}

func counterLoadThenStore(x *explorer.T) {
	var n atomic.Int64
	for range 2 {
		x.Go("adder", func() { n.Store(n.Load()+1, atomic.Relaxed) })
	}
	x.Join()
	require.EqualValues(x, 2, n.Load(atomic.Relaxed), "an addition is lost")
}

func counterAsFlag(x *explorer.T) {
	var c counters.Counter
	var data atomic.Cell[int]
	x.Go("writer", func() {
		data.Store(1)
		c.Add(1)
	})
	if c.Load() == 1 {
		data.Load()
	}
}

func counterSumAsMoment(x *explorer.T) {
	c := counters.NewStriped(2)
	x.Go("adder", func() {
		c.Add(0, 1)
		c.Add(1, -1)
	})
	require.Contains(x, []int64{0, 1}, c.Sum(), "a count that never was")
}
