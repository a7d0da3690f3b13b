package search

import (
	"context"
	"fmt"
	"testing"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// BenchmarkExplore prints executions per second of the bare search, without the
// types of primitives/.
func BenchmarkExplore(b *testing.B) {
	threads := func(n int, f func(i int)) []func() {
		var fs []func()
		for i := range n {
			fs = append(fs, func() { f(i) })
		}
		return fs
	}
	lockKind := &sim.Kind{Name: "lock", Chain: true}
	take := func(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
		if old.Bits != 0 {
			return old, sim.Block
		}
		return sim.Bits(1), sim.Write
	}
	give := func(old, _, _ sim.Word) (sim.Word, sim.Verdict) { return sim.Bits(0), sim.Write }
	type node struct {
		next *node
	}
	for _, p := range []struct {
		name string
		body func(m sim.Thread)
	}{
		{"SB", func(m sim.Thread) {
			x, y := new(atom), new(atom)
			m.Go("", func() { x.store(1, rlx); y.load(rlx) })
			m.Go("", func() { y.store(1, rlx); x.load(rlx) })
		}},
		{"SPSC5", func(m sim.Thread) {
			head, tail := new(atom), new(atom)
			slots := [2]*cell{new(cell), new(cell)}
			m.Go("", func() {
				for i := range 5 {
					sim.Current().Await(func() bool { return i-head.load(acq) < 2 })
					slots[i%2].set(i + 1)
					tail.store(i+1, rel)
				}
			})
			m.Go("", func() {
				for i := range 5 {
					sim.Current().Await(func() bool { return tail.load(acq) > i })
					slots[i%2].get()
					head.store(i+1, rel)
				}
			})
		}},
		{"ticket5", func(m sim.Thread) {
			next, owner, c := new(atom), new(atom), new(cell)
			par(m, threads(5, func(int) {
				mine := next.add(1, rlx)
				sim.Current().Await(func() bool { return owner.load(acq) == mine })
				c.set(c.get() + 1)
				owner.store(mine+1, rel)
			})...)
		}},
		{"mutex7", func(m sim.Thread) {
			l, c := new(atom), new(cell)
			v := sim.Var{Addr: unsafe.Pointer(l), Kind: lockKind}
			par(m, threads(7, func(int) {
				sim.Current().Update(v, take, sim.Word{}, sim.Word{}, acq, rlx)
				c.set(c.get() + 1)
				sim.Current().Update(v, give, sim.Word{}, sim.Word{}, rel, rlx)
			})...)
		}},
		{"treiber3x2", func(m sim.Thread) {
			top := new(atom)
			v := top.v()
			swap := func(old, a, b sim.Word) (sim.Word, sim.Verdict) {
				if old.Ptr == a.Ptr {
					return b, sim.Write
				}
				return old, sim.Keep
			}
			par(m, append(threads(3, func(int) {
				n := &node{}
				for {
					th := sim.Current()
					old := th.Load(v, rlx)
					n.next = (*node)(old.Ptr)
					if _, did := th.Update(v, swap, old, sim.Pointer(unsafe.Pointer(n)), rel, rlx); did == sim.Write {
						return
					}
					th.Yield()
				}
			}), threads(2, func(int) {
				for {
					th := sim.Current()
					old := th.Load(v, acq)
					if old.Ptr == nil {
						return
					}
					if _, did := th.Update(v, swap, old, sim.Pointer(unsafe.Pointer((*node)(old.Ptr).next)), rlx, rlx); did == sim.Write {
						return
					}
					th.Yield()
				}
			})...)...)
		}},
		{"readers16", func(m sim.Thread) {
			x := new(atom)
			par(m, append(threads(16, func(int) { x.load(rlx) }), func() { x.store(1, rlx) })...)
		}},
		{"lastwrite8", func(m sim.Thread) {
			x := new(atom)
			par(m, threads(8, func(i int) { x.store(i+1, rlx) })...)
			x.load(rlx)
		}},
	} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", p.name, workers), func(b *testing.B) {
				b.ReportAllocs()
				var n, blocked uint64
				for b.Loop() {
					r, err := Explore(context.Background(), Config{Model: "rc11", Workers: workers}, p.body)
					if err != nil || r.Failure != nil {
						b.Fatal(err, r.Failure)
					}
					n, blocked = n+r.Executions, blocked+r.Blocked
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "executions/s")
				b.ReportMetric(float64(n)/float64(b.N), "executions")
				b.ReportMetric(float64(blocked)/float64(b.N), "blocked")
			})
		}
	}
	b.Run("SB/sample", func(b *testing.B) {
		x := uint64(0)
		for b.Loop() {
			r, _ := Explore(context.Background(), Config{Model: "rc11", Sample: 10000, Seed: x}, func(m sim.Thread) {
				x, y := new(atom), new(atom)
				m.Go("", func() { x.store(1, rlx); y.load(rlx) })
				m.Go("", func() { y.store(1, rlx); x.load(rlx) })
			})
			x += r.Executions
		}
		b.ReportMetric(float64(x)/b.Elapsed().Seconds(), "executions/s")
	})
}
