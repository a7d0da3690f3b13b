package explorer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/trace"
	"github.com/weakmem/litmus/primitives/atomic"
)

// outcomes are what the complete executions of a program return.
type outcomes map[string]bool

// reached explores a program, which must not fail, and returns its outcomes.
func reached(t testing.TB, program func(x *explorer.T) string, options ...explorer.Option) outcomes {
	t.Helper()
	all := outcomes{}
	r := explored(t, func(x *explorer.T) { all[program(x)] = true }, options...)
	if r.Failure != nil {
		require.FailNow(t, r.Model+": it fails", r.Failure.Failure.Message)
	}
	require.Empty(t, r.Bounds)
	return all
}

// The classic shapes, and the examples of Lahav, Vafeiadis, Kang, Hur and
// Dreyer, Repairing Sequential Consistency in C/C++11, PLDI 2017 (§1 to §3), with one outcome each and the models that allow it.
func TestSeqCst(t *testing.T) {
	type v = *atomic.Int32
	type shape = func(x *explorer.T, a, b v) string
	sb := func(st, ld atomic.Ordering, fence bool) shape {
		return func(x *explorer.T, a, b v) string {
			var r, s int32
			half := func(mine, other v, to *int32) func() {
				return func() {
					mine.Store(1, st)
					if fence {
						atomic.Fence(sc)
					}
					*to = other.Load(ld)
				}
			}
			x.Go("P0", half(a, b, &r))
			x.Go("P1", half(b, a, &s))
			x.Join()
			return fmt.Sprint(r, s)
		}
	}
	iriw := func(st, first, second atomic.Ordering, fence bool) shape {
		return func(x *explorer.T, a, b v) string {
			var r [4]int32
			reader := func(p, q v, to []int32) func() {
				return func() {
					to[0] = p.Load(first)
					if fence {
						atomic.Fence(sc)
					}
					to[1] = q.Load(second)
				}
			}
			x.Go("P0", func() { a.Store(1, st) })
			x.Go("P1", reader(a, b, r[:2]))
			x.Go("P2", reader(b, a, r[2:]))
			x.Go("P3", func() { b.Store(1, st) })
			x.Join()
			return fmt.Sprint(r)
		}
	}
	w22 := func(o atomic.Ordering, fence bool) shape {
		return func(x *explorer.T, a, b v) string {
			half := func(p, q v) func() {
				return func() {
					p.Store(1, o)
					if fence {
						atomic.Fence(sc)
					}
					q.Store(2, o)
				}
			}
			x.Go("P0", half(a, b))
			x.Go("P1", half(b, a))
			x.Join()
			return fmt.Sprint(a.Load(rlx), b.Load(rlx))
		}
	}
	r := func(st, ld atomic.Ordering, fence bool) shape {
		return func(x *explorer.T, a, b v) string {
			var r int32
			x.Go("P0", func() {
				a.Store(1, st)
				if fence {
					atomic.Fence(sc)
				}
				b.Store(1, st)
			})
			x.Go("P1", func() {
				b.Store(2, st)
				if fence {
					atomic.Fence(sc)
				}
				r = a.Load(ld)
			})
			x.Join()
			return fmt.Sprint(b.Load(rlx), r)
		}
	}
	rwc := func(st, ld atomic.Ordering, fence bool) shape {
		return func(x *explorer.T, a, b v) string {
			var r, s, u int32
			x.Go("P0", func() { a.Store(1, st) })
			x.Go("P1", func() {
				r = a.Load(ld)
				if fence {
					atomic.Fence(sc)
				}
				s = b.Load(ld)
			})
			x.Go("P2", func() {
				b.Store(1, st)
				if fence {
					atomic.Fence(sc)
				}
				u = a.Load(ld)
			})
			x.Join()
			return fmt.Sprint(r, s, u)
		}
	}
	z6u := func(x *explorer.T, a, b v) string {
		var p, q, r int32
		x.Go("P0", func() { a.Store(1, sc); b.Store(1, rel) })
		x.Go("P1", func() { p = b.Add(1, sc) - 1; q = b.Load(rlx) })
		x.Go("P2", func() { b.Store(3, sc); r = a.Load(sc) })
		x.Join()
		return fmt.Sprint(p, q, r)
	}
	for _, c := range []struct {
		name    string
		program shape
		outcome string
		allowed []string // models
	}{
		{"SB rlx", sb(rlx, rlx, false), "0 0", []string{"tso", "pso", "ra", "rc11"}},
		{"SB rel acq", sb(rel, acq, false), "0 0", []string{"tso", "pso", "ra", "rc11"}},
		{"SB sc rlx", sb(sc, rlx, false), "0 0", []string{"tso", "pso", "ra", "rc11"}},
		{"SB sc", sb(sc, sc, false), "0 0", []string{"ra"}},
		{"SB fences", sb(rlx, rlx, true), "0 0", nil},
		{"IRIW rlx", iriw(rlx, rlx, rlx, false), "[1 0 1 0]", []string{"ra", "rc11"}},
		{"IRIW rel acq", iriw(rel, acq, acq, false), "[1 0 1 0]", []string{"ra", "rc11"}},
		{"IRIW sc", iriw(sc, sc, sc, false), "[1 0 1 0]", []string{"ra"}},
		{"IRIW acq sc", iriw(sc, acq, sc, false), "[1 0 1 0]", []string{"ra", "rc11"}},
		{"IRIW fences", iriw(rlx, rlx, rlx, true), "[1 0 1 0]", nil},
		{"2+2W rlx", w22(rlx, false), "1 1", []string{"pso", "ra", "rc11"}},
		{"2+2W sc", w22(sc, false), "1 1", []string{"ra"}},
		{"2+2W fences", w22(rlx, true), "1 1", nil},
		{"R rlx", r(rlx, rlx, false), "2 0", []string{"tso", "pso", "ra", "rc11"}},
		{"R sc", r(sc, sc, false), "2 0", []string{"ra"}},
		{"R fences", r(rlx, rlx, true), "2 0", nil},
		{"RWC rlx", rwc(rlx, rlx, false), "1 0 0", []string{"tso", "pso", "ra", "rc11"}},
		{"RWC rel acq", rwc(rel, acq, false), "1 0 0", []string{"tso", "pso", "ra", "rc11"}},
		{"RWC sc", rwc(sc, sc, false), "1 0 0", []string{"ra"}},
		{"RWC fences", rwc(rlx, rlx, true), "1 0 0", nil},
		{"Z6.U", z6u, "1 3 0", []string{"ra", "rc11"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, model := range explorer.Models() {
				all := reached(t, func(x *explorer.T) string {
					var a, b atomic.Int32
					return c.program(x, &a, &b)
				}, explorer.Model(model))
				allowed := false
				for _, m := range c.allowed {
					allowed = allowed || m == model
				}
				assert.Equal(t, allowed, all[c.outcome], "%s, of %v", model, all)
			}
		})
	}
}

