package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/weakmem/litmus/explorer/sim"
)

// Config says what to explore and how far.
type Config struct {
	Model         string
	Workers       int    // how many explore at once; 0: one
	MaxExecutions uint64 // stop after so many, complete or not; 0: no bound
	MaxEvents     int    // of one thread; 0: 10,000
	// KeepGoing: a failure does not end the search. It is counted, and Failed is called.
	KeepGoing bool

	Preemptions int  // bound on preemptions, plus one; 0: none
	Symmetric   bool // threads of equal names, started one after another, are interchangeable

	// Older: a thread that the newest values block for good may go on with an older one, where otherwise it has failed.
	Older bool

	stepwise bool // awaits are explored load by load from the start

	// MaxLength, if not nil, bounds the events of a graph, at the time: longer ones are left out.
	MaxLength func() int

	// Intercept, if not nil, is shown operations, by several goroutines if there are several workers.
	Intercept sim.Interceptor

	// Progress, if not nil, is kept at the number of runs so far.
	Progress *atomic.Uint64

	// Sample, if not zero, runs that many random executions instead of all.
	Sample uint64
	Seed   uint64
	// PCT, if not zero, samples schedules with random priorities that change at PCT-1 random points (Burckhardt et
	// al., ASPLOS 2010); loads still read any write that they may.
	PCT int

	// Complete is called at every complete execution, Blocked at every one that ends with a thread that waits for
	// something that did happen, and Failed at every failing one; with several workers from several goroutines. The view is valid during the call.
	Complete func(*View)
	Blocked  func(*View)
	Failed   func(*View, *Failure)
}

// Result is what a search found.
type Result struct {
	Executions uint64 // complete and consistent, each once
	Blocked    uint64 // runs that ended waiting
	Runs       uint64 // of the body, those for replay included
	Failures   uint64
	Spins      int      // loops that yield and were taken to go round for ever
	Beyond     uint64   // graphs left out for their preemptions
	Failure    *Failure // the first
	Stopped    string   // why the search ended before everything was explored; "": it did not
	Exact      bool     // everything was explored
}

// shared is what the workers of a search have in common.
type shared struct {
	cfg    Config
	body   func(sim.Thread)
	mu     sync.Mutex
	cond   *sync.Cond
	tasks  []task
	idle   int
	hungry atomic.Int32
	halt   atomic.Bool
	err    error // why results mean nothing
	runs   atomic.Uint64
	// stepwise: awaits are explored load by load, since there is one whose loads depend on the values
	stepwise bool
	over     bool // the search is to start again, stepwise
	result   Result
	sites    map[uint64]site
}

// A body allocates its variables in every run, and the garbage of a search is collected whenever the heap has doubled,
// which for a small heap is all the time. Memory that is allocated and never touched, and so takes no room, makes the heap look larger.
var ballast = sync.OnceValue(func() []byte { return make([]byte, 64<<20) })

const ballastAfter = 2000 // runs

// task is a part of the search: a graph, and a choice that has alternatives.
type task struct {
	g            *graph
	c            choice
	alternatives []source
}

// site is what looking ahead has found out about a loop that yields.
type site struct {
	spins  bool // it goes round for ever without effect
	left   bool // it does not: it is left alone
	length int  // so many events are too few for a round
}

func (s *shared) site(id uint64) site {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sites[id]
}

func (s *shared) setSite(id uint64, change func(*site)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.sites[id]
	change(&known)
	s.sites[id] = known
}

// options is what a worker needs to know of the configuration.
type options struct {
	random    *rand.Rand // of source
	source    *rand.PCG
	pct       int
	script    *Script
	record    *recording
	maxEvents int32
}

// exploring reports whether the worker goes through all executions.
func (w *worker) exploring() bool { return w.o.random == nil && w.o.script == nil }

