package search

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/explorer/trace"
)

// recording is what a run notes down beyond the graph: where in the source each
// step was taken, and the accesses to plain memory.
type recording struct {
	steps []recorded
	doing map[int32]string // by thread: what it says that it does
}

type recorded struct {
	thread, pos int32
	event       int32 // none: an access to plain memory
	access      sim.Access
	v           sim.Var
	pcs         []uintptr
	doing       string
	number      int // in the execution
}

// Doing says what the thread does from here on.
func (t *thread) Doing(what string) {
	if r := t.w.o.record; r != nil {
		r.doing[t.id] = what
	}
}

func (w *worker) recordEvent(t *thread) {
	if r := w.o.record; r != nil {
		id := w.g.lanes[t.id].events[t.pos-1]
		if n := len(r.steps); n > 0 && r.steps[n-1].event == id-1 && w.g.ev[id].exclusive && w.g.ev[id].kind == store {
			return // the store of the update that was recorded with its load
		}
		r.steps = append(r.steps, recorded{thread: t.id, pos: t.pos - 1, event: id, pcs: callers(), doing: r.doing[t.id]})
	}
}

// where records an access to plain memory, and returns its place in the
// recording.
func (w *worker) where(t *thread, a sim.Access, v sim.Var) int32 {
	r := w.o.record
	if r == nil {
		return -1
	}
	r.steps = append(r.steps, recorded{thread: t.id, pos: t.pos, event: none, access: a, v: v, pcs: callers(), doing: r.doing[t.id]})
	return int32(len(r.steps) - 1)
}

func callers() []uintptr {
	pcs := make([]uintptr, 24)
	return pcs[:runtime.Callers(4, pcs)]
}

// ours are the functions whose frames are no part of the user's code.
var ours = []string{
	"github.com/weakmem/litmus/explorer/internal/search.",
	"github.com/weakmem/litmus/explorer/sim.",
	"github.com/weakmem/litmus/explorer.",
	"github.com/weakmem/litmus/primitives/atomic.",
	"github.com/weakmem/litmus/primitives/sync.",
	"github.com/weakmem/litmus/primitives/mem.",
	"github.com/weakmem/litmus/primitives/internal/",
	"runtime.", "runtime/debug.", "iter.", "reflect.",
	"github.com/stretchr/testify/",
}

// clients is what makes programs that nobody has written: a step that it makes itself, rather than what it calls, has no position.
const clients = "github.com/weakmem/litmus/primitives/proptest."

// positionOf finds the innermost frame of the user's code, and the operation that it
// calls.
func positionOf(pcs []uintptr) (p trace.Position, op string) {
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		if f.Function == "" {
			return p, op
		}
		if strings.HasPrefix(f.Function, clients) && !strings.HasSuffix(f.File, "_test.go") {
			return p, op
		}
		if !isOurs(f.Function, f.File) {
			return trace.Position{File: f.File, Line: f.Line, Function: f.Function}, op
		}
		if strings.Contains(f.Function, "/primitives/") || strings.HasPrefix(f.Function, "github.com/weakmem/litmus/explorer.") {
			name := f.Function[strings.LastIndex(f.Function, "/")+1:]
			name = strings.TrimSuffix(name, "[...]")
			if i := strings.LastIndex(name, "."); i >= 0 && i+1 < len(name) && name[i+1] >= 'A' && name[i+1] <= 'Z' {
				op = name[i+1:]
			}
		}
		if !more {
			return p, op
		}
	}
}

// isOurs reports whether a function is no part of the user's code. Of the file, the end counts.
func isOurs(function, file string) bool {
	return !strings.HasSuffix(file, "_test.go") && slices.ContainsFunc(ours, func(prefix string) bool { return strings.HasPrefix(function, prefix) })
}

