package search

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/model"
)

// step is an operation of a drawn program.
type step struct {
	do     deed
	loc    int
	order  sim.Ordering
	failed sim.Ordering // of a swap that finds something else
	value  int
}

type deed int

const (
	loads deed = iota
	stores
	adds
	swaps
	fences
	starts // the thread of that number
	joins
	counts
	waits // for the counter
)

var deeds = [...]string{"load", "store", "add", "swap", "fence", "start", "join", "count", "wait"}

func (s step) String() string {
	return fmt.Sprintf("%s %d %v %d", deeds[s.do], s.loc, s.order, s.value)
}

// drawn is a program: the main thread, and others that threads before them start.
type drawn [][]step

func (d drawn) String() string {
	var b strings.Builder
	for i, steps := range d {
		fmt.Fprintf(&b, "%d: %v\n", i, steps)
	}
	return b.String()
}

// start runs the program on a main thread.
func (d drawn) start(main sim.Thread) {
	var vars [3]atom
	counter := sim.Var{Addr: unsafe.Pointer(new(atom)), Kind: atomKind}
	started := make([]int, len(d))
	var run func(i int)
	run = func(i int) {
		th := sim.Current()
		for _, s := range d[i] {
			v := &vars[s.loc%len(vars)]
			switch s.do {
			case loads:
				v.load(s.order)
			case stores:
				v.store(s.value, s.order)
			case adds:
				v.add(s.value, s.order)
			case swaps:
				v.cas(0, s.value, s.order, s.failed)
			case fences:
				th.Fence(s.order)
			case starts:
				started[s.loc] = th.Go("", func() { run(s.loc) })
			case joins:
				th.Join(started[s.loc])
			case counts:
				th.Count(counter, int64(s.value))
			case waits:
				th.AwaitZero(counter)
			}
		}
	}
	run(0)
}

// drawProgram draws a program. Where all orders are the same to a model, only
// SeqCst is drawn: the others would be recorded as that.
func drawProgram(t *rapid.T, fullSC bool) drawn {
	n := rapid.IntRange(2, 3).Draw(t, "threads")
	d := make(drawn, n+1)
	left := 8
	strong := rapid.Bool().Draw(t, "strong")
	counted := rapid.IntRange(0, 3).Draw(t, "counted") == 0
	some := func(thread int, lengths ...int) {
		for range min(rapid.SampledFrom(lengths).Draw(t, "length"), left) {
			d[thread] = append(d[thread], drawStep(t, strong, fullSC))
			left--
			if strong && rapid.Bool().Draw(t, "fenced") {
				d[thread] = append(d[thread], step{do: fences, order: sc})
			}
		}
	}
	if counted {
		d[0] = append(d[0], step{do: counts, value: n})
	}
	var owed []int // main's threads, to be joined
	some(0, 0, 0, 0, 1)
	for i := 1; i <= n; i++ {
		by := 0
		if i > 1 && rapid.IntRange(0, 3).Draw(t, "nested") == 0 {
			by = i - 1
		} else {
			owed = append(owed, i)
		}
		d[by] = append(d[by], step{do: starts, loc: i})
		some(by, 0, 0, 1)
		some(i, 2, 3, 3, 4)
	}
	for i := 1; i <= n; i++ {
		if counted {
			d[i] = append(d[i], step{do: counts, value: -1})
			some(i, 0, 1)
		}
	}
	if counted && rapid.Bool().Draw(t, "waits") {
		d[0] = append(d[0], step{do: waits})
		some(0, 0, 1)
	}
	for _, i := range owed {
		if rapid.Bool().Draw(t, "joined") {
			d[0] = append(d[0], step{do: joins, loc: i})
			some(0, 0, 1)
		}
	}
	return d
}

func drawStep(t *rapid.T, strong, fullSC bool) step {
	s := step{
		do:    rapid.SampledFrom([]deed{loads, loads, stores, stores, adds, swaps, fences}).Draw(t, "deed"),
		loc:   rapid.SampledFrom([]int{0, 1}).Draw(t, "location"),
		value: rapid.IntRange(0, 2).Draw(t, "value"),
	}
	s.failed = rlx
	orders := map[deed][]sim.Ordering{
		loads: {sim.Plain, rlx, acq, sc}, stores: {sim.Plain, rlx, rel, sc},
	}[s.do]
	if orders == nil {
		orders = []sim.Ordering{rlx, acq, rel, sim.AcqRel, sc}
		if s.do == fences {
			orders = orders[1:]
		}
	}
	if fullSC {
		s.failed = sc
		orders = slices.DeleteFunc(slices.Clone(orders), func(o sim.Ordering) bool { return o != sc && o != sim.Plain })
	}
	if strong && (s.do == fences || rapid.Bool().Draw(t, "sequential")) {
		orders = orders[len(orders)-1:]
	}
	s.order = rapid.SampledFrom(orders).Draw(t, "order")
	return s
}

func catFile(name string) string {
	return filepath.Join("..", "..", "..", "model", "models", name+".cat")
}

