package search

import (
	"context"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/sim"
)

// atom is an atomic variable, for tests: primitives/ is built on this package.
type atom struct{ _ [8]byte }

var atomKind = &sim.Kind{Name: "atom"}

func (a *atom) v() sim.Var { return sim.Var{Addr: unsafe.Pointer(a), Kind: atomKind} }

func (a *atom) load(o sim.Ordering) int { return int(sim.Current().Load(a.v(), o).Bits) }

func (a *atom) store(n int, o sim.Ordering) { sim.Current().Store(a.v(), sim.Bits(uint64(n)), o) }

func addWord(old, a, _ sim.Word) (sim.Word, sim.Verdict) {
	return sim.Bits(old.Bits + a.Bits), sim.Write
}

func swapWord(old, a, b sim.Word) (sim.Word, sim.Verdict) {
	if old == a {
		return b, sim.Write
	}
	return old, sim.Keep
}

func (a *atom) add(n int, o sim.Ordering) int {
	old, _ := sim.Current().Update(a.v(), addWord, sim.Bits(uint64(n)), sim.Word{}, o, o)
	return int(old.Bits)
}

func (a *atom) cas(from, to int, o, failed sim.Ordering) bool {
	_, did := sim.Current().Update(a.v(), swapWord, sim.Bits(uint64(from)), sim.Bits(uint64(to)), o, failed)
	return did == sim.Write
}

type cell struct{ n int }

var cellKind = &sim.Kind{Name: "cell"}

func (c *cell) get() int {
	sim.Current().Plain(sim.Var{Addr: unsafe.Pointer(c), Kind: cellKind}, sim.Read)
	return c.n
}

func (c *cell) set(n int) {
	sim.Current().Plain(sim.Var{Addr: unsafe.Pointer(c), Kind: cellKind}, sim.Overwrite)
	c.n = n
}

const (
	rlx = sim.Relaxed
	acq = sim.Acquire
	rel = sim.Release
	sc  = sim.SeqCst
)

// par starts threads and waits for them all.
func par(main sim.Thread, fs ...func()) {
	var ids []int
	for _, f := range fs {
		ids = append(ids, main.Go("", f))
	}
	for _, id := range ids {
		main.Join(id)
	}
}

func explore(t *testing.T, model string, body func(sim.Thread)) (Result, int) {
	t.Helper()
	seen := map[uint64]bool{}
	r, err := Explore(context.Background(), Config{Model: model, Complete: func(v *View) {
		seen[v.Hash()] = true
	}}, body)
	require.NoError(t, err)
	return r, len(seen)
}

