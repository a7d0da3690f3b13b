package mutate_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/sync"
	"github.com/weakmem/litmus/primitives/wait"
)

func newCode(t *testing.T, bodies ...func(x *explorer.T)) *mutate.Code {
	t.Helper()
	var programs []mutate.Program
	for i, b := range bodies {
		programs = append(programs, mutate.Program{Name: fmt.Sprint(i), Body: b})
	}
	c, err := mutate.New(t.Context(), mutate.Config{Programs: programs})
	require.NoError(t, err)
	return c
}

// verdicts maps mutants to the message of the failure that killed them, or to "survived".
func verdicts(t *testing.T, c *mutate.Code) map[string]string {
	t.Helper()
	of := map[string]string{}
	for _, m := range c.Mutants() {
		v, err := c.Try(t.Context(), m)
		require.NoError(t, err)
		require.Empty(t, v.Bounds)
		of[m.Name] = "survived"
		if v.Killed {
			of[m.Name] = v.Report.Failure.Failure.Message
		}
	}
	return of
}

type box struct {
	data  atomic.Cell[int]
	ready atomic.Int32
}

func (b *box) put(n int) {
	b.data.Store(n)
	b.ready.Store(1, atomic.Release)
}

func (b *box) isReady() bool { return b.ready.Load(atomic.Acquire) == 1 }

func (b *box) take() int {
	wait.For(b, (*box).isReady)
	return b.data.Load()
}

func publish(x *explorer.T) {
	var b box
	x.Go("writer", func() { b.put(1) })
	x.Go("reader", func() { require.Equal(x, 1, b.take()) })
}

func TestMutants(t *testing.T) {
	require.Equal(t, map[string]string{
		"box.put/ready.Store=relaxed":    "data race on atomic.Cell: a read and a write that neither happens before",
		"box.isReady/ready.Load=relaxed": "data race on atomic.Cell: a read and a write that neither happens before",
		"box.take/wait=nowait":           "data race on atomic.Cell: a read and a write that neither happens before",
		"ready=plain":                    "data race on atomic.Int32: a read and a write that neither happens before",
	}, verdicts(t, newCode(t, publish)))
}

type flags struct{ a, b atomic.Int32 }

func enter(mine, other *atomic.Int32) bool {
	mine.Store(1, atomic.Relaxed)
	atomic.Fence(atomic.SeqCst)
	return other.Load(atomic.Relaxed) == 0
}

func dekker(x *explorer.T) {
	var f flags
	var in [2]bool
	x.Go("a", func() { in[0] = enter(&f.a, &f.b) })
	x.Go("b", func() { in[1] = enter(&f.b, &f.a) })
	x.Join()
	require.False(x, in[0] && in[1])
}

func TestMutantsOfFences(t *testing.T) {
	of := verdicts(t, newCode(t, dekker))
	require.Len(t, of, 3)
	require.Contains(t, of, "enter/Fence=acq_rel")
	require.Contains(t, of, "enter/Fence=none")
	require.Contains(t, of, "mine=plain")
	require.NotContains(t, of, "survived")
}

type stack struct {
	head mem.Atomic[node]
	uses atomic.Int32
	mu   sync.Mutex
	n    atomic.Cell[int]
}

type node struct{ value int }

func (s *stack) read() int {
	s.uses.Add(1, atomic.Acquire)
	defer s.uses.Add(-1, atomic.Release)
	h := s.head.Load(atomic.Acquire)
	return h.Load().value
}

func (s *stack) idle() bool { return s.uses.Load(atomic.Acquire) == 0 }

func (s *stack) count() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n.Store(s.n.Load() + 1)
}

func TestMutantsOfOtherSorts(t *testing.T) {
	of := verdicts(t, newCode(t, func(x *explorer.T) {
		var s stack
		s.head.Store(mem.New(node{1}), atomic.Release)
		r := x.Go("reader", func() { s.read() })
		x.Join(r)
		wait.For(&s, (*stack).idle)
		s.head.Load(atomic.Relaxed).Free()
	}, func(x *explorer.T) {
		var s stack
		for range 2 {
			x.Go("counter", s.count)
		}
		x.Join()
		require.Equal(x, 2, s.n.Load())
	}, func(x *explorer.T) {
		h, done := mem.New(1), new(atomic.Int32)
		x.Go("user", func() { h.Load(); done.Store(1, atomic.Release) })
		x.Await(func() bool { return done.Load(atomic.Acquire) == 1 })
		h.Free()
	}, func(x *explorer.T) {
		var turn atomic.Int32
		var data atomic.Cell[int]
		x.Go("writer", func() { data.Store(1); turn.Store(1, atomic.Release) })
		before := turn.Load(atomic.Relaxed)
		after := turn.Load(atomic.Acquire)
		if after == 1 {
			require.Equal(x, 1, data.Load())
		}
		x.Join()
		require.LessOrEqual(x, before, after)
		require.EqualValues(x, 1, turn.Load(atomic.Relaxed))
	}))
	require.Contains(t, of["stack.count=unlocked"], "data race on atomic.Cell")
	require.Contains(t, of["TestMutantsOfOtherSorts.func3/h.Free=early"], "data race on mem.Handle: a free and a read")
	require.Contains(t, of["TestMutantsOfOtherSorts.func1/s.head.Load.Free=early"], "data race on mem.Handle", "before the join")
	require.Equal(t, "survived", of["stack.read/uses.Add=relaxed"])
	require.Contains(t, of["TestMutantsOfOtherSorts.func4/turn.Load#3=stale"], "Not equal")
	require.Contains(t, of["TestMutantsOfOtherSorts.func4/turn.Load#2=stale"], "data race on atomic.Cell", "the first look does not acquire")
}

