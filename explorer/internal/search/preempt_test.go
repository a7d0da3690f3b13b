package search

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/explorer/trace"
)

// fewest is how many preemptions the best schedule of a graph has.
func fewest(g *graph, exact bool) int {
	s := &scheduler{}
	s.segment(g, exact)
	n := 0
	for !s.within(n) {
		n++
	}
	return n
}

// order is a graph's events as threads, with what each comes after and whether
// it waits, event by event.
type order struct {
	threads [][]int
	deps    map[int][]int
	waits   map[int]bool
}

func orderOf(g *graph) order {
	o := order{deps: map[int][]int{}, waits: map[int]bool{}}
	for i := range g.lanes {
		l := &g.lanes[i]
		if !l.alive {
			continue
		}
		var steps []int
		for _, id := range l.events {
			e := &g.ev[id]
			step := int(id)
			steps = append(steps, step)
			if e.index == 0 && l.spawn >= 0 {
				o.deps[step] = append(o.deps[step], int(l.spawn))
			}
			switch e.kind {
			case load, join:
				if e.rf >= 0 {
					o.deps[step] = append(o.deps[step], int(e.rf))
				}
				o.waits[step] = e.kind == join || e.await || e.loc >= 0 && g.locs[e.loc].kind.Chain
			case awaitZero:
				for c := range g.ev {
					if g.ev[c].kind == count && g.ev[c].loc == e.loc && c < step {
						o.deps[step] = append(o.deps[step], c)
					}
				}
				o.waits[step] = true
			case block:
				o.waits[step] = true
			}
		}
		o.threads = append(o.threads, steps)
	}
	return o
}

func (o *order) linearized(t require.TestingT) int {
	_, n, err := trace.Linearize(o.threads, func(s int) []int { return o.deps[s] }, func(s int) bool { return o.waits[s] })
	require.NoError(t, err)
	return n
}

// brute tries every schedule, from a place on; last is the thread that has just run.
func (o *order) brute(done []int, last int, known map[string]int) int {
	key := fmt.Sprint(done, last)
	if n, ok := known[key]; ok {
		return n
	}
	ready := func(t int) bool {
		return done[t] < len(o.threads[t]) && !slices.ContainsFunc(o.deps[o.threads[t][done[t]]], func(d int) bool {
			return !slices.ContainsFunc(o.threads, func(steps []int) bool {
				i := slices.Index(steps, d)
				return i >= 0 && i < done[slices.IndexFunc(o.threads, func(u []int) bool { return &u[0] == &steps[0] })]
			})
		})
	}
	best, ended := 1<<30, true
	for t := range o.threads {
		ended = ended && done[t] == len(o.threads[t])
		if !ready(t) {
			continue
		}
		cost := 0
		if last >= 0 && last != t && done[last] < len(o.threads[last]) && (ready(last) || !o.waits[o.threads[last][done[last]]]) {
			cost = 1
		}
		done[t]++
		best = min(best, cost+o.brute(done, t, known))
		done[t]--
	}
	if ended {
		best = 0
	}
	known[key] = best
	return best
}

// drawGraph draws a graph whose events depend on each other anyhow.
func drawGraph(t *rapid.T) *graph {
	g := &graph{m: &known[0]}
	g.reset()
	n := int32(rapid.IntRange(2, 5).Draw(t, "threads"))
	for range n - 1 {
		g.newLane(none)
	}
	atomic := g.newLocation(atomKind, 0, 0)
	wait := rapid.IntRange(0, 4).Draw(t, "waits")
	for range 4 * rapid.IntRange(1, 5).Draw(t, "events") {
		thread := rapid.Int32Range(0, n-1).Draw(t, "thread")
		if rapid.IntRange(0, 3).Draw(t, "store") == 0 || len(g.ev) == 0 {
			g.computeClocks(g.add(thread, store, rlx|sim.Silent, atomic))
			continue
		}
		rf := rapid.Int32Range(max(0, int32(len(g.ev))-5), int32(len(g.ev))-1).Draw(t, "reads from")
		id := g.add(thread, load, rlx|sim.Silent, atomic)
		g.ev[id].rf = rf
		g.ev[id].await = rapid.IntRange(0, 3).Draw(t, "await") < wait
		g.computeClocks(id)
	}
	return g
}

// The fewest preemptions are what trying every schedule finds, and what
// trace.Linearize does.
func TestFewestPreemptions(t *testing.T) {
	needed := map[int]int{}
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		o := orderOf(g)
		o.threads = slices.DeleteFunc(o.threads, func(steps []int) bool { return len(steps) == 0 })
		want := o.brute(make([]int, len(o.threads)), -1, map[string]int{})
		require.Equal(t, want, o.linearized(t))
		require.Equal(t, want, fewest(g, true))
		require.Equal(t, want, fewest(g, false))
		needed[want]++
	})
	require.NotZero(t, needed[0])
	require.NotZero(t, needed[1])
}

// mixed runs a drawn program with steps beyond those: mutual exclusion, and
// waiting for a value.
type mixed struct {
	threads [][]step
	first   bool // the main thread does what the first thread is to do
}

