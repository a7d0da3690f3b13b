package atomic_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
)

// outcomes collects what the executions of a body note, under one model.
func outcomes[T comparable](t *testing.T, model string, body func(x *explorer.T, note func(T))) map[T]bool {
	t.Helper()
	seen := map[T]bool{}
	r, err := explorer.Run(context.Background(), func(x *explorer.T) { body(x, func(v T) { seen[v] = true }) },
		explorer.Model(model), explorer.MaxSteps(1000), explorer.MaxExecutions(100_000))
	require.NoError(t, err)
	if r.Failure != nil {
		t.Fatalf("%s: %s", model, r.Failure.Failure.Message)
	}
	require.True(t, r.Verified)
	return seen
}

// Every type takes part in store buffering: both goroutines may miss the
// other's store, unless all is sequentially consistent.
func TestEveryTypeIsModelled(t *testing.T) {
	type variable struct {
		set func(...atomic.Ordering)
		get func(...atomic.Ordering) bool // whether it is set
	}
	for name, make := range map[string]func() variable{
		"Int32": func() variable {
			x := new(atomic.Int32)
			return variable{func(o ...atomic.Ordering) { x.Store(-1, o...) }, func(o ...atomic.Ordering) bool { return x.Load(o...) == -1 }}
		},
		"Int64": func() variable {
			x := new(atomic.Int64)
			return variable{func(o ...atomic.Ordering) { x.Store(-1, o...) }, func(o ...atomic.Ordering) bool { return x.Load(o...) == -1 }}
		},
		"Uint32": func() variable {
			x := new(atomic.Uint32)
			return variable{func(o ...atomic.Ordering) { x.Store(1, o...) }, func(o ...atomic.Ordering) bool { return x.Load(o...) == 1 }}
		},
		"Uint64": func() variable {
			x := new(atomic.Uint64)
			return variable{func(o ...atomic.Ordering) { x.Store(1<<63, o...) }, func(o ...atomic.Ordering) bool { return x.Load(o...) == 1<<63 }}
		},
		"Bool": func() variable {
			x := new(atomic.Bool)
			return variable{func(o ...atomic.Ordering) { x.Store(true, o...) }, x.Load}
		},
		"Pointer": func() variable {
			x, p := new(atomic.Pointer[int]), new(int)
			return variable{func(o ...atomic.Ordering) { x.Store(p, o...) }, func(o ...atomic.Ordering) bool { return x.Load(o...) == p }}
		},
		"Value": func() variable {
			x := new(atomic.Value)
			return variable{func(o ...atomic.Ordering) { x.Store("v", o...) }, func(o ...atomic.Ordering) bool { return x.Load(o...) == "v" }}
		},
	} {
		t.Run(name, func(t *testing.T) {
			buffering := func(o ...atomic.Ordering) map[[2]bool]bool {
				return outcomes(t, "rc11", func(x *explorer.T, note func([2]bool)) {
					a, b := make(), make()
					var got [2]bool
					x.Go("a", func() { a.set(o...); got[0] = b.get(o...) })
					x.Go("b", func() { b.set(o...); got[1] = a.get(o...) })
					x.Join()
					note(got)
				})
			}
			weak := map[[2]bool]bool{{false, false}: true, {false, true}: true, {true, false}: true, {true, true}: true}
			require.Equal(t, weak, buffering(atomic.Relaxed))
			delete(weak, [2]bool{false, false})
			require.Equal(t, weak, buffering())
		})
	}
}

func TestUpdatesAreAtomic(t *testing.T) {
	sums := outcomes(t, "rc11", func(x *explorer.T, note func(int32)) {
		var n atomic.Int32
		x.Go("add", func() { n.Add(1, atomic.Relaxed) })
		x.Go("or", func() { n.Or(8, atomic.Relaxed) })
		x.Go("swap", func() { n.Swap(n.Load(atomic.Relaxed)&1+16, atomic.Relaxed) })
		x.Join()
		note(n.Load())
	})
	require.NotContains(t, sums, int32(0))
	for _, sum := range []int32{9 | 16, 16 | 8, 16 + 1, 17, 16} {
		require.Contains(t, sums, sum)
	}
}

