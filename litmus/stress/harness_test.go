package stress

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestHistogram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "width")
		tuples := rapid.SliceOf(rapid.SliceOfN(rapid.Uint64Range(0, 9), width, width)).Draw(t, "tuples")
		h, want := newHistogram(width), map[string]int64{}
		for i, tuple := range tuples {
			h.add(tuple, int64(i))
			want[fmt.Sprint(tuple)] += int64(i)
		}
		got := map[string]int64{}
		for i, n := range h.count {
			got[fmt.Sprint(h.tuple(i))] = n
		}
		require.Equal(t, want, got)
	})
}

func TestHistogramAllocatesNothing(t *testing.T) {
	h := newHistogram(2)
	tuple := []uint64{1, 2}
	h.add(tuple, 1)
	require.Zero(t, testing.AllocsPerRun(100, func() { h.add(tuple, 1) }))
}

// No two locations of an instance overlap, and none lies outside of it.
func TestLayouts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &program{}
		for _, size := range rapid.SliceOfN(rapid.SampledFrom([]int32{1, 4, 8, 24, 64, 100}), 0, 6).Draw(t, "sizes") {
			p.locations = append(p.locations, location{size: size})
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for _, l := range []layout{newLayout(p), p.drawLayout(r)} {
			require.Zero(t, l.stride%line)
			used := make([]bool, l.stride)
			for i, at := range l.offsets {
				require.Zero(t, at%align)
				for b := at; b < at+p.locations[i].size; b++ {
					require.False(t, used[b])
					used[b] = true
				}
			}
		}
		n := 256 << r.IntN(4)
		seen := make([]bool, n)
		for _, at := range drawOrder(r, n) {
			require.False(t, seen[at])
			seen[at] = true
		}
	})
}

func TestClock(t *testing.T) {
	var c clock
	guess := c.ticks(time.Second)
	require.Positive(t, guess)
	now := time.Now()
	c.tell(0, now)
	c.tell(1000, now)
	require.Equal(t, guess, c.ticks(time.Second))
	c.tell(1000+50_000_000, now.Add(time.Second/2))
	require.EqualValues(t, 100_000_000, c.ticks(time.Second))
}