// executions are the hashes of a program's complete executions.
func executions(t require.TestingT, model string, workers int, body func(sim.Thread)) map[uint64]int {
	var mu sync.Mutex
	seen := map[uint64]int{}
	r, err := Explore(context.Background(), Config{Model: model, KeepGoing: true, Workers: workers, Complete: func(v *View) {
		mu.Lock()
		defer mu.Unlock()
		seen[v.Hash()]++
	}}, body)
	require.NoError(t, err)
	require.True(t, r.Exact || r.Failure != nil, r.Stopped)
	require.EqualValues(t, len(seen), r.Executions, "an execution was explored twice")
	return seen
}

// A model's own checks and the file that says the same lead to the same
// executions, each once.
func TestCatFindsTheSameExecutions(t *testing.T) {
	for _, name := range Models() {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			m, err := semanticsOf(name)
			require.NoError(t, err)
			p := drawProgram(t, m.fullSC)
			own := executions(t, name, 1, p.start)
			cat := executions(t, catFile(name), rapid.IntRange(1, 2).Draw(t, "workers"), p.start)
			require.Equal(t, own, cat, "%v", p)
		}))
	}
}

// audit lets a model's own checks decide, and holds each of their decisions
// against the model's file.
type audit struct {
	own, cat *semantics
	asked    int
	forbade  int
	differ   []string
}

func (a *audit) allows(g *graph, _ int32) bool {
	auditing := g.m
	g.m = a.own
	want := g.consistentThroughout()
	g.m = auditing
	got := a.cat.judge.allows(g, none)
	a.asked++
	if !want {
		a.forbade++
	}
	// An update is not one yet, in an execution, when it has no store.
	if got != want && !(got && g.hasHalfUpdate()) {
		a.differ = append(a.differ, fmt.Sprintf("%s: %t, its file: %t\n%s", a.own.name, want, got, describeExecution(&a.cat.judge.(*catJudge).x)))
	}
	return want
}

// consistentThroughout asks a model's own check about each event.
func (g *graph) consistentThroughout() bool {
	fenced := slices.ContainsFunc(g.ev, func(e event) bool { return e.kind == fence && e.order == sc })
	for id := range g.ev {
		switch g.ev[id].kind {
		case load, store, fence:
			if !g.consistent(int32(id)) {
				return false
			}
			if g.m.order == noOrder || g.m.order == partialSeqCsts && fenced {
				return true // the check looks at all events, whichever it is asked about
			}
		}
	}
	return true
}

func (a *audit) flags(*graph) []model.Flag { return nil }
func (a *audit) err() error                { return a.cat.judge.err() }

func (g *graph) hasHalfUpdate() bool {
	for id := range g.ev {
		if g.ev[id].exclusive && g.ev[id].kind == load && g.after(int32(id)) == none {
			return true
		}
	}
	return false
}

