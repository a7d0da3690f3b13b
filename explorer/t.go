package explorer

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/weakmem/litmus/explorer/sim"
)

// T is what a body does its work with. It is a testing.TB: testify's assertions
// and rapid take it. An assertion that fails ends the exploration and fails the test that started it.
//
// Its methods are called from the body and the goroutines that the body started with [T.Go].
type T struct {
	testing.TB // for its unexported method; every other method is overridden
	name       string
	failed     bool
	messages   []string
	goroutines []Goroutine // that Go started
	joined     int         // of which Join has waited for so many
	known      []uint32    // what moments of this run hold
}

// Goroutine is a goroutine that [T.Go] started.
type Goroutine int

// Go starts a goroutine, by a name that reports use.
func (x *T) Go(name string, f func()) Goroutine {
	g := Goroutine(x.thread().Go(name, f))
	x.goroutines = append(x.goroutines, g)
	return g
}

// Join waits until goroutines have returned: those given or, if none are, all
// that were started so far.
func (x *T) Join(gs ...Goroutine) {
	if len(gs) == 0 {
		gs = x.goroutines[x.joined:]
		x.joined = len(x.goroutines)
	}
	th := x.thread()
	for _, g := range gs {
		th.Join(int(g))
	}
}

// Await waits until a condition over modelled variables holds. The condition must be free of effects while it
// does not hold.
func (x *T) Await(cond func() bool) { x.thread().Await(cond) }

// Choose returns any number from 0 to n-1: the exploration tries all.
func (x *T) Choose(n int) int { return x.thread().Choose(n) }

// Doing says what the calling goroutine does from here on, in the program's own words, such as "Push(1)". A report puts it above
// the steps concerned. "" says that the last is done.
func (x *T) Doing(what string) {
	if d, ok := x.thread().(interface{ Doing(string) }); ok {
		d.Doing(what)
	}
}

// Moment is a place in an execution: between two operations of a goroutine. It means nothing in another execution.
type Moment struct {
	thread, events int
	known          []uint32 // so many events of each goroutine happen before it
}

// Now returns where the calling goroutine stands.
func (x *T) Now() Moment {
	var m Moment
	before := len(x.known)
	m.thread, m.events, x.known = x.thread().(interface {
		Moment([]uint32) (int, int, []uint32)
	}).Moment(x.known)
	m.known = x.known[before:len(x.known):len(x.known)]
	return m
}

// Before reports whether m comes before n: in one goroutine, in program order; else if something that m's goroutine did
// after m happens before what n's goroutine did before n, so that m has passed whenever n is reached.
func (m Moment) Before(n Moment) bool {
	if m.thread == n.thread {
		return m.events < n.events
	}
	return m.thread < len(n.known) && int(n.known[m.thread]) > m.events
}

func (x *T) thread() sim.Thread {
	th := sim.Current()
	if th == nil {
		panic("explorer: a method of explorer.T was called outside the exploration that it belongs to, or on a goroutine that x.Go did not start")
	}
	return th
}

// Name returns the name of the test that explores.
func (x *T) Name() string { return x.name }

// Helper does nothing: reports show every frame's position already.
func (x *T) Helper() {}

// Log notes a line for the report, should this execution fail.
func (x *T) Log(args ...any) { x.messages = append(x.messages, trim(fmt.Sprintln(args...))) }

// Logf is like Log, formatted.
func (x *T) Logf(format string, args ...any) {
	x.messages = append(x.messages, userLines(fmt.Sprintf(format, args...)))
}

// userLines leaves out the lines of a stack trace in a message that are the explorer's, or those of what runs it.
func userLines(message string) string {
	if !strings.Contains(message, "/explorer/internal/search/") {
		return message
	}
	var kept []string
	for line := range strings.Lines(message) {
		if !strings.Contains(line, "/explorer/internal/search/") && !strings.Contains(line, "/src/iter/iter.go:") && !strings.Contains(line, "/src/runtime/") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func trim(s string) string {
	for len(s) > 0 && s[len(s)-1] == '\n' {
		s = s[:len(s)-1]
	}
	return s
}

// Errorf fails the execution. Unlike testing.T's, it ends the run there: one failure is enough.
func (x *T) Errorf(format string, args ...any) { x.Logf(format, args...); x.Fail() }

// Error is Log followed by Fail.
func (x *T) Error(args ...any) { x.Log(args...); x.Fail() }

// Fail fails the execution, and ends the run.
func (x *T) Fail() {
	x.failed = true
	th := x.thread()
	message := strings.Join(x.messages, "\n")
	if f, ok := th.(interface{ Assertion(string) }); ok {
		f.Assertion(message)
	}
	th.Fail(message)
}

// FailNow is Fail.
func (x *T) FailNow() { x.Fail() }

// Failed reports whether this execution has failed.
func (x *T) Failed() bool { return x.failed }

// Fatal is Log followed by Fail.
func (x *T) Fatal(args ...any) { x.Log(args...); x.Fail() }

// Fatalf is Logf followed by Fail.
func (x *T) Fatalf(format string, args ...any) { x.Logf(format, args...); x.Fail() }

// Skip leaves this execution out, as SkipNow does.
func (x *T) Skip(args ...any) { x.SkipNow() }

// Skipf leaves this execution out, as SkipNow does.
func (x *T) Skipf(format string, args ...any) { x.SkipNow() }

// SkipNow leaves this execution out: it is not of interest. The goroutine waits for ever, and it is no failure.
func (x *T) SkipNow() {
	if f, ok := x.thread().(interface{ Discard() }); ok {
		f.Discard()
	}
}

// Skipped reports false: a skipped execution goes no further.
func (x *T) Skipped() bool { return false }

// Cleanup is not available: a body that has to clean up after itself can defer.
func (x *T) Cleanup(func()) {
	x.Fatal("explorer: Cleanup is not available inside an exploration; use defer")
}

// Setenv is not available inside an exploration.
func (x *T) Setenv(key, value string) {
	x.Fatal("explorer: Setenv is not available inside an exploration")
}

// Chdir is not available inside an exploration.
func (x *T) Chdir(dir string) { x.Fatal("explorer: Chdir is not available inside an exploration") }

// TempDir is not available inside an exploration.
func (x *T) TempDir() string {
	x.Fatal("explorer: TempDir is not available inside an exploration")
	return os.DevNull
}

// ArtifactDir is not available inside an exploration.
func (x *T) ArtifactDir() string {
	x.Fatal("explorer: ArtifactDir is not available inside an exploration")
	return os.DevNull
}

// Attr does nothing.
func (x *T) Attr(key, value string) {}

// Context returns a context that is never cancelled: real time is not modelled.
func (x *T) Context() context.Context { return context.Background() }

// Output returns a writer whose lines the report shows, should this execution fail.
func (x *T) Output() io.Writer { return output{x} }

type output struct{ x *T }

func (o output) Write(p []byte) (int, error) {
	o.x.Log(string(p))
	return len(p), nil
}

var _ testing.TB = (*T)(nil)