// peterson is mutual exclusion by loads and stores (Peterson, 1981).
func peterson(store, load atomic.Ordering) body {
	return func(x *explorer.T) {
		var wants [2]atomic.Bool
		var turn atomic.Int32
		var entered atomic.Cell[int]
		together(x, 2, func(me int) {
			other := 1 - me
			wants[me].Store(true, store)
			turn.Store(int32(other), store)
			x.Await(func() bool { return !wants[other].Load(load) || turn.Load(load) == int32(me) })
			entered.Store(entered.Load() + 1)
			wants[me].Store(false, store)
		})
	}
}

// dekker is mutual exclusion by loads and stores (Dijkstra, EWD 123, 1965).
func dekker(store, load atomic.Ordering) body {
	return func(x *explorer.T) {
		var wants [2]atomic.Bool
		var turn atomic.Int32
		var entered atomic.Cell[int]
		together(x, 2, func(me int) {
			other := 1 - me
			wants[me].Store(true, store)
			for wants[other].Load(load) {
				if turn.Load(load) != int32(me) {
					wants[me].Store(false, store)
					x.Await(func() bool { return turn.Load(load) == int32(me) })
					wants[me].Store(true, store)
				} else {
					explorer.Yield()
				}
			}
			entered.Store(entered.Load() + 1)
			turn.Store(int32(other), store)
			wants[me].Store(false, store)
		})
	}
}

func TestMutualExclusionNeedsSeqCst(t *testing.T) {
	for name, algorithm := range map[string]func(store, load atomic.Ordering) body{"Peterson": peterson, "Dekker": dekker} {
		t.Run(name, func(t *testing.T) {
			for _, model := range []string{"sc", "tso", "pso", "rc11", "go"} {
				requireVerified(t, explored(t, algorithm(sc, sc), explorer.Model(model)))
			}
			for _, model := range []string{"sc", "go"} {
				requireVerified(t, explored(t, algorithm(rel, acq), explorer.Model(model)))
			}
			for _, model := range []string{"tso", "pso", "ra", "rc11"} {
				requireFailure(t, explored(t, algorithm(rel, acq), explorer.Model(model)), trace.Race)
			}
			requireFailure(t, explored(t, algorithm(sc, acq)), trace.Race)
			requireFailure(t, explored(t, algorithm(rel, sc)), trace.Race)
		})
	}
}