func TestWeakest(t *testing.T) {
	for _, c := range []struct {
		name    string
		body    func(x *explorer.T)
		written bool
		minimal [][]sim.Ordering
	}{
		{"publish", publish, true, [][]sim.Ordering{{sim.Release, sim.Acquire}}},
		{"fences", dekker, true, [][]sim.Ordering{{sim.Relaxed, sim.SeqCst, sim.Relaxed}, {sim.SeqCst, sim.Relaxed, sim.SeqCst}}},
		{"too strong", func(x *explorer.T) {
			var data atomic.Cell[int]
			var ready atomic.Int32
			x.Go("writer", func() { data.Store(1); ready.Swap(1) })
			x.Go("reader", func() {
				for !ready.CompareAndSwap(1, 2) {
					explorer.Yield()
				}
				require.Equal(x, 1, data.Load())
			})
		}, false, [][]sim.Ordering{{sim.Release, sim.Acquire, sim.Relaxed}}},
		{"nothing to order", func(x *explorer.T) {
			var n atomic.Int32
			x.Go("adder", func() { n.Add(1) })
			n.Add(1)
			x.Join()
			require.EqualValues(x, 2, n.Load())
		}, false, [][]sim.Ordering{{sim.Relaxed, sim.Relaxed, sim.Relaxed}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := newCode(t, c.body).Weakest(t.Context(), nil)
			require.NoError(t, err)
			require.True(t, w.Complete)
			var got [][]sim.Ordering
			written := false
			for _, m := range w.Minimal {
				got = append(got, m.Orders)
				written = written || m.Written
			}
			require.ElementsMatch(t, c.minimal, got, "%s", w)
			require.Equal(t, c.written, written)
		})
	}
}

// Every assignment is tried, and the minimal ones among those that hold are those that Weakest finds.
func TestWeakestIsExact(t *testing.T) {
	body := func(x *explorer.T) { // a chain of three: either message may carry the data
		var data atomic.Cell[int]
		var a, b atomic.Int32
		x.Go("one", func() { data.Store(1); a.Store(1) })
		x.Go("two", func() {
			if a.Load() == 1 {
				b.Store(1)
			}
		})
		x.Go("three", func() {
			if b.Load() == 1 &&
				a.Load() == 1 {
				require.Equal(x, 1, data.Load())
			}
		})
	}
	w, err := newCode(t, body).Weakest(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, w.Complete)
	require.Len(t, w.Slots, 5)
	var got []string
	for _, m := range w.Minimal {
		got = append(got, fmt.Sprint(m.Orders))
	}

	stores := []sim.Ordering{sim.Relaxed, sim.Release, sim.SeqCst}
	loads := []sim.Ordering{sim.Relaxed, sim.Acquire, sim.SeqCst}
	choices := [][]sim.Ordering{stores, loads, stores, loads, loads}
	holds := map[string]bool{}
	var all [][]int
	var each func(prefix []int)
	each = func(prefix []int) {
		if len(prefix) < len(choices) {
			for i := range 3 {
				each(append(slices.Clone(prefix), i))
			}
			return
		}
		all = append(all, prefix)
		r, err := explorer.Run(t.Context(), func(x *explorer.T) {
			o := func(i int) sim.Ordering { return choices[i][prefix[i]] }
			var data atomic.Cell[int]
			var a, b atomic.Int32
			x.Go("one", func() { data.Store(1); a.Store(1, o(0)) })
			x.Go("two", func() {
				if a.Load(o(1)) == 1 {
					b.Store(1, o(2))
				}
			})
			x.Go("three", func() {
				if b.Load(o(3)) == 1 && a.Load(o(4)) == 1 {
					require.Equal(x, 1, data.Load())
				}
			})
		})
		require.NoError(t, err)
		holds[fmt.Sprint(prefix)] = r.Verified
	}
	each(nil)
	var want []string
	for _, p := range all {
		minimal := holds[fmt.Sprint(p)]
		for i := range p {
			if p[i] > 0 {
				q := slices.Clone(p)
				q[i]--
				minimal = minimal && !holds[fmt.Sprint(q)]
			}
		}
		if minimal {
			orders := make([]sim.Ordering, len(p))
			for i := range p {
				orders[i] = choices[i][p[i]]
			}
			want = append(want, fmt.Sprint(orders))
		}
	}
	require.ElementsMatch(t, want, got)
	require.Less(t, w.Explorations, len(all)/4)
}

func TestErrors(t *testing.T) {
	ctx := t.Context()
	_, err := mutate.New(ctx, mutate.Config{})
	require.ErrorContains(t, err, "no program")
	_, err = mutate.New(ctx, mutate.Config{Programs: []mutate.Program{{Name: "p", Body: func(x *explorer.T) { x.Error("no good") }}}})
	require.ErrorContains(t, err, "program p fails as it is: no good")
	_, err = mutate.New(ctx, mutate.Config{Programs: []mutate.Program{{Name: "p", Body: dekker}}, MaxExecutions: 1})
	require.ErrorContains(t, err, "program p is not verified as it is")
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = mutate.New(cancelled, mutate.Config{Programs: []mutate.Program{{Name: "p", Body: dekker}}})
	require.ErrorIs(t, err, context.Canceled)
}