const (
	locked deed = 100 + iota // the steps up to the next unlocked
	unlocked
	awaits
	spins // until an exchange of zero succeeds
)

var drawnLock = &sim.Kind{Name: "lock", Chain: true}

func drawnTake(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 {
		return old, sim.Block
	}
	return sim.Bits(1), sim.Write
}

func drawnGive(_, _, _ sim.Word) (sim.Word, sim.Verdict) { return sim.Bits(0), sim.Write }

func drawMixed(t *rapid.T) mixed {
	p := mixed{make([][]step, rapid.IntRange(2, 4).Draw(t, "threads")), rapid.Bool().Draw(t, "first")}
	waiting := rapid.Bool().Draw(t, "waiting")
	left := 9
	for i := range p.threads {
		held := false
		for range min(left, rapid.IntRange(1, 4).Draw(t, "length")) {
			left--
			do := rapid.SampledFrom([]deed{loads, loads, stores, adds, swaps, locked, awaits, spins}).Draw(t, "deed")
			if !waiting && do >= locked {
				do = loads
			}
			if do == locked {
				if held {
					do = unlocked
				}
				held = !held
			}
			p.threads[i] = append(p.threads[i], step{do: do, loc: rapid.IntRange(0, 1).Draw(t, "location"), value: rapid.IntRange(1, 2).Draw(t, "value"), order: rlx, failed: rlx})
		}
		if held {
			p.threads[i] = append(p.threads[i], step{do: unlocked})
		}
	}
	return p
}

func (p mixed) start(main sim.Thread) {
	var vars [2]atom
	lock := sim.Var{Addr: unsafe.Pointer(new(atom)), Kind: drawnLock}
	var fs []func()
	for _, steps := range p.threads {
		fs = append(fs, func() {
			th := sim.Current()
			for _, s := range steps {
				v := &vars[s.loc]
				switch s.do {
				case loads:
					v.load(s.order)
				case stores:
					v.store(s.value, s.order)
				case adds:
					v.add(s.value, s.order)
				case swaps:
					v.cas(0, s.value, s.order, s.failed)
				case locked:
					th.Update(lock, drawnTake, sim.Word{}, sim.Word{}, acq, rlx)
				case unlocked:
					th.Update(lock, drawnGive, sim.Word{}, sim.Word{}, rel, rlx)
				case awaits:
					th.Await(func() bool { return v.load(s.order) >= s.value })
				case spins:
					for !v.cas(0, s.value, s.order, s.failed) {
						th.Yield()
					}
				}
			}
		})
	}
	if !p.first {
		par(main, fs...)
		return
	}
	var ids []int
	for _, f := range fs[1:] {
		ids = append(ids, main.Go("", f))
	}
	fs[0]()
	for _, id := range ids {
		main.Join(id)
	}
}

// The same program within a bound, and all of it: what is left out is what needs more.
func requireBounded(t require.TestingT, model string, body func(sim.Thread), program any) {
	needs := map[uint64]int{}
	all, err := Explore(context.Background(), Config{Model: model, KeepGoing: true, Complete: func(v *View) {
		o := orderOf(v.w.g)
		needs[v.Hash()] = o.linearized(t)
		require.Equal(t, needs[v.Hash()], fewest(v.w.g, true))
	}}, body)
	require.NoError(t, err)
	require.EqualValues(t, len(needs), all.Executions)
	for bound := range 4 {
		want, got := map[uint64]bool{}, map[uint64]bool{}
		for hash, n := range needs {
			if n <= bound {
				want[hash] = true
			}
		}
		r, err := Explore(context.Background(), Config{Model: model, KeepGoing: true, Preemptions: bound + 1, Complete: func(v *View) { got[v.Hash()] = true }}, body)
		require.NoError(t, err)
		require.Equal(t, want, got, "%s, at most %d preemptions:\n%v", model, bound, program)
		require.EqualValues(t, len(want), r.Executions)
	}
}

// A bound on preemptions leaves out those executions that need more, and no
// other.
func TestPreemptionBound(t *testing.T) {
	for _, model := range Models() {
		t.Run(model, rapid.MakeCheck(func(t *rapid.T) {
			m, err := semanticsOf(model)
			require.NoError(t, err)
			if rapid.Bool().Draw(t, "mixed") {
				p := drawMixed(t)
				requireBounded(t, model, p.start, p)
			} else {
				p := drawProgram(t, m.fullSC)
				requireBounded(t, model, p.start, p)
			}
		}))
	}
}

// An execution may be within the bound though those that lead to it need more
// than the threads, less two, beyond it: here a thread waits for a lock in the one, and is preempted in the others.
func TestPreemptionBoundWithLocks(t *testing.T) {
	p := mixed{threads: [][]step{
		{{do: loads, order: rlx}, {do: locked}, {do: loads, order: rlx}, {do: unlocked}},
		{{do: loads, order: rlx}, {do: stores, value: 1, order: rlx}, {do: locked}, {do: unlocked}},
	}, first: true}
	for _, model := range Models() {
		requireBounded(t, model, p.start, p)
	}
}
