package trace_test

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/trace"
)

// drawExecution draws a well-formed execution: main starts every other thread and joins them all at the end; reads take any earlier write of
// their location, and writes go anywhere into its coherence order.
func drawExecution(t *rapid.T, name *rapid.Generator[string]) *trace.Execution {
	e := &trace.Execution{Name: "Test" + name.Draw(t, "name"), Model: "rc11", Token: "t" + name.Draw(t, "token")}
	threads := rapid.IntRange(1, 5).Draw(t, "threads")
	for i := range threads {
		e.Threads = append(e.Threads, trace.Thread{Name: name.Draw(t, "thread"), Number: i, State: name.Draw(t, "state")})
	}
	count := make([]int, threads)
	add := func(s trace.Step) {
		s.Index = count[s.Thread]
		count[s.Thread]++
		s.Pos = trace.Position{File: "/src/" + name.Draw(t, "file"), Line: 1 + len(e.Steps), Function: name.Draw(t, "function")}
		e.Steps = append(e.Steps, s)
	}
	for i := 1; i < threads; i++ {
		add(trace.Step{Kind: trace.Spawn, Target: i})
	}
	var order [3][]int // the writes of each location, in coherence order
	kinds := []trace.Kind{trace.Load, trace.Store, trace.Update, trace.FailedUpdate, trace.Fence, trace.Choose, trace.Count}
	for range rapid.IntRange(0, 14).Draw(t, "steps") {
		l := rapid.IntRange(0, len(order)-1).Draw(t, "location")
		s := trace.Step{
			Thread: rapid.IntRange(0, threads-1).Draw(t, "of"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Order: "relaxed",
			Location: fmt.Sprintf("%c (atomic.Int32)", 'x'+l), Value: name.Draw(t, "value"), Written: name.Draw(t, "written"),
			Waits: rapid.Bool().Draw(t, "waits"),
		}
		writes := order[l]
		at := rapid.IntRange(0, len(writes)).Draw(t, "at")
		if s.Kind == trace.Update {
			at = len(writes) // anywhere else, it would come between an update and what that read
		}
		before := trace.Initial
		if at > 0 {
			before = writes[at-1]
		}
		if s.Kind.Reads() {
			s.From = before
		}
		if s.Kind.Writes() {
			for at < len(writes) && e.Steps[writes[at]].Kind == trace.Update {
				before, at = writes[at], at+1
			}
			s.CoAfter = before
			if at < len(writes) {
				e.Steps[writes[at]].CoAfter = len(e.Steps)
			}
			order[l] = append(append(append([]int(nil), writes[:at]...), len(e.Steps)), writes[at:]...)
		}
		add(s)
	}
	for i := 1; i < threads; i++ {
		add(trace.Step{Kind: trace.Join, Target: i})
	}
	if len(e.Steps) > 0 && rapid.Bool().Draw(t, "fails") {
		e.Failure = &trace.Failure{
			Kind: trace.Assertion, Message: name.Draw(t, "message"), Stack: name.Draw(t, "stack"),
			Steps: rapid.SliceOfN(rapid.IntRange(0, len(e.Steps)-1), 0, 2).Draw(t, "concerned"),
		}
	}
	return e
}
