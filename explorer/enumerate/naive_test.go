package enumerate

import (
	"slices"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// This file enumerates candidate executions with no cleverness at all: every
// combination of local runs, every reads-from with matching values, every
// permutation of each location's writes. The engine's search is held against it.

// rel is a relation over at most 64 events: bit b of row a stands for the pair (a, b).
type rel []uint64

func (r rel) has(a, b int) bool { return r[a]>>b&1 != 0 }
func (r rel) add(a, b int)      { r[a] |= 1 << b }

// each calls f with every pair.
func (r rel) each(f func(a, b int)) {
	for a := range r {
		for b := range r {
			if r.has(a, b) {
				f(a, b)
			}
		}
	}
}

func union(rs ...rel) rel {
	u := make(rel, len(rs[0]))
	for _, r := range rs {
		for a := range r {
			u[a] |= r[a]
		}
	}
	return u
}

// seq is the composition of relations.
func seq(rs ...rel) rel {
	out := rs[0]
	for _, r := range rs[1:] {
		next := make(rel, len(r))
		for a := range out {
			for b := range r {
				if out.has(a, b) {
					next[a] |= r[b]
				}
			}
		}
		out = next
	}
	return out
}

func (r rel) where(f func(a, b int) bool) rel {
	out := make(rel, len(r))
	r.each(func(a, b int) {
		if f(a, b) {
			out.add(a, b)
		}
	})
	return out
}

func (r rel) inverse() rel {
	out := make(rel, len(r))
	r.each(func(a, b int) { out.add(b, a) })
	return out
}

// plus is the transitive closure.
func (r rel) plus() rel {
	out := union(r)
	for range r {
		out = union(out, seq(out, r))
	}
	return out
}

func (r rel) irreflexive() bool {
	for a := range r {
		if r.has(a, a) {
			return false
		}
	}
	return true
}

func (r rel) acyclic() bool { return r.plus().irreflexive() }

func (r rel) intersects(s rel) bool {
	for a := range r {
		if r[a]&s[a] != 0 {
			return true
		}
	}
	return false
}

// node is an event of a graph.
type node struct {
	thread, index int // thread -1: initial
	kind          model.Kind
	cell          int
	tags          map[string]bool
	value         ir.Value // read, or written by a write that does not read
	written       ir.Value
}

func (n *node) reads() bool  { return n.kind&model.Read != 0 }
func (n *node) writes() bool { return n.kind&model.Write != 0 }
func (n *node) fence() bool  { return n.kind&model.FenceEvent != 0 }

// graph is a complete candidate execution. An update of C, one event of the
// engine, is two nodes here, paired by rmw and in program order, as the papers have it.
type graph struct {
	arch  string
	nodes []node
	runs  []*localRun
	final map[int]ir.Value // by cell

	po, rf, co, fr, rmw, amo                rel
	addr, data, ctrl                        rel
	pickBasic, pickAddr, pickData, pickCtrl rel
}

// only is the identity over the nodes that satisfy f.
func (g *graph) only(f func(n *node) bool) rel {
	out := g.none()
	for i := range g.nodes {
		if f(&g.nodes[i]) {
			out.add(i, i)
		}
	}
	return out
}

// none is the empty relation.
func (g *graph) none() rel { return make(rel, len(g.nodes)) }

func (g *graph) tagged(tags ...string) rel {
	return g.only(func(n *node) bool {
		return slices.ContainsFunc(tags, func(t string) bool { return n.tags[t] })
	})
}

func (g *graph) all() rel { return g.only(func(*node) bool { return true }) }

func (g *graph) internal(r rel) rel {
	return r.where(func(a, b int) bool { return g.nodes[a].thread == g.nodes[b].thread })
}

func (g *graph) external(r rel) rel {
	return r.where(func(a, b int) bool { return g.nodes[a].thread != g.nodes[b].thread })
}

func (g *graph) sameCell(r rel) rel {
	return r.where(func(a, b int) bool {
		return g.nodes[a].cell >= 0 && g.nodes[a].cell == g.nodes[b].cell
	})
}

// localRun is a run with the events of its shape.
type localRun struct {
	*run
	events []event
}

// fewCandidates reports whether a test has at most so many candidates: naive takes a while to judge each.
func fewCandidates(p *prepared, most int) bool {
	total := 0
	eachRuns(p, func(runs []*localRun) bool {
		n := 1
		writes := map[int32][]ir.Value{}
		for i := range p.cells.list {
			writes[int32(i)] = []ir.Value{p.cells.list[i].Init}
		}
		for _, r := range runs {
			for i := range r.events {
				if e := &r.events[i]; e.kind&model.Write != 0 {
					n *= len(writes[e.cell])
					writes[e.cell] = append(writes[e.cell], r.written[i])
				}
			}
		}
		for _, r := range runs {
			for i := range r.events {
				if e := &r.events[i]; e.kind&model.Read != 0 {
					sources := 0
					for _, v := range writes[e.cell] {
						if v == r.read[i] {
							sources++
						}
					}
					n *= sources
				}
			}
		}
		total += n
		return total <= most
	})
	return total <= most
}

// naive calls f with every candidate execution of t.
func naive(t *litmus.Test, p *prepared, f func(*graph)) {
	eachRuns(p, func(runs []*localRun) bool {
		candidates(t.Program, p.cells, runs, f)
		return true
	})
}

// eachRuns calls f with every combination of local runs, until f says no.
func eachRuns(p *prepared, f func([]*localRun) bool) {
	runs := make([]*localRun, len(p.shapes))
	var choose func(thread int) bool
	choose = func(thread int) bool {
		if thread == len(runs) {
			return f(runs)
		}
		for _, s := range p.shapes[thread] {
			for _, r := range s.runs {
				if runs[thread] = (&localRun{r, s.events}); !choose(thread + 1) {
					return false
				}
			}
		}
		return true
	}
	choose(0)
}

// candidates calls f with every candidate in which the threads run so.
func candidates(prog *ir.Program, cells *cells, runs []*localRun, f func(*graph)) {
	g := &graph{arch: prog.Arch, runs: runs}
	for i := range cells.list {
		g.nodes = append(g.nodes, node{thread: -1, kind: model.Write, cell: i, written: cells.list[i].Init})
	}
	first, last := make([][]int, len(runs)), make([][]int, len(runs)) // by thread and event of its run: its nodes
	for t, r := range runs {
		for i, e := range r.events {
			n := node{thread: t, index: int(e.index), kind: e.kind, cell: int(e.cell), tags: map[string]bool{}, value: r.read[i], written: r.written[i]}
			for bit, name := range prog.Tags {
				n.tags[name] = e.tags>>bit&1 != 0
			}
			first[t] = append(first[t], len(g.nodes))
			if e.kind == model.Read|model.Write && g.arch == "C" {
				read := n
				read.kind, n.kind = model.Read, model.Write
				g.nodes = append(g.nodes, read)
			}
			last[t] = append(last[t], len(g.nodes))
			g.nodes = append(g.nodes, n)
		}
	}
	for _, r := range []*rel{&g.po, &g.rmw, &g.amo, &g.addr, &g.data, &g.ctrl, &g.pickBasic, &g.pickAddr, &g.pickData, &g.pickCtrl} {
		*r = g.none()
	}
	for t, r := range runs {
		for i, e := range r.events {
			if first[t][i] != last[t][i] {
				g.po.add(first[t][i], last[t][i])
				g.rmw.add(first[t][i], last[t][i])
			}
			for j := range r.events[:i] {
				if r.events[j].index < e.index {
					for _, a := range []int{first[t][j], last[t][j]} {
						for _, b := range []int{first[t][i], last[t][i]} {
							g.po.add(a, b)
						}
					}
				}
			}
			for _, d := range []struct {
				bits uint64
				to   rel
			}{
				{e.addr, g.addr}, {e.data, g.data}, {e.ctrl, g.ctrl},
				{e.pickBasic, g.pickBasic}, {e.pickAddr, g.pickAddr}, {e.pickData, g.pickData}, {e.pickCtrl, g.pickCtrl},
			} {
				for j := range r.events {
					if d.bits>>j&1 != 0 {
						d.to.add(first[t][j], last[t][i])
					}
				}
			}
			if e.rmw >= 0 {
				g.rmw.add(first[t][e.rmw], last[t][i])
				if e.amo {
					g.amo.add(first[t][e.rmw], last[t][i])
				}
			}
		}
	}
	g.eachReadsFrom(0, g.none(), func() {
		g.eachCoherence(0, g.none(), map[int]ir.Value{}, len(cells.list), func() {
			g.fr = seq(g.rf.inverse(), g.co).where(func(a, b int) bool { return a != b })
			f(g)
		})
	})
}

func (g *graph) eachReadsFrom(i int, rf rel, f func()) {
	for i < len(g.nodes) && !g.nodes[i].reads() {
		i++
	}
	if i == len(g.nodes) {
		g.rf = rf
		f()
		return
	}
	r := &g.nodes[i]
	for w := range g.nodes {
		n := &g.nodes[w]
		// No read takes its value from a write that its own instruction makes of it.
		if n.writes() && n.cell == r.cell && n.written == r.value && (n.thread != r.thread || n.index != r.index) {
			more := union(rf)
			more.add(w, i)
			g.eachReadsFrom(i+1, more, f)
		}
	}
}

func (g *graph) eachCoherence(cell int, co rel, final map[int]ir.Value, cells int, f func()) {
	if cell == cells {
		g.co, g.final = co, final
		f()
		return
	}
	var writes []int
	for i := range g.nodes {
		if n := &g.nodes[i]; n.writes() && n.cell == cell && n.thread >= 0 {
			writes = append(writes, i)
		}
	}
	initial := slices.IndexFunc(g.nodes, func(n node) bool { return n.thread < 0 && n.cell == cell })
	permutations(writes, func(order []int) {
		order = append([]int{initial}, order...)
		c := union(co)
		for i := range order {
			for _, later := range order[i+1:] {
				c.add(order[i], later)
			}
		}
		fin := map[int]ir.Value{cell: g.nodes[order[len(order)-1]].written}
		for k, v := range final {
			fin[k] = v
		}
		g.eachCoherence(cell+1, c, fin, cells, f)
	})
}

func permutations(s []int, f func([]int)) {
	if len(s) == 0 {
		f(nil)
		return
	}
	for i := range s {
		rest := append(slices.Clone(s[:i]), s[i+1:]...)
		permutations(rest, func(p []int) { f(append([]int{s[i]}, p...)) })
	}
}

// state is what the test shows of a candidate, printed.
func (g *graph) state(t *litmus.Test, regSlot [][]int) string {
	values := make([]ir.Value, t.Slots())
	for thread, slots := range regSlot {
		for i, slot := range slots {
			values[slot] = g.runs[thread].final[i]
		}
	}
	for i := range t.Observed {
		for k, cell := range t.Observed[i].Cells {
			values[t.Observed[i].Slot+k] = g.final[cell]
		}
	}
	return t.FormatState(values)
}

// naiveStates counts, by final state, the candidates that each predicate holds of.
func naiveStates(t *litmus.Test, p *prepared, predicates map[string]func(*graph) bool) map[string]map[string]int {
	counts := map[string]map[string]int{}
	for name := range predicates {
		counts[name] = map[string]int{}
	}
	naive(t, p, func(g *graph) {
		for name, holds := range predicates {
			if holds(g) {
				counts[name][g.state(t, p.regSlot)]++
			}
		}
	})
	return counts
}
