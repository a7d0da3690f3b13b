package explorer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
)

type interceptor func(op *sim.Operation)

func (f interceptor) Intercept(op *sim.Operation) { f(op) }

func TestIntercept(t *testing.T) {
	publish := func(x *explorer.T) {
		var data atomic.Cell[int]
		var ready atomic.Int32
		x.Go("writer", func() { data.Store(1); ready.Store(1, atomic.Release) })
		x.Go("reader", func() {
			x.Await(func() bool { return ready.Load(atomic.Acquire) == 1 })
			require.Equal(x, 1, data.Load())
		})
	}
	buffering := func(x *explorer.T) {
		var a, b atomic.Int32
		var r [2]int32
		x.Go("a", func() { a.Store(1, atomic.Relaxed); atomic.Fence(atomic.SeqCst); r[0] = b.Load(atomic.Relaxed) })
		x.Go("b", func() { b.Store(1, atomic.Relaxed); atomic.Fence(atomic.SeqCst); r[1] = a.Load(atomic.Relaxed) })
		x.Join()
		require.NotEqual(x, [2]int32{}, r)
	}
	twice := func(x *explorer.T) { // the second look is the check
		var data atomic.Cell[int]
		var ready atomic.Int32
		x.Go("writer", func() { data.Store(1); ready.Store(1, atomic.Release) })
		x.Go("reader", func() {
			first := ready.Load(atomic.Relaxed)
			if second := ready.Load(atomic.Acquire); first == 1 {
				require.EqualValues(x, 1, second)
				require.Equal(x, 1, data.Load())
			}
		})
	}
	free := func(x *explorer.T) {
		h := mem.New(1)
		var done atomic.Int32
		x.Go("user", func() { h.Load(); done.Store(1, atomic.Release) })
		x.Await(func() bool { return done.Load(atomic.Acquire) == 1 })
		h.Free()
	}
	for _, c := range []struct {
		name  string
		body  func(x *explorer.T)
		kind  sim.OperationKind
		edit  func(op *sim.Operation)
		fails string // "": it does not
	}{
		{"as written", publish, sim.LoadOperation, func(op *sim.Operation) {}, ""},
		{"weaker load", publish, sim.LoadOperation, func(op *sim.Operation) { op.Order = sim.Relaxed }, "data race on atomic.Cell"},
		{"weaker store", publish, sim.StoreOperation, func(op *sim.Operation) { op.Order = sim.Relaxed }, "data race on atomic.Cell"},
		{"plain load", publish, sim.LoadOperation, func(op *sim.Operation) { op.Do = sim.AsPlain }, ""}, // the store is atomic still
		{"no await", publish, sim.AwaitOperation, func(op *sim.Operation) { op.Do = sim.Nothing }, "data race on atomic.Cell"},
		{"fences", buffering, sim.FenceOperation, func(op *sim.Operation) {}, ""},
		{"weaker fences", buffering, sim.FenceOperation, func(op *sim.Operation) { op.Order = sim.AcqRel }, "Should not be: [2]int32{0, 0}"},
		{"no fences", buffering, sim.FenceOperation, func(op *sim.Operation) { op.Do = sim.Nothing }, "Should not be: [2]int32{0, 0}"},
		{"two looks", twice, sim.LoadOperation, func(op *sim.Operation) {}, ""},
		{"one look", twice, sim.LoadOperation, func(op *sim.Operation) { op.Do = sim.Stale }, "data race on atomic.Cell"},
		{"free", free, sim.FreeOperation, func(op *sim.Operation) {}, ""},
		{"early free", free, sim.FreeOperation, func(op *sim.Operation) { op.Do = sim.Early }, "data race on mem.Handle: a free and a read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := explorer.Run(t.Context(), c.body, explorer.Intercept(interceptor(func(op *sim.Operation) {
				if op.Kind == c.kind {
					c.edit(op)
				}
			})))
			require.NoError(t, err)
			if c.fails == "" {
				require.True(t, r.Verified, r)
				return
			}
			require.NotNil(t, r.Failure, r)
			require.Contains(t, r.Failure.Failure.Message, c.fails)
			require.NotEmpty(t, r.Failure.Steps, "the operations are changed when the failure is recorded, too")
		})
	}
}

func TestInterceptAllPlain(t *testing.T) {
	for name, body := range map[string]func(x *explorer.T, v *atomic.Int32){
		"stores": func(x *explorer.T, v *atomic.Int32) { v.Store(1, atomic.Relaxed) },
		"adds":   func(x *explorer.T, v *atomic.Int32) { v.Add(1, atomic.Relaxed) },
		"swaps":  func(x *explorer.T, v *atomic.Int32) { v.CompareAndSwap(0, 1, atomic.Relaxed) },
	} {
		t.Run(name, func(t *testing.T) {
			r, err := explorer.Run(t.Context(), func(x *explorer.T) {
				var v atomic.Int32
				x.Go("one", func() { body(x, &v) })
				x.Go("two", func() { body(x, &v) })
			}, explorer.Intercept(interceptor(func(op *sim.Operation) { op.Do = sim.AsPlain })))
			require.NoError(t, err)
			require.NotNil(t, r.Failure)
			require.Contains(t, r.Failure.Failure.Message, "data race on atomic.Int32")
		})
	}
}

func TestMoments(t *testing.T) {
	ordered, unordered := 0, 0
	explorer.Test(t, func(x *explorer.T) {
		var flag atomic.Int32
		var before, after, late explorer.Moment
		x.Go("one", func() {
			before = x.Now()
			flag.Store(1, atomic.Release)
			after = x.Now()
		})
		var seen bool
		x.Go("two", func() {
			seen = flag.Load(atomic.Acquire) == 1
			late = x.Now()
		})
		x.Join()
		require.True(x, before.Before(after))
		require.False(x, after.Before(before))
		require.Equal(x, seen, before.Before(late))
		require.False(x, after.Before(late), "the store may be seen before its goroutine goes on")
		require.True(x, late.Before(x.Now()))
		if seen {
			ordered++
		} else {
			unordered++
		}
	})
	require.Equal(t, 1, ordered)
	require.Equal(t, 1, unordered)
}
