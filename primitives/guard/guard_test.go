package guard_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/guard"
)

// pair is a datum larger than a word: its halves are equal.
type pair struct{ a, b int }

func pairOf(n int) pair { return pair{n, n} }

func TestVariable(t *testing.T) {
	v := guard.NewVariable[string](2)
	s, version := v.Load()
	require.Zero(t, s)
	require.Zero(t, version)
	require.Equal(t, 1, v.Publish("first"))
	require.Equal(t, "first", v.Wait(1))
	require.Equal(t, 2, v.Publish(""))
	require.Equal(t, "first", v.Wait(1))
	s, version = v.Load()
	require.Empty(t, s)
	require.Equal(t, 2, version)

	require.PanicsWithValue(t, "guard.Variable.Publish: all 2 versions have been published", func() { v.Publish("third") })
	require.PanicsWithValue(t, "guard.Variable.Wait: expected a version from 1 to 2, not 0", func() { v.Wait(0) })
	require.PanicsWithValue(t, "guard.Variable.Wait: expected a version from 1 to 2, not 3", func() { v.Wait(3) })
	require.PanicsWithValue(t, "guard.NewVariable: expected at least 1 version, not 0", func() { guard.NewVariable[int](0) })
}

func TestCopy(t *testing.T) {
	var c guard.Copy[pair]
	require.Zero(t, c.Load())
	require.Equal(t, pairOf(1), c.Update(func(p pair) pair { return pair{p.a + 1, p.b + 1} }))
	require.Equal(t, pairOf(1), c.Load())
	c.Store(pairOf(5))
	require.Equal(t, pairOf(5), c.Load())
	require.Panics(t, func() { c.Update(func(pair) pair { panic("no change") }) })
	require.Equal(t, pairOf(5), c.Load())
}

func TestElement(t *testing.T) {
	w, r := guard.NewElement("initial")
	load := func(want string, isNew bool) {
		t.Helper()
		got, n := r.Load()
		require.Equal(t, want, got)
		require.Equal(t, isNew, n)
	}
	load("initial", false)
	w.Publish("a")
	load("a", true)
	load("a", false)
	w.Publish("b")
	w.Publish("c")
	w.Publish("d")
	load("d", true)
	load("d", false)
}

func TestWords(t *testing.T) {
	d := guard.NewWords(3)
	buf := make([]uint64, 3)
	version, whole := d.Load(buf)
	require.True(t, whole)
	require.Zero(t, version)
	d.Store([]uint64{1, 2, 3})
	version, whole = d.Load(buf)
	require.True(t, whole)
	require.EqualValues(t, 1, version)
	require.Equal(t, []uint64{1, 2, 3}, buf)

	require.PanicsWithValue(t, "guard.Words.Store: expected 3 words, not 2", func() { d.Store(buf[:2]) })
	require.PanicsWithValue(t, "guard.Words.Load: expected 3 words, not 0", func() { d.Load(nil) })
	require.PanicsWithValue(t, "guard.NewWords: expected at least 1 word, not 0", func() { guard.NewWords(0) })
}

// TestNatively has one goroutine publish growing numbers by all four types and others watch them grow, on one processor and on
// two.
func TestNatively(t *testing.T) {
	rounds := 20_000
	if testing.Short() {
		rounds = 2_000
	}
	for _, procs := range []int{1, 2} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		v := guard.NewVariable[pair](rounds)
		var c guard.Copy[pair]
		w, r := guard.NewElement(pairOf(0))
		d := guard.NewWords(4)

		var readers sync.WaitGroup
		watch := func(load func() int) {
			readers.Go(func() {
				for last := 0; last < rounds; {
					n := load()
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
		whole := func(p pair) int {
			if p.a != p.b {
				t.Errorf("torn: %v", p)
			}
			return p.a
		}
		watch(func() int { p, n := v.Load(); return min(whole(p), n) })
		waited := 0
		watch(func() int { waited++; return whole(v.Wait(waited)) })
		watch(func() int { return whole(c.Load()) })
		watch(func() int { p, _ := r.Load(); return whole(p) })
		buf := make([]uint64, 4)
		watch(func() int {
			version, ok := d.Load(buf)
			for i := range buf {
				if buf[i] < version || ok && buf[i] != version {
					t.Errorf("%v of version %d, whole: %t", buf, version, ok)
				}
				version = max(version, buf[i])
			}
			return int(buf[0])
		})
		for n := 1; n <= rounds; n++ {
			v.Publish(pairOf(n))
			c.Update(func(p pair) pair { return pair{p.a + 1, n} })
			w.Publish(pairOf(n))
			d.Store([]uint64{uint64(n), uint64(n), uint64(n), uint64(n)})
		}
		readers.Wait()
	}
}

func TestAllocatesNothing(t *testing.T) {
	v := guard.NewVariable[pair](1000)
	var c guard.Copy[pair]
	w, r := guard.NewElement(pairOf(0))
	d := guard.NewWords(4)
	buf := make([]uint64, 4)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		v.Publish(pairOf(1))
		v.Load()
		v.Wait(1)
		c.Load()
		w.Publish(pairOf(1))
		r.Load()
		d.Store(buf)
		d.Load(buf)
	}))
	require.EqualValues(t, 1, testing.AllocsPerRun(100, func() { c.Store(pairOf(1)) }), "a version")
}