// userFrames leaves of a stack, as package debug prints it, the frames of the user's code.
func userFrames(stack string) string {
	lines := strings.Split(stack, "\n")
	var kept []string
	for i := 1; i+1 < len(lines); i += 2 { // after the line that names the goroutine
		function := strings.TrimPrefix(lines[i], "created by ")
		file, _, _ := strings.Cut(lines[i+1], ":")
		if !strings.HasPrefix(function, "panic(") && !strings.HasPrefix(function, clients) && !isOurs(function, file) {
			kept = append(kept, lines[i], lines[i+1])
		}
	}
	if len(kept) == 0 {
		return stack
	}
	return strings.Join(kept, "\n")
}

// Replay runs the one execution that a script names, and returns it in full,
// with what failed in it, if anything did.
func Replay(cfg Config, script Script, body func(sim.Thread)) (*trace.Execution, *Failure, error) {
	m, err := semanticsOf(cfg.Model)
	if err != nil {
		return nil, nil, err
	}
	s := newShared(Config{Model: cfg.Model, MaxEvents: cfg.MaxEvents, Intercept: cfg.Intercept, KeepGoing: true}, body, true)
	w := newWorker(s, m.forWorker())
	w.o.script, w.o.record = &script, &recording{doing: map[int32]string{}}
	var x *trace.Execution
	var f *Failure
	work := func() {
		w.on(body, func() {
			w.run()
			w.stats.Runs++
			// The script of a goroutine's failure is no whole execution: others wait because it ends.
			if w.failure == nil && !w.dead && script.thread < 0 {
				w.judge()
			}
			x, f = w.execution(), w.failure
		})
	}
	apart(work)
	return x, f, nil
}

// waitsAt are the operations that threads came to and never got past.
func (w *worker) waitsAt(add func(t *thread, s trace.Step)) {
	for _, t := range w.threads {
		if t == nil || t.at == nil {
			continue
		}
		s := trace.Step{Kind: trace.Blocked, From: trace.None, CoAfter: trace.None, Doing: w.o.record.doing[t.id]}
		s.Pos, s.Op = positionOf(t.at)
		switch t.state {
		case delayed, joining, counting:
		default:
			continue
		}
		add(t, s)
	}
}