func TestWeakExchangeMayFail(t *testing.T) {
	for _, weak := range []bool{false, true} {
		seen := outcomes(t, "sc", func(x *explorer.T, note func(bool)) {
			var n atomic.Uint32
			if weak {
				note(n.CompareAndSwapWeak(0, 1))
			} else {
				note(n.CompareAndSwap(0, 1))
			}
		})
		require.Equal(t, weak, seen[false])
		require.True(t, seen[true])
	}
}

// What a variable held before the exploration is where every run starts.
func TestInitialValues(t *testing.T) {
	var n atomic.Int64
	var p atomic.Pointer[int]
	var v atomic.Value
	var b atomic.Bool
	n.Store(-5)
	p.Store(new(int))
	v.Store("a")
	b.Store(true)
	type values struct {
		n int64
		p *int
		v any
		b bool
	}
	want := values{n.Load(), p.Load(), v.Load(), b.Load()}
	for range 2 {
		seen := outcomes(t, "rc11", func(x *explorer.T, note func(values)) {
			x.Go("", func() { n.Add(1) })
			note(values{n.Swap(7), p.Swap(nil), v.Swap("b"), b.Swap(false)})
		})
		want := want
		require.Contains(t, seen, want)
		want.n++
		require.Contains(t, seen, want)
		require.Len(t, seen, 2)
	}
	require.Equal(t, want, values{n.Load(), p.Load(), v.Load(), b.Load()}, "an exploration changed native memory")
}

func TestRaceOnCell(t *testing.T) {
	for _, first := range []func(c *atomic.Cell[[4]int]){
		func(c *atomic.Cell[[4]int]) { c.Store([4]int{}) },
		func(c *atomic.Cell[[4]int]) { c.Load() },
	} {
		r, err := explorer.Run(context.Background(), func(x *explorer.T) {
			var c atomic.Cell[[4]int]
			x.Go("first", func() { first(&c) })
			c.Store([4]int{1})
		})
		require.NoError(t, err)
		require.NotNil(t, r.Failure)
		require.Contains(t, r.Failure.Failure.Message, "data race on atomic.Cell")
	}
}

func TestIllegalOrderingFailsTheExploration(t *testing.T) {
	r, err := explorer.Run(context.Background(), func(x *explorer.T) {
		var n atomic.Int32
		n.Load(atomic.Release)
	})
	require.NoError(t, err)
	require.NotNil(t, r.Failure)
	require.Contains(t, r.Failure.Failure.Message, "atomic: Int32.Load with ordering release")
}

func TestFence(t *testing.T) {
	buffering := func(fence bool) map[[2]int32]bool {
		return outcomes(t, "rc11", func(x *explorer.T, note func([2]int32)) {
			var a, b atomic.Int32
			var got [2]int32
			side := func(mine, theirs *atomic.Int32, got *int32) func() {
				return func() {
					mine.Store(1, atomic.Relaxed)
					if fence {
						atomic.Fence(atomic.SeqCst)
					}
					*got = theirs.Load(atomic.Relaxed)
				}
			}
			x.Go("a", side(&a, &b, &got[0]))
			x.Go("b", side(&b, &a, &got[1]))
			x.Join()
			note(got)
		})
	}
	require.Contains(t, buffering(false), [2]int32{0, 0})
	require.NotContains(t, buffering(true), [2]int32{0, 0})
}

// Loops that retry a weak compare-and-swap end, though it may fail each time.
func TestLoopsOverWeakExchange(t *testing.T) {
	for name, body := range map[string]func(n *atomic.Int32){
		"lock": func(n *atomic.Int32) {
			for !n.CompareAndSwapWeak(0, 1, atomic.Acquire) {
				explorer.Yield()
			}
			n.Store(0, atomic.Release)
		},
		"counter": func(n *atomic.Int32) {
			for {
				if old := n.Load(atomic.Relaxed); n.CompareAndSwapWeak(old, old+1, atomic.Relaxed) {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := explorer.Run(context.Background(), func(x *explorer.T) {
				var n atomic.Int32
				for range 2 {
					x.Go("", func() { body(&n) })
				}
			}, explorer.MaxSteps(100), explorer.MaxExecutions(10_000))
			require.NoError(t, err)
			if r.Failure != nil {
				t.Fatal(r.Failure.Failure.Message)
			}
			require.True(t, r.Verified)
			t.Log(r)
		})
	}
}
