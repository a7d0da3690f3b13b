package counter_test

import (
	"math"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/counter"
)

func TestCounter(t *testing.T) {
	var c counter.Counter
	require.Zero(t, c.Load())
	require.EqualValues(t, 5, c.Add(5))
	require.EqualValues(t, -2, c.Add(-7))
	require.EqualValues(t, -2, c.Load())
}

func TestStriped(t *testing.T) {
	for _, stripes := range []int{1, 2, 3, 8, 1000} {
		s := counter.NewStriped(stripes)
		require.Zero(t, s.Sum())
		for _, hint := range []int{0, 1, 2, 7, stripes, -1, math.MaxInt, math.MinInt} {
			s.Add(hint, 3)
			s.Add(hint, -2)
		}
		require.EqualValues(t, 8, s.Sum())
	}
}

func TestMisuse(t *testing.T) {
	require.PanicsWithValue(t, "counter.NewStriped: expected from 1 to 1048576 stripes, not 0", func() { counter.NewStriped(0) })
	require.PanicsWithValue(t, "counter.NewStriped: expected from 1 to 1048576 stripes, not 1048577", func() { counter.NewStriped(1<<20 + 1) })
}

func TestNatively(t *testing.T) {
	additions := 50_000
	if testing.Short() {
		additions = 5_000
	}
	for _, procs := range []int{1, 2} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		const adders = 4
		var c counter.Counter
		s := counter.NewStriped(2)
		var goroutines sync.WaitGroup
		for hint := range adders {
			goroutines.Go(func() {
				for range additions {
					c.Add(1)
					s.Add(hint, 1)
				}
			})
		}
		watch := func(look func() int64) {
			goroutines.Go(func() {
				for last := int64(0); last < adders*int64(additions); {
					n := look()
					if n < last {
						t.Errorf("%d after %d", n, last)
						return
					}
					if n == last {
						runtime.Gosched()
					}
					last = n
				}
			})
		}
		watch(c.Load)
		watch(s.Sum)
		goroutines.Wait()
		require.EqualValues(t, adders*additions, c.Load())
		require.EqualValues(t, adders*additions, s.Sum())
	}
}

func TestAllocatesNothing(t *testing.T) {
	var c counter.Counter
	s := counter.NewStriped(4)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		c.Add(1)
		c.Load()
		s.Add(1, 1)
		s.Sum()
	}))
}