// execution makes the recorded run an execution for people to read.
func (w *worker) execution() *trace.Execution {
	g := w.g
	r := w.o.record
	x := &trace.Execution{Model: g.m.name}
	index := map[int32]int{}
	for id := range g.lanes {
		if g.lanes[id].alive {
			index[int32(id)] = len(x.Threads)
			x.Threads = append(x.Threads, trace.Thread{Name: w.name(int32(id)), Number: id, State: w.state(int32(id))})
		}
	}
	names := namer{taken: map[string]int{}, used: map[string]bool{}, vars: map[any]string{}}
	step := map[int32]int{} // by event
	per := map[int32]int{}
	for i := range r.steps {
		s := &r.steps[i]
		s.number = i
		if s.event >= 0 {
			step[s.event] = i
			if e := &g.ev[s.event]; e.exclusive {
				if n := g.after(s.event); n >= 0 {
					step[n] = i
				}
			}
		}
	}
	from := func(write int32) int {
		if write < 0 {
			return int(write)
		}
		if n, ok := step[write]; ok {
			return n
		}
		return trace.None
	}
	for i := range r.steps {
		s := &r.steps[i]
		pos, op := positionOf(s.pcs)
		t := trace.Step{
			Thread: index[s.thread], Index: per[s.thread], Op: op, From: trace.None, CoAfter: trace.None, Pos: pos, Doing: s.doing,
		}
		per[s.thread]++
		if s.event < 0 {
			t.Kind = map[sim.Access]trace.Kind{
				sim.Read: trace.PlainRead, sim.Overwrite: trace.PlainWrite, sim.Alloc: trace.Alloc, sim.Free: trace.Free,
			}[s.access]
			t.Location = names.of(s.v.Addr, s.v.Kind, pos, op)
			x.Steps = append(x.Steps, t)
			continue
		}
		e := &g.ev[s.event]
		if e.loc >= 0 {
			t.Location = names.of(e.loc, g.locs[e.loc].kind, pos, op)
		}
		format := func(v sim.Word) string {
			if k := g.locs[e.loc].kind; k.Format != nil {
				return k.Format(v)
			}
			return strconv.FormatInt(int64(v.Bits), 10)
		}
		switch e.kind {
		case load, store, fence:
			t.Order = e.order.String()
		}
		switch e.kind {
		case load:
			t.Kind = trace.Load
			t.Value = format(w.value(e.rf, e.loc))
			t.From = from(e.rf)
			t.Why = w.why(s.event, step)
			if e.update {
				t.Kind = trace.FailedUpdate
				if e.verdict == sim.Block {
					t.Kind = trace.Blocked
				}
				if n := g.after(s.event); e.exclusive && n >= 0 {
					t.Kind = trace.Update
					t.Written = format(g.ev[n].val)
					t.CoAfter = from(g.ev[n].coPrev)
				}
			}
			t.Waits = e.await || g.locs[e.loc].kind.Chain
		case store:
			t.Kind = trace.Store
			t.Value = format(e.val)
			t.CoAfter = from(e.coPrev)
		case fence:
			t.Kind = trace.Fence
		case spawn:
			t.Kind, t.Target = trace.Spawn, index[int32(e.val.Bits)]
		case join:
			t.Kind, t.Target = trace.Join, index[g.ev[e.rf].thread]
		case end:
			t.Kind, t.Pos, t.Op = trace.End, trace.Position{}, ""
		case choose:
			t.Kind, t.Value = trace.Choose, strconv.FormatUint(e.val.Bits, 10)
		case count:
			t.Kind, t.Value = trace.Count, strconv.FormatInt(int64(e.val.Bits), 10)
		case awaitZero:
			t.Kind = trace.AwaitZero
		case block:
			t.Kind = trace.Blocked
		}
		x.Steps = append(x.Steps, t)
	}
	w.waitsAt(func(t *thread, s trace.Step) {
		s.Thread, s.Index = index[t.id], per[t.id]
		per[t.id]++
		if t.state != joining {
			loc := t.wants.loc
			s.Location = names.of(loc, g.locs[loc].kind, s.Pos, s.Op)
		}
		x.Steps = append(x.Steps, s)
	})
	if f := w.failure; f != nil {
		x.Failure = &trace.Failure{Kind: f.TraceKind(), Message: f.Message, Thread: trace.None, Stack: userFrames(f.Stack)}
		if n, ok := index[f.Thread]; ok && f.Thread >= 0 {
			x.Failure.Thread = n
			for i := len(x.Steps) - 1; i >= 0 && !f.HasPoints; i-- {
				if x.Steps[i].Thread == n {
					x.Failure.Steps = []int{i}
					break
				}
			}
		}
		for _, p := range f.Points {
			if f.HasPoints && p.where >= 0 {
				x.Failure.Steps = append(x.Failure.Steps, int(p.where))
			}
		}
	}
	return x
}

// why says why a load was allowed to read what was overwritten; "" if it was not.
func (w *worker) why(id int32, step map[int32]int) string {
	g := w.g
	e := &g.ev[id]
	newer := g.following(e.rf, e.loc)
	if e.exclusive {
		if n := g.after(id); n == newer {
			return ""
		}
	}
	if newer < 0 {
		return ""
	}
	at := func(id int32) string {
		n, ok := step[id]
		if !ok {
			return "elsewhere"
		}
		pos, _ := positionOf(w.o.record.steps[n].pcs)
		return filepath.Base(pos.File) + ":" + strconv.Itoa(pos.Line)
	}
	text := fmt.Sprintf("the newer store at %s does not happen before it", at(newer))
	p := g.before(id)
	if p < 0 || !g.includes(g.clock(p, porfVector), newer) {
		return text + ": nothing that this goroutine has read comes after that store"
	}
	// Some load of what comes after the store synchronises with nothing.
	for r := range g.ev {
		l := &g.ev[r]
		if l.kind != load || l.rf < 0 || !(l.thread == e.thread && l.index < e.index || g.includes(g.clock(p, porfVector), int32(r))) {
			continue
		}
		s := &g.ev[l.rf]
		if l.thread == s.thread || !g.includes(g.clock(l.rf, porfVector), newer) || g.includes(g.clock(int32(r), hbVector), newer) {
			continue
		}
		return fmt.Sprintf("%s: the load at %s (%v) reads the store at %s (%v), which comes after it, but does not synchronise with it",
			text, at(int32(r)), l.order, at(l.rf), s.order)
	}
	return text
}

