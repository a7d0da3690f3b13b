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

// rel is a relation over events, as a set of pairs.
type rel map[[2]int]bool

func union(rs ...rel) rel {
	u := rel{}
	for _, r := range rs {
		for p := range r {
			u[p] = true
		}
	}
	return u
}

// seq is the composition of relations.
func seq(rs ...rel) rel {
	out := rs[0]
	for _, r := range rs[1:] {
		next := rel{}
		for p := range out {
			for q := range r {
				if p[1] == q[0] {
					next[[2]int{p[0], q[1]}] = true
				}
			}
		}
		out = next
	}
	return out
}

func (r rel) where(f func(a, b int) bool) rel {
	out := rel{}
	for p := range r {
		if f(p[0], p[1]) {
			out[p] = true
		}
	}
	return out
}

func (r rel) inverse() rel {
	out := rel{}
	for p := range r {
		out[[2]int{p[1], p[0]}] = true
	}
	return out
}

// plus is the transitive closure.
func (r rel) plus() rel {
	out := union(r)
	for {
		n := len(out)
		out = union(out, seq(out, r))
		if len(out) == n {
			return out
		}
	}
}

func (r rel) irreflexive() bool {
	for p := range r {
		if p[0] == p[1] {
			return false
		}
	}
	return true
}

func (r rel) acyclic() bool { return r.plus().irreflexive() }

func (r rel) intersects(s rel) bool {
	for p := range r {
		if s[p] {
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

// graph is a complete candidate execution. An update, one event of the engine,
// is two nodes here, paired by rmw and in program order, as the papers have it.
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
	out := rel{}
	for i := range g.nodes {
		if f(&g.nodes[i]) {
			out[[2]int{i, i}] = true
		}
	}
	return out
}

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

// naive calls f with every candidate execution of t.
func naive(t *litmus.Test, p *prepared, f func(*graph)) {
	runs := make([]*localRun, len(p.shapes))
	var choose func(thread int)
	choose = func(thread int) {
		if thread == len(runs) {
			candidates(t.Program, p.cells, runs, f)
			return
		}
		for _, s := range p.shapes[thread] {
			for _, r := range s.runs {
				runs[thread] = &localRun{r, s.events}
				choose(thread + 1)
			}
		}
	}
	choose(0)
}

// candidates calls f with every candidate in which the threads run so.
func candidates(prog *ir.Program, cells *cells, runs []*localRun, f func(*graph)) {
	g := &graph{arch: prog.Arch, runs: runs, po: rel{}, rmw: rel{}, amo: rel{}, addr: rel{}, data: rel{}, ctrl: rel{},
		pickBasic: rel{}, pickAddr: rel{}, pickData: rel{}, pickCtrl: rel{}}
	for i := range cells.list {
		g.nodes = append(g.nodes, node{thread: -1, kind: model.Write, cell: i, written: cells.list[i].Init})
	}
	for t, r := range runs {
		var first, last []int // by event of the run: its nodes
		for i, e := range r.events {
			n := node{thread: t, index: int(e.index), kind: e.kind, cell: int(e.cell), tags: map[string]bool{}, value: r.read[i], written: r.written[i]}
			for bit, name := range prog.Tags {
				n.tags[name] = e.tags>>bit&1 != 0
			}
			first = append(first, len(g.nodes))
			if e.kind == model.Read|model.Write {
				read, write := n, n
				read.kind, write.kind = model.Read, model.Write
				g.rmw[[2]int{len(g.nodes), len(g.nodes) + 1}] = true
				g.po[[2]int{len(g.nodes), len(g.nodes) + 1}] = true
				g.nodes = append(g.nodes, read)
				n = write
			}
			last = append(last, len(g.nodes))
			g.nodes = append(g.nodes, n)
		}
		for i, e := range r.events {
			for j := range r.events[:i] {
				if r.events[j].index < e.index {
					for _, a := range []int{first[j], last[j]} {
						for _, b := range []int{first[i], last[i]} {
							g.po[[2]int{a, b}] = true
						}
					}
				}
			}
			for j := range r.events {
				for _, d := range []struct {
					bits uint64
					to   rel
				}{
					{e.addr, g.addr}, {e.data, g.data}, {e.ctrl, g.ctrl},
					{e.pickBasic, g.pickBasic}, {e.pickAddr, g.pickAddr}, {e.pickData, g.pickData}, {e.pickCtrl, g.pickCtrl},
				} {
					if d.bits>>j&1 != 0 {
						d.to[[2]int{first[j], last[i]}] = true
					}
				}
			}
			if e.rmw >= 0 {
				g.rmw[[2]int{first[e.rmw], last[i]}] = true
				if e.amo {
					g.amo[[2]int{first[e.rmw], last[i]}] = true
				}
			}
		}
	}
	g.eachReadsFrom(0, rel{}, func() {
		g.eachCoherence(0, rel{}, map[int]ir.Value{}, len(cells.list), func() {
			g.fr = seq(g.rf.inverse(), g.co)
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
			g.eachReadsFrom(i+1, union(rf, rel{{w, i}: true}), f)
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
				c[[2]int{order[i], later}] = true
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