func describeExecution(x *model.Execution) string {
	var b strings.Builder
	for i, e := range x.Events {
		fmt.Fprintf(&b, "%d: thread %d kind %d cell %d tags", i, e.Thread, e.Kind, e.Loc)
		for k, name := range x.Vocabulary.Tags {
			if e.Tags>>k&1 != 0 {
				b.WriteString(" " + name)
			}
		}
		for _, r := range []struct {
			name string
			r    *model.Relation
		}{{"co", x.Co}, {"rf", x.Rf}} {
			for j := r.r.Next(i, 0); j >= 0; j = r.r.Next(i, j+1) {
				fmt.Fprintf(&b, ", %s %d", r.name, j)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// A model's own checks and the file that says the same agree on every graph
// that the search asks about, complete or not.
func TestCatAgreesOnEveryGraph(t *testing.T) {
	asked, forbade := 0, 0
	for i := range known {
		t.Run(known[i].name, func(t *testing.T) {
			cat, err := loadCat(catFile(known[i].name))
			require.NoError(t, err)
			rapid.Check(t, func(t *rapid.T) {
				for range 3 {
					a := &audit{own: &known[i], cat: cat.forWorker()}
					m := known[i]
					m.order = judgedOrder
					m.newJudge = func() judge { return a }
					p := drawProgram(t, m.fullSC)
					search(context.Background(), Config{KeepGoing: true, Workers: 1}, &m, p.start, false)
					require.NoError(t, a.err())
					require.Empty(t, a.differ, "%v", p)
					asked += a.asked
					forbade += a.forbade
				}
			})
		})
	}
	require.NotZero(t, forbade)
	t.Logf("%d graphs, %d of them forbidden", asked, forbade)
}

// writeModel makes a model file.
func writeModel(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "drawn.cat")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

func TestCatModelsThatAreRefused(t *testing.T) {
	for _, c := range []struct{ model, why string }{
		{"c11", "load buffering"},
		{catFile("c11"), "load buffering"},
		{"aarch64", "aarch64.cat"},
		{"riscv", "riscv.cat"},
		{writeModel(t, `acyclic po-loc | rf`), "load buffering"},
		{writeModel(t, `acyclic [A]; (po | rf); [A]`), "each load, plain,"},
		{writeModel(t, `acyclic po | rf |`), "drawn.cat:1"},
		{writeModel(t, `acyclic po | reads`), "reads is not defined"},
		{"nosuch.cat", "no such file"},
		{"nosuch", "have go, pso, ra, rc11, sc, tso"},
	} {
		err := Check(c.model)
		require.ErrorContains(t, err, c.why, c.model)
	}
}

func corr(main sim.Thread) {
	x := new(atom)
	par(main, func() { x.store(1, rlx); x.store(2, rlx) }, func() { x.load(rlx); x.load(rlx) })
}

// No model is taken to be coherent: here any of two orders of the stores goes
// with any of three writes for each load.
func TestCatWithoutCoherence(t *testing.T) {
	require.Len(t, executions(t, writeModel(t, `acyclic po | rf`), 1, corr), 2*3*3)
}

// Where a model does not let the search go on with the newest write, as it must
// to find everything, the result says so.
func TestCatThatForbidsTheNewest(t *testing.T) {
	r, err := Explore(context.Background(), Config{Model: writeModel(t, "include \"cos.cat\"\nacyclic po | rf | co | fr\nempty rf \\ (IW * _)")}, corr)
	require.NoError(t, err)
	require.False(t, r.Exact)
	require.Contains(t, r.Stopped, "newest")
}

// The flags of a complete execution are its model's.
func TestCatFlags(t *testing.T) {
	for _, c := range []struct {
		st, ld sim.Ordering
		want   int
	}{{rel, acq, 0}, {rlx, rlx, 1}} {
		races := 0
		_, err := Explore(context.Background(), Config{Model: catFile("rc11"), Complete: func(v *View) {
			for _, f := range v.Flags() {
				require.Equal(t, model.Flag{Name: "race", Undefined: true}, f)
				races++
			}
		}}, func(m sim.Thread) {
			x, y := new(atom), new(atom)
			x.store(1, sim.Plain)
			par(m, func() { x.store(2, sim.Plain); y.store(1, c.st) }, func() {
				if y.load(c.ld) == 1 {
					x.load(sim.Plain)
				}
			})
			x.load(sim.Plain)
		})
		require.NoError(t, err)
		if c.want == 0 {
			require.Zero(t, races)
		} else {
			require.NotZero(t, races)
		}
	}
}

// Plain memory is held to the happens-before of rc11.
func TestCatRacesOnCells(t *testing.T) {
	body := func(st, ld sim.Ordering) func(sim.Thread) {
		return func(m sim.Thread) {
			x, y := new(cell), new(atom)
			x.set(1)
			par(m, func() { x.set(2); y.store(1, st) }, func() {
				if y.load(ld) == 1 {
					x.get()
				}
			})
			x.get()
		}
	}
	r, err := Explore(context.Background(), Config{Model: catFile("rc11")}, body(rel, acq))
	require.NoError(t, err)
	require.Nil(t, r.Failure)
	require.True(t, r.Exact)
	r, err = Explore(context.Background(), Config{Model: catFile("rc11")}, body(rlx, acq))
	require.NoError(t, err)
	require.Equal(t, Race, r.Failure.Kind)
}

func TestCatSampling(t *testing.T) {
	seen := map[uint64]bool{}
	_, err := Explore(context.Background(), Config{Model: catFile("sc"), Sample: 300, Seed: 1, Complete: func(v *View) {
		seen[v.Hash()] = true
	}}, corr)
	require.NoError(t, err)
	require.Len(t, seen, 6)
}

func BenchmarkCat(b *testing.B) {
	for _, name := range []string{"rc11", catFile("rc11")} {
		b.Run(filepath.Base(name), func(b *testing.B) {
			b.ReportAllocs()
			n := uint64(0)
			for b.Loop() {
				r, err := Explore(context.Background(), Config{Model: name}, func(m sim.Thread) {
					x, y := new(atom), new(atom)
					par(m, func() { x.store(1, rlx); y.load(rlx); x.add(1, rlx) }, func() { y.store(1, rlx); x.load(rlx); y.add(1, rlx) },
						func() { x.add(1, sc); y.add(1, sc) })
				})
				require.NoError(b, err)
				n += r.Executions
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "executions/s")
		})
	}
}

// A failing execution is replayed under its model's file.
func TestCatReplay(t *testing.T) {
	body := func(m sim.Thread) {
		x, old := new(atom), 1
		par(m, func() { x.store(5, rlx) }, func() { old = x.add(1, rlx) })
		if old == 0 && x.load(rlx) == 5 {
			panic("overwritten")
		}
	}
	var script Script
	r, err := Explore(context.Background(), Config{Model: catFile("rc11"), Failed: func(v *View, f *Failure) {
		script = v.w.script(f)
	}}, body)
	require.NoError(t, err)
	require.Equal(t, Panic, r.Failure.Kind)
	_, f, err := Replay(Config{Model: catFile("rc11")}, script, body)
	require.NoError(t, err)
	require.Equal(t, r.Failure.Message, f.Message)
}