// state says where a thread is at the end of a run.
func (w *worker) state(id int32) string {
	if w.ended(id) {
		return "finished"
	}
	if int(id) < len(w.waits) && w.waits[id] != "" {
		return w.waits[id]
	}
	return ""
}

// namer names variables by the source that accesses them first.
type namer struct {
	taken map[string]int
	used  map[string]bool // expressions that name a variable
	vars  map[any]string
	files map[string][]string
}

func (n *namer) of(id any, k *sim.Kind, p trace.Position, op string) string {
	if s, ok := n.vars[id]; ok {
		return s
	}
	s := k.Name
	for _, expr := range n.receivers(p, op) {
		s = expr + " (" + k.Name + ")"
		if !n.used[expr] {
			n.used[expr] = true
			break // with several on a line, the first that has no variable yet
		}
	}
	n.taken[s]++
	if c := n.taken[s]; c > 1 {
		s += fmt.Sprintf(" #%d", c)
	}
	n.vars[id] = s
	return s
}

// receivers are the expressions before the calls of a method in a line, if the
// source is there to be read: "r.tail" of "if r.tail.Load() == 0 {".
func (n *namer) receivers(p trace.Position, method string) []string {
	if p.File == "" || method == "" {
		return nil
	}
	lines, ok := n.files[p.File]
	if !ok {
		if text, err := os.ReadFile(p.File); err == nil {
			lines = strings.Split(string(text), "\n")
		}
		if n.files == nil {
			n.files = map[string][]string{}
		}
		n.files[p.File] = lines
	}
	if p.Line < 1 || p.Line > len(lines) {
		return nil
	}
	var found []string
	l := lines[p.Line-1]
	for at := 0; ; {
		i := strings.Index(l[at:], "."+method+"(")
		if i < 0 {
			return found
		}
		at += i
		if expr := l[operand(l, at):at]; expr != "" {
			found = append(found, expr)
		}
		at++
	}
}

// operand is where the operand that ends at a place of a line starts.
func operand(l string, end int) int {
	start, depth := end, 0
	for ; start > 0; start-- {
		c := l[start-1]
		switch {
		case c == ']' || c == ')':
			depth++
		case (c == '[' || c == '(') && depth > 0:
			depth--
		case depth > 0:
		case c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		default:
			return start
		}
	}
	return start
}

// TraceKind is how reports class a failure.
func (f *Failure) TraceKind() trace.FailureKind {
	switch f.Kind {
	case Assertion:
		return trace.Assertion
	case Panic:
		return trace.Panic
	case Race:
		return trace.Race
	case Deadlock:
		return trace.Deadlock
	case Await:
		return trace.UnsatisfiedAwait
	case Leak:
		return trace.GoroutineLeak
	case UseAfterFree:
		return trace.UseAfterFree
	case DoubleFree:
		return trace.DoubleFree
	case Uninitialised:
		return trace.Uninitialised
	case MemoryLeak:
		return trace.MemoryLeak
	case Nondeterminism:
		return trace.Nondeterminism
	case Bound:
		return trace.Livelock
	}
	switch {
	case strings.Contains(f.Message, "order"):
		return trace.IllegalOrdering
	case strings.Contains(f.Message, "sync"):
		return trace.LockMisuse
	}
	return trace.Misuse
}