// worker explores, with a graph, a stack of choices and threads of its own.
type worker struct {
	o      options
	g      *graph
	levels []level
	spare  []*graph

	choices      []choice
	alternatives []source
	scratch      []int32
	renumber     []int32

	shared *shared
	stats  Result

	intercept sim.Interceptor
	operation sim.Operation // that is intercepted

	// the run in progress
	main       *thread
	threads    []*thread // by number
	pool       []*thread // of which started are in use
	started    int
	routines   []*routine // of which coroutines are in use
	coroutines int
	separate   []bool         // threads, by number, that are to be coroutines
	here       *sim.Goroutine // that the worker is on
	names      []string
	waits      []string // what threads wait for at the end of a failed run
	replayed   int32
	growing    bool
	current    *thread // may extend the graph
	next       *thread // picked already
	cursor     int     // where to look for a thread to run first
	over       bool
	dead       bool // the graph leads nowhere
	again      bool // the run is to be made once more
	killing    bool
	failure    *Failure
	handles    int

	mode     mode
	looker   *thread // that looks ahead
	peek     peek
	bindNext int32 // the event whose variable a condition meets first

	stamp     uint32
	addresses []address
	used      int
	located   []int32
	shadows   []shadow
	shadowed  int

	can        []*thread // scratch: the threads to choose from
	priorities []uint64
	yielded    uint64 // how often threads have yielded in a sampled run
	changes    []int32
	steps      int32
	longest    int32
}

// idle are workers that no search has in use, with their coroutines: what a small search costs is mostly to make these.
var idle struct {
	mu      sync.Mutex
	workers []*worker
}

const maxIdle = 4

func newWorker(s *shared, m *semantics) *worker {
	idle.mu.Lock()
	var w *worker
	if n := len(idle.workers); n > 0 {
		w, idle.workers = idle.workers[n-1], idle.workers[:n-1]
	}
	idle.mu.Unlock()
	if w == nil {
		w = &worker{g: &graph{}, main: &thread{}, addresses: make([]address, 64), shadows: make([]shadow, 16)}
	}
	w.shared = s
	w.intercept = s.cfg.Intercept
	w.o = options{maxEvents: 10_000}
	if s.cfg.MaxEvents > 0 {
		w.o.maxEvents = int32(min(s.cfg.MaxEvents, 1<<30))
	}
	w.stats = Result{}
	w.g.m = m
	w.g.reset()
	w.levels = append(w.levels[:0], level{w.g, 0})
	w.choices, w.alternatives = w.choices[:0], w.alternatives[:0]
	w.names, w.waits = append(w.names[:0], "main"), w.waits[:0]
	w.separate = w.separate[:0]
	w.priorities, w.changes, w.longest = w.priorities[:0], w.changes[:0], 0
	w.again, w.failure = false, nil
	return w
}

// on runs f with the worker on the calling goroutine.
func (w *worker) on(body func(sim.Thread), f func()) {
	w.main.f = func() { body(w.main) }
	w.here = sim.Here()
	enter := []*sim.Goroutine{w.here}
	for _, r := range w.routines {
		enter = append(enter, r.here)
	}
	sim.Enter(enter...)
	done := false
	defer func() {
		enter = enter[:1]
		for _, r := range w.routines {
			enter = append(enter, r.here)
		}
		sim.Leave(enter...)
		if !done {
			w.close() // a coroutine ended this goroutine, as testing.T.FailNow does
			return
		}
		w.main.f, w.shared = nil, nil
		idle.mu.Lock()
		defer idle.mu.Unlock()
		if len(idle.workers) < maxIdle {
			idle.workers = append(idle.workers, w)
			return
		}
		w.close()
	}()
	f()
	done = true
}

func (w *worker) close() {
	for _, r := range w.routines {
		r.stop()
	}
}

// Explore runs body, which is the main thread, through the executions that the
// model allows. It fails if the configuration is wrong.
func Explore(ctx context.Context, cfg Config, body func(sim.Thread)) (Result, error) {
	m, err := semanticsOf(cfg.Model)
	if err != nil {
		return Result{}, err
	}
	if cfg.Workers < 1 || cfg.Sample > 0 {
		cfg.Workers = 1
	}
	s := search(ctx, cfg, m, body, cfg.stepwise)
	if s.over {
		s = search(ctx, cfg, m, body, true)
	}
	if s.err != nil {
		return Result{}, s.err
	}
	r := s.result
	for _, at := range s.sites {
		if at.spins && !at.left {
			r.Spins++
		}
	}
	r.Exact = r.Stopped == "" && r.Failure == nil && cfg.Sample == 0 && r.Beyond == 0
	return r, nil
}

