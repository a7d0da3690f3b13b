package proptest

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/trace"
)

// Counterexample is a client that fails.
type Counterexample struct {
	Threads   [][]Call         // in the order in which each thread makes them
	Model     string           // the memory model; "" if it was found natively
	Message   string           // what is wrong, in a few words: "not linearizable", "data race"
	Details   string           // why, in some lines
	Execution *trace.Execution // nil if it was found natively
	judged    bool             // it is the results that are wrong
	names     []string         // of threads
	order     []string         // what is known of the order of calls of different threads
}

// Call is a call that a thread of a client makes, and what became of it.
type Call struct {
	Text     string // "Push(1)"
	After    string // the call that it waits for: "Push(1) of producer"; "": none
	Result   any
	Returned bool // whether it came to its end in the failing execution
}

// String returns the call with what it returned: "[waits for Push(1) of producer] TryPop() = 1".
func (a Call) String() string {
	text := a.Text
	if a.After != "" {
		text = "[waits for " + a.After + "] " + text
	}
	if !a.Returned {
		return text + " (does not return)"
	}
	return result(text, a.Result)
}

// Longest returns the number of calls of the thread that makes most.
func (c *Counterexample) Longest() int {
	most := 0
	for _, t := range c.Threads {
		most = max(most, len(t))
	}
	return most
}

const notLinearizable = "not linearizable"

func (r *run[I, S]) counterexample(name string, report *explorer.Report) *Counterexample {
	x := report.Failure
	x.Name, x.Token = name, "" // a token says nothing without the client
	found := r.plan.counterexample(r.last)
	found.Model, found.Execution = report.Model, x
	found.Message, found.Details = x.Failure.Kind.String(), x.Failure.Message
	if message, ok := r.judge.rejection(x.Failure.Message); ok && x.Failure.Kind == trace.Assertion {
		found.Message, found.judged = message, true
	}
	return found
}

// counterexample returns the client with what its calls did.
func (p *plan) counterexample(h *history) *Counterexample {
	found := &Counterexample{Threads: make([][]Call, len(p.threads)), names: p.names}
	for n := range p.calls {
		made := Call{Text: p.text[n], Result: h.results[n], Returned: h.returned[n]}
		if after := p.call(n).after; after != nil {
			made.After = p.where(*after)
		}
		found.Threads[p.thread[n]] = append(found.Threads[p.thread[n]], made)
		for m := range p.calls {
			if p.news(h, m, n) {
				found.order = append(found.order, fmt.Sprintf("%s returned before %s was called", p.where(p.place(m)), p.where(p.place(n))))
			}
		}
	}
	return found
}

// String returns the client, what its calls returned, why that is wrong, and the execution.
func (c *Counterexample) String() string {
	var b strings.Builder
	b.WriteString(c.Message)
	if c.Model != "" {
		b.WriteString(" under " + c.Model)
	}
	b.WriteString("\n\n")
	width := 0
	for _, n := range c.names {
		width = max(width, len(n))
	}
	for i, calls := range c.Threads {
		var made []string
		for _, a := range calls {
			made = append(made, a.String())
		}
		if len(made) > 0 {
			fmt.Fprintf(&b, "  %-*s  %s\n", width, c.names[i], strings.Join(made, ";  "))
		}
	}
	if c.Longest() == 0 {
		b.WriteString("  without any call\n")
	}
	for _, o := range c.order {
		b.WriteString("  " + o + "\n")
	}
	b.WriteString("\n")
	if c.judged || c.Execution == nil {
		b.WriteString(c.Details + "\n")
	}
	if c.Execution != nil {
		x := *c.Execution
		if c.judged {
			x.Failure = nil // the place at which it was noticed is the end
			b.WriteString("\n")
		}
		b.WriteString(x.String())
	}
	return b.String()
}