func TestCounts(t *testing.T) {
	sb := func(st, ld sim.Ordering) func(sim.Thread) {
		return func(m sim.Thread) {
			x, y := new(atom), new(atom)
			par(m, func() { x.store(1, st); y.load(ld) }, func() { y.store(1, st); x.load(ld) })
		}
	}
	mp := func(st, ld sim.Ordering) func(sim.Thread) {
		return func(m sim.Thread) {
			x, y := new(atom), new(atom)
			par(m, func() { x.store(1, rlx); y.store(1, st) }, func() { y.load(ld); x.load(rlx) })
		}
	}
	mpPlain := func(st, ld sim.Ordering) func(sim.Thread) {
		return func(m sim.Thread) {
			x, y := new(cell), new(atom)
			par(m, func() { x.set(1); y.store(1, st) }, func() {
				if y.load(ld) == 1 {
					x.get()
				}
			})
		}
	}
	lb := func(m sim.Thread) {
		x, y := new(atom), new(atom)
		par(m, func() { x.load(rlx); y.store(1, rlx) }, func() { y.load(rlx); x.store(1, rlx) })
	}
	corr := func(m sim.Thread) {
		x := new(atom)
		par(m, func() { x.store(1, rlx); x.store(2, rlx) }, func() { x.load(rlx); x.load(rlx) })
	}
	w22 := func(o sim.Ordering) func(sim.Thread) {
		return func(m sim.Thread) {
			x, y := new(atom), new(atom)
			par(m, func() { x.store(1, o); y.store(2, o) }, func() { y.store(1, o); x.store(2, o) })
		}
	}
	iriw := func(st, ld sim.Ordering) func(sim.Thread) {
		return func(m sim.Thread) {
			x, y := new(atom), new(atom)
			par(m, func() { x.store(1, st) }, func() { y.store(1, st) },
				func() { x.load(ld); y.load(ld) }, func() { y.load(ld); x.load(ld) })
		}
	}
	spsc := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			head, tail := new(atom), new(atom)
			slots := [2]*cell{new(cell), new(cell)}
			par(m, func() {
				for i := range n {
					sim.Current().Await(func() bool { return i-head.load(acq) < 2 })
					slots[i%2].set(i + 1)
					tail.store(i+1, rel)
				}
			}, func() {
				for i := range n {
					sim.Current().Await(func() bool { return tail.load(acq) > i })
					if slots[i%2].get() != i+1 {
						panic("wrong item")
					}
					head.store(i+1, rel)
				}
			})
		}
	}
	threads := func(n int, f func(i int)) []func() {
		var fs []func()
		for i := range n {
			fs = append(fs, func() { f(i) })
		}
		return fs
	}
	ticket := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			next, owner, c := new(atom), new(atom), new(cell)
			par(m, threads(n, func(int) {
				mine := next.add(1, rlx)
				sim.Current().Await(func() bool { return owner.load(acq) == mine })
				c.set(c.get() + 1)
				owner.store(mine+1, rel)
			})...)
		}
	}
	spin := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			l, c := new(atom), new(cell)
			par(m, threads(n, func(int) {
				for !l.cas(0, 1, acq, rlx) {
					sim.Current().Yield()
				}
				c.set(c.get() + 1)
				l.store(0, rel)
			})...)
		}
	}
	lockKind := &sim.Kind{Name: "lock", Chain: true}
	take := func(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
		if old.Bits != 0 {
			return old, sim.Block
		}
		return sim.Bits(1), sim.Write
	}
	give := func(old, _, _ sim.Word) (sim.Word, sim.Verdict) { return sim.Bits(0), sim.Write }
	mutex := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			l, c := new(atom), new(cell)
			v := sim.Var{Addr: unsafe.Pointer(l), Kind: lockKind}
			par(m, threads(n, func(int) {
				sim.Current().Update(v, take, sim.Word{}, sim.Word{}, acq, rlx)
				c.set(c.get() + 1)
				sim.Current().Update(v, give, sim.Word{}, sim.Word{}, rel, rlx)
			})...)
		}
	}
	ainc := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			x := new(atom)
			par(m, threads(n, func(int) { x.add(1, rlx) })...)
		}
	}
	binc := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			x, y := new(atom), new(atom)
			par(m, threads(n, func(int) { x.add(1, rlx); y.add(1, rlx) })...)
		}
	}
	readers := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			x := new(atom)
			par(m, append(threads(n, func(int) { x.load(rlx) }), func() { x.store(1, rlx) })...)
		}
	}
	lastwrite := func(n int) func(sim.Thread) {
		return func(m sim.Thread) {
			x := new(atom)
			par(m, threads(n, func(i int) { x.store(i+1, rlx) })...)
			x.load(rlx)
		}
	}
	wr := func(w, r int) func(sim.Thread) {
		return func(m sim.Thread) {
			x := new(atom)
			par(m, append(threads(w, func(i int) { x.store(i+1, rlx) }), threads(r, func(int) { x.load(rlx) })...)...)
		}
	}
	const (
		isRace  = -1
		skipped = -2
	)
	for _, c := range []struct {
		name          string
		body          func(sim.Thread)
		sc, tso, rc11 int
	}{
		{"SB rlx", sb(rlx, rlx), 3, 4, 4},
		{"SB rel acq", sb(rel, acq), 3, 4, 4},
		{"SB sc", sb(sc, sc), 3, 3, 3},
		{"MP rlx", mp(rlx, rlx), 3, 3, 4},
		{"MP rel acq", mp(rel, acq), 3, 3, 3},
		{"MP plain", mpPlain(rel, acq), 2, 2, 2},
		{"MP plain, relaxed flag", mpPlain(rlx, rlx), 2, 2, isRace},
		{"LB", lb, 3, 3, 3},
		{"CoRR", corr, 6, 6, 6},
		{"2+2W rlx", w22(rlx), 3, 3, 4},
		{"2+2W sc", w22(sc), 3, 3, 3},
		{"IRIW rlx", iriw(rlx, rlx), 15, 15, 16},
		{"IRIW rel acq", iriw(rel, acq), 15, 15, 16},
		{"IRIW sc", iriw(sc, sc), 15, 15, 15},
		{"SPSC 3", spsc(3), 9, 9, 9},
		{"SPSC 4", spsc(4), 27, 27, 27},
		{"SPSC 5", spsc(5), 81, 81, 81},
		{"SPSC 8", spsc(8), skipped, skipped, 2187},
		{"ticket 2", ticket(2), 2, 2, 2},
		{"ticket 3", ticket(3), 6, 6, 6},
		{"ticket 4", ticket(4), 24, 24, 24},
		{"ticket 5", ticket(5), 120, 120, 120},
		{"spinlock 2", spin(2), 2, 2, 2},
		{"spinlock 3", spin(3), 6, 6, 6},
		{"spinlock 4", spin(4), 24, 24, 24},
		{"spinlock 5", spin(5), 120, 120, 120},
		{"mutex 3", mutex(3), 6, 6, 6},
		{"mutex 5", mutex(5), 120, 120, 120},
		{"mutex 7", mutex(7), skipped, skipped, 5040},
		{"ainc 4", ainc(4), 24, 24, 24},
		{"ainc 6", ainc(6), 720, 720, 720},
		{"binc 3", binc(3), 36, 36, 36},
		{"binc 4", binc(4), 576, 576, 576},
		{"readers 6", readers(6), 64, 64, 64},
		{"readers 12", readers(12), skipped, skipped, 4096},
		{"lastwrite 5", lastwrite(5), 120, 120, 120},
		{"2 writers, 4 readers", wr(2, 4), 162, 162, 162},
		{"3 writers, 3 readers", wr(3, 3), 384, 384, 384},
		{"3 writers, 5 readers", wr(3, 5), skipped, skipped, 6144},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, model := range []string{"sc", "tso", "rc11"} {
				want := [...]int{c.sc, c.tso, c.rc11}[i]
				if want == skipped {
					continue
				}
				r, distinct := explore(t, model, c.body)
				if want == isRace {
					require.NotNil(t, r.Failure, model)
					require.Equal(t, Race, r.Failure.Kind)
					continue
				}
				if r.Failure != nil {
					t.Errorf("%s: %v %s", model, r.Failure.Message, r.Failure.Stack)
					continue
				}
				if want != int(r.Executions) || distinct != want {
					t.Errorf("%s: %d executions, %d distinct, want %d (%d blocked, %d runs)", model, r.Executions, distinct, want, r.Blocked, r.Runs)
				}
				t.Logf("%s: %d blocked, %d runs", model, r.Blocked, r.Runs)
			}
		})
	}
}
