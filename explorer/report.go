package explorer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/explorer/trace"
)

// Report is what an exploration found.
type Report struct {
	Name       string // of the test
	Model      string
	Executions uint64           // complete and consistent, each once
	Blocked    uint64           // runs that led nowhere: they waited for what comes in other executions
	Failure    *trace.Execution // nil: none was found
	Verified   bool             // every execution was explored, and none fails
	Sampled    bool             // the executions are random ones, not all
	Spins      int              // loops, by goroutine, that yield and were taken to go round for ever while what they read stays
	Bounds     []string         // that were hit: why not everything was explored
	// Estimate is a guess, made before the exploration, at the number of executions and of runs that lead nowhere, and EstimateError its standard error; 0: none was made.
	Estimate, EstimateError float64
}

// String says it in one line. "Verified" means that every execution was explored; "no failure found" that not all were.
func (r *Report) String() string {
	var b strings.Builder
	switch {
	case r.Failure != nil:
		fmt.Fprintf(&b, "%s: failed after %s", r.Model, executions(r.Executions))
	case r.Verified && r.Executions == 1:
		fmt.Fprintf(&b, "%s: verified: the only execution", r.Model)
	case r.Verified:
		fmt.Fprintf(&b, "%s: verified: all %d executions", r.Model, r.Executions)
	case r.Sampled:
		fmt.Fprintf(&b, "%s: no failure found in %d random executions", r.Model, r.Executions)
	default:
		fmt.Fprintf(&b, "%s: no failure found in %s", r.Model, executions(r.Executions))
	}
	if r.Blocked > 0 {
		fmt.Fprintf(&b, " (and %d that led nowhere)", r.Blocked)
	}
	if r.Estimate > 0 {
		fmt.Fprintf(&b, "; estimated before: %.3g ± %.2g runs", r.Estimate, r.EstimateError)
	}
	if r.Spins > 0 {
		fmt.Fprintf(&b, "; %d loops were taken to wait for ever, having gone round %d times without effect", r.Spins, search.LookAhead)
	}
	for _, bound := range r.Bounds {
		b.WriteString("; not all: " + bound)
	}
	return b.String()
}

func executions(n uint64) string {
	if n == 1 {
		return "1 execution"
	}
	return fmt.Sprintf("%d executions", n)
}

// fill makes the report of a search. What failed is made as short as a further, bounded search finds, and run once more to be
// recorded.
func (r *Report) fill(ctx context.Context, s search.Result, cfg search.Config, body func(*T)) {
	r.Executions, r.Blocked, r.Spins = s.Executions, s.Blocked, s.Spins
	r.Sampled = cfg.Sample > 0
	r.Verified = s.Exact
	if s.Failure == nil {
		if s.Stopped != "" {
			r.Bounds = append(r.Bounds, s.Stopped)
		}
		if s.Beyond > 0 {
			r.Bounds = append(r.Bounds, fmt.Sprintf("executions with more than %d preemptions were left out", cfg.Preemptions-1))
		}
		return
	}
	if s.Failure.Kind == search.Bound {
		r.Bounds = append(r.Bounds, s.Failure.Message)
	}
	f := s.Failure
	if f.Kind != search.Nondeterminism {
		f = shorten(ctx, cfg, f, body)
	}
	r.Failure = record(r.Name, cfg, f, body)
}

// shortening bounds the search for a shorter failure, in runs; where those are long, in what they come to in runs of 100 events.
const shortening = 5000

// shorten looks for an execution with the same sort of failure that has fewer events, and of those one with fewer
// switches between goroutines.
func shorten(ctx context.Context, cfg search.Config, f *search.Failure, body func(*T)) *search.Failure {
	if cfg.Sample > 0 {
		cfg.Sample = min(cfg.Sample, shortening)
	}
	cfg.KeepGoing, cfg.Workers = true, 1
	cfg.MaxExecutions = uint64(min(shortening, max(10, shortening*100/max(1, f.Script.Len()))))
	cfg.Complete, cfg.Blocked = nil, nil
	best := f
	cfg.Failed = func(_ *search.View, g *search.Failure) {
		if g.Kind != f.Kind {
			return
		}
		a, b := g.Script, best.Script
		if a.Len() < b.Len() || a.Len() == b.Len() && a.Switches() < b.Switches() {
			best = g
		}
	}
	cfg.MaxLength = func() int { return best.Script.Len() }
	if _, err := search.Explore(ctx, cfg, simulated("", body)); err != nil {
		return f
	}
	return best
}