// restart ends the search, to start again stepwise: a condition that was fit for one value is not for another.
func (s *shared) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.halt.Store(true)
	s.cond.Broadcast()
}

func newShared(cfg Config, body func(sim.Thread), stepwise bool) *shared {
	s := &shared{cfg: cfg, body: body, sites: map[uint64]site{}, stepwise: stepwise}
	s.cond = sync.NewCond(&s.mu)
	return s
}

func search(ctx context.Context, cfg Config, m *semantics, body func(sim.Thread), stepwise bool) *shared {
	s := newShared(cfg, body, stepwise)
	stop := context.AfterFunc(ctx, func() { s.stop(stopReason(ctx)) })
	defer stop()
	var wg sync.WaitGroup
	work := func(i int) {
		done := false
		defer func() {
			if !done {
				s.stop("the body ended its goroutine: a method of the outer testing.T was called instead of explorer.T's")
			}
		}()
		w := newWorker(s, m.forWorker())
		w.on(body, func() {
			if cfg.Sample > 0 {
				w.sample()
			} else {
				w.work(i == 0)
			}
			s.add(&w.stats)
			s.addVerdict(w.g.m)
		})
		done = true
	}
	for i := 1; i < cfg.Workers; i++ {
		wg.Go(func() { work(i) })
	}
	defer wg.Wait() // even if the body ends this goroutine
	apart(func() { work(0) })
	return s
}

// apart runs f on the calling goroutine, or, if that is part of another
// exploration, on one of its own.
func apart(f func()) {
	if sim.Current() == nil {
		f()
		return
	}
	var wg sync.WaitGroup
	wg.Go(f)
	wg.Wait()
}

func stopReason(ctx context.Context) string {
	if context.Cause(ctx) == context.DeadlineExceeded {
		return "the time was up"
	}
	return "it was interrupted"
}

func (s *shared) stop(why string) {
	s.mu.Lock()
	if !s.halt.Load() {
		s.result.Stopped = why
		s.halt.Store(true)
	}
	s.mu.Unlock()
	s.cond.Broadcast()
}

func (s *shared) add(r *Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.result.Executions += r.Executions
	s.result.Blocked += r.Blocked
	s.result.Runs += r.Runs
	s.result.Failures += r.Failures
	s.result.Beyond += r.Beyond
}

// take waits for a part of the search; nil if the search is over.
func (s *shared) take() *task {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle++
	for {
		if s.halt.Load() {
			return nil
		}
		if n := len(s.tasks); n > 0 {
			t := s.tasks[n-1]
			s.tasks = s.tasks[:n-1]
			s.idle--
			s.hungry.Store(int32(s.idle - len(s.tasks)))
			return &t
		}
		if s.idle == s.cfg.Workers {
			s.halt.Store(true)
			s.cond.Broadcast()
			return nil
		}
		s.hungry.Store(int32(s.idle - len(s.tasks)))
		s.cond.Wait()
	}
}

// work explores parts of the search until there are none left; the first starts
// with nothing.
func (w *worker) work(first bool) {
	if first {
		w.finishRun()
	}
	for {
		if !first {
			t := w.shared.take()
			if t == nil {
				return
			}
			w.adopt(t)
		}
		first = false
		for !w.shared.halt.Load() && w.advance() {
			if w.beyond(true) {
				w.stats.Beyond++
				continue
			}
			w.finishRun()
			if w.shared.hungry.Load() > 0 {
				w.donate()
			}
		}
	}
}

// finishRun runs the graph to its end, and says what came of it.
func (w *worker) finishRun() {
	w.run()
	for w.again {
		w.again = false
		w.run()
	}
	w.conclude()
	s := w.shared
	n := s.runs.Add(1)
	if s.cfg.Progress != nil {
		s.cfg.Progress.Store(n)
	}
	if n == ballastAfter {
		ballast()
	}
	if s.cfg.MaxExecutions > 0 && n >= s.cfg.MaxExecutions {
		s.stop(fmt.Sprintf("%d executions were run, the bound", n))
	}
}