// record runs a failing execution once more, with positions.
func record(name string, cfg search.Config, f *search.Failure, body func(*T)) *trace.Execution {
	model := cfg.Model
	plain := func(note string) *trace.Execution {
		return &trace.Execution{
			Name: name, Model: model, Notes: []string{note},
			Failure: &trace.Failure{Kind: f.TraceKind(), Message: f.Message, Thread: trace.None, Stack: f.Stack},
		}
	}
	if f.Kind == search.Nondeterminism {
		return plain("The body must do the same whenever it is run: no maps ranged over, no random numbers, no time, nothing kept from one run to the next.")
	}
	x, again, err := search.Replay(cfg, f.Script, simulated(name, body))
	if err != nil {
		return plain(err.Error())
	}
	if again == nil || again.Kind != f.Kind {
		return plain("The execution did not fail when it was run again to be recorded: is the body deterministic?")
	}
	x.Name = name
	if f.Script.Len() > longest {
		shown(x)
		return x
	}
	x.Token = model + "." + f.Script.String()
	if err := x.Arrange(); err != nil {
		x.Notes = append(x.Notes, err.Error())
	}
	return x
}

// longest is how many events an execution may have to be shown whole, and to have a token.
const longest = 2000

// shown leaves the last steps of an execution that is too long to be read.
func shown(x *trace.Execution) {
	const keep = 40
	gone := len(x.Steps) - keep
	if gone <= 0 {
		return
	}
	x.Notes = append(x.Notes, fmt.Sprintf("The first %d steps are not shown.", gone))
	x.Steps = x.Steps[gone:]
	number := func(n *int) {
		if *n -= gone; *n < 0 {
			*n = trace.None
		}
	}
	index := map[int]int{}
	for i := range x.Steps {
		s := &x.Steps[i]
		if s.From >= 0 {
			number(&s.From)
		}
		if s.CoAfter >= 0 {
			number(&s.CoAfter)
		}
		s.Index = index[s.Thread]
		index[s.Thread]++
	}
	var steps []int
	for _, n := range x.Failure.Steps {
		if number(&n); n >= 0 {
			steps = append(steps, n)
		}
	}
	x.Failure.Steps = steps
}

// present returns a failure as text, and saves it if asked to.
func (r *Report) present(save bool) string {
	x := r.Failure
	text := ""
	if save && x.Token != "" && x.Name != "" {
		path, err := trace.Save(trace.Dir, x)
		if err != nil {
			text = fmt.Sprintf("(the failure could not be saved: %v)\n", err)
		} else {
			text = fmt.Sprintf("(saved as %s: it is replayed first from now on)\n", path)
		}
	}
	return fmt.Sprintf("explorer: %s\n%s%s%s", r, x, text, WriteFiles(x))
}

// WriteFiles writes an execution as a page and as a graph where the flags -explorer.html and -explorer.dot say, and returns what is to be
// said of it. [Test] does so with what failed.
func WriteFiles(x *trace.Execution) string {
	said := ""
	for _, kind := range []string{"html", "dot"} {
		path := *flags[kind]
		if path == "" {
			continue
		}
		if err := writeFile(path, kind, x); err != nil {
			said += fmt.Sprintf("(-explorer.%s: %v)\n", kind, err)
		} else {
			said += fmt.Sprintf("(written to %s)\n", path)
		}
	}
	return said
}

func writeFile(path, kind string, x *trace.Execution) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".unfinished-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // which fails once it has its name
	render := x.HTML
	if kind == "dot" {
		render = x.DOT
	}
	err = render(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

// replay runs the execution of a token, and reports whether it fails.
func replay(name, token string, body func(*T)) (*trace.Execution, error) {
	model, text, ok := strings.Cut(token, ".")
	if !ok {
		return nil, fmt.Errorf("bad replay token %q: want MODEL.TEXT", token)
	}
	script, err := search.ParseScript(text)
	if err != nil {
		return nil, err
	}
	x, f, err := search.Replay(search.Config{Model: model}, script, simulated(name, body))
	if err != nil {
		return nil, err
	}
	if f != nil && f.Kind == search.Nondeterminism {
		return nil, fmt.Errorf("the test has changed: %s", f.Message)
	}
	x.Name, x.Token = name, token
	if err := x.Arrange(); err != nil {
		return nil, err
	}
	return x, nil
}

// replaySaved replays what the test failed with before.
func replaySaved(t TB, body func(*T)) {
	t.Helper()
	saved, err := trace.FindSaved(trace.Dir, t.Name())
	if err != nil {
		t.Logf("explorer: %v", err)
	}
	for _, s := range saved {
		x, err := replay(t.Name(), s.Token, body)
		switch {
		case err != nil:
			t.Logf("explorer: %s: %v", s.Path, err)
		case x.Failure != nil:
			t.Errorf("explorer: the failure saved as %s is still there\n%s%s", s.Path, x, WriteFiles(x))
			t.FailNow()
		default:
			t.Logf("explorer: %s does not fail any more", s.Path)
		}
	}
}