// conclude counts a run that is over.
func (w *worker) conclude() {
	w.stats.Runs++
	if w.failure == nil && !w.dead {
		w.judge()
	}
	cfg := &w.shared.cfg
	if !w.dead && w.beyond(false) {
		w.stats.Beyond++
		return
	}
	switch {
	case w.failure != nil:
		w.stats.Failures++
		w.shared.failed(w)
	case w.dead:
		w.stats.Blocked++
	case w.complete():
		w.stats.Executions++
		if cfg.Complete != nil {
			cfg.Complete(&View{w})
		}
	default:
		w.stats.Blocked++
		if cfg.Blocked != nil {
			cfg.Blocked(&View{w})
		}
	}
}

// judge looks for what is wrong with a run that is over as a whole.
func (w *worker) judge() {
	if w.complete() {
		if w.handles > 0 {
			w.fail(&Failure{Kind: MemoryLeak, Thread: none, Message: fmt.Sprintf("%d allocations were never freed", w.handles)})
		}
	} else if !w.stale() {
		w.fail(w.deadlock())
	}
}

func (s *shared) failed(w *worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.failure.Script = w.script(w.failure)
	if s.result.Failure == nil {
		s.result.Failure = w.failure
	}
	if s.cfg.Failed != nil {
		s.cfg.Failed(&View{w}, w.failure)
	}
	if (!s.cfg.KeepGoing || w.failure.Kind == Nondeterminism) && !s.halt.Load() {
		s.result.Stopped = "it failed"
		s.halt.Store(true)
		s.cond.Broadcast()
	}
}

// complete reports whether all threads have ended.
func (w *worker) complete() bool {
	n := 0
	for i := range w.g.lanes {
		if w.g.lanes[i].alive {
			n++
		}
	}
	return w.g.ended == n
}

// stale reports whether a thread waits though a load of what it waits for would
// find something newer: given time it goes on, which is another execution.
func (w *worker) stale() bool {
	for i := range w.g.lanes {
		l := &w.g.lanes[i]
		if !l.alive || len(l.events) == 0 {
			continue
		}
		last := l.events[len(l.events)-1]
		e := &w.g.ev[last]
		n := int32(0)
		switch {
		case e.kind == block:
			n = e.alternatives
		case w.g.waiting(last):
			n = -1
			if w.g.locs[e.loc].last != e.rf {
				return true
			}
		}
		for k := range n {
			if r := &w.g.ev[l.events[e.index-1-k]]; r.kind == load && w.g.locs[r.loc].last != r.rf {
				return true
			}
		}
	}
	return false
}

// adopt makes a part of the search the worker's own.
func (w *worker) adopt(t *task) {
	t.g.m = w.g.m
	w.g = t.g
	w.levels = append(w.levels[:0], level{t.g, 0})
	w.alternatives = append(w.alternatives[:0], t.alternatives...)
	c := t.c
	if c.kind != revisits && c.kind != choosing {
		c.base, c.next, c.end = 0, 0, int32(len(t.alternatives))
	}
	w.choices = append(w.choices[:0], c)
}

// donate gives the oldest choice that has alternatives, which is likely the one
// with most below it, to a worker that has nothing to do.
func (w *worker) donate() {
	k := 0
	for i := range w.choices {
		for k+1 < len(w.levels) && w.levels[k+1].base <= i {
			k++
		}
		c := &w.choices[i]
		t := task{c: *c}
		switch c.kind {
		case revisits:
			if c.next == none {
				continue
			}
			c.next = none
		case choosing:
			if c.next == c.end {
				continue
			}
			c.next = c.end
		default:
			if c.next == c.end {
				continue
			}
			t.alternatives = append(t.alternatives, w.alternatives[c.next:c.end]...)
			c.next = c.end
		}
		t.g = w.levels[k].g.clone()
		t.g.cut(c.id + 1)
		s := w.shared
		s.mu.Lock()
		s.tasks = append(s.tasks, t)
		s.hungry.Store(int32(s.idle - len(s.tasks)))
		s.mu.Unlock()
		s.cond.Signal()
		return
	}
}

// sample runs random executions.
func (w *worker) sample() {
	cfg := &w.shared.cfg
	w.o.source = rand.NewPCG(cfg.Seed, 0x9E3779B97F4A7C15)
	w.o.random = rand.New(w.o.source)
	w.o.pct = cfg.PCT
	for range cfg.Sample {
		if w.shared.halt.Load() {
			return
		}
		w.g.reset()
		w.startSample()
		w.finishRun()
	}
}
