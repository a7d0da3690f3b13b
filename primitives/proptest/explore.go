package proptest

import (
	"context"
	"fmt"
	"sync"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
)

// exploration explores clients, each once.
type exploration[I, S any] struct {
	name    string
	subject *Subject[I, S]
	options []explorer.Option
	limit   uint64 // of executions

	found      map[string]*Counterexample // by client; nil: it has no failure
	clients    int
	executions uint64
	histories  int
	unfinished int    // clients that were not explored to their end, under some model
	example    string // one of them, and why
}

// spent reports whether no more clients should be drawn.
func (e *exploration[I, S]) spent() bool { return e.executions >= e.limit }

// client explores a client, unless that was done before, and returns how it fails, or nil.
func (e *exploration[I, S]) client(c client) (*Counterexample, error) {
	key := c.String()
	if found, ok := e.found[key]; ok {
		return found, nil
	}
	r := newRun(e.subject, c)
	reports, err := explorer.RunEach(context.Background(), r.body, e.options...)
	if err != nil {
		return nil, err
	}
	e.clients++
	e.histories += len(r.judge.verdict)
	var found *Counterexample
	for _, report := range reports {
		e.executions += report.Executions
		switch {
		case report.Failure != nil:
			found = r.counterexample(e.name, report)
		case !report.Verified:
			if e.unfinished++; e.example == "" {
				e.example = fmt.Sprintf("%s: %s", c, report)
			}
		}
	}
	e.found[key] = found
	return found, nil
}

// String says what was explored, and what was not.
func (e *exploration[I, S]) String() string {
	text := fmt.Sprintf("%d clients, %d executions, %d histories", e.clients, e.executions, e.histories)
	if e.unfinished > 0 {
		text += fmt.Sprintf("; not explored to the end: %d clients, such as %s", e.unfinished, e.example)
	}
	if e.spent() {
		text += fmt.Sprintf("; no more clients are drawn after %d executions: see the option Executions", e.limit)
	}
	return text
}

// run is one client under exploration.
type run[I, S any] struct {
	plan
	subject *Subject[I, S]
	judge   *judge[I, S]

	free sync.Pool // of *moments, for runs to come
	mu   sync.Mutex
	last *history // of the run that began last: after a failure, that which the report shows
}

// moments is what is noted of one run.
type moments struct {
	history          *history
	called, returned []explorer.Moment
}

func newRun[I, S any](s *Subject[I, S], c client) *run[I, S] {
	return &run[I, S]{plan: c.plan(), subject: s, judge: newJudge(s, c)}
}

func (r *run[I, S]) body(x *explorer.T) {
	m, _ := r.free.Get().(*moments)
	if m == nil {
		m = &moments{newHistory(r.calls), make([]explorer.Moment, r.calls), make([]explorer.Moment, r.calls)}
	}
	h := m.history
	clear(h.results)
	clear(h.returned)
	clear(h.before)
	r.mu.Lock()
	r.last = h
	r.mu.Unlock()

	i := r.subject.New(len(r.client.threads))
	var done []atomic.Int32 // of each call, for those who wait for it
	if r.anyWaits {
		done = make([]atomic.Int32, r.calls)
	}
	for thread, calls := range r.client.threads {
		if len(calls) == 0 {
			continue
		}
		x.Go(r.names[thread], func() {
			for k, a := range calls {
				n := r.first[thread] + k
				if a.after != nil {
					flag := &done[r.number(*a.after)]
					x.Doing(r.waits[n])
					x.Await(func() bool { return flag.Load(atomic.Acquire) == 1 })
				}
				x.Doing(r.text[n])
				m.called[n] = x.Now()
				h.results[n] = r.subject.Operations[a.operation].Call(i, thread, a.argument)
				h.returned[n] = true
				m.returned[n] = x.Now()
				if r.waitedFor[n] {
					x.Doing("[has returned]")
					done[n].Store(1, atomic.Release)
				}
				x.Doing("")
			}
		})
	}
	x.Join()
	r.order(h, func(a, b int) bool { return m.returned[a].Before(m.called[b]) })
	if v := r.judge.check(h); v.message != "" {
		x.Fatalf("%s", v.details)
	}
	if r.subject.Finish != nil {
		r.subject.Finish(i)
	}
	r.free.Put(m)
}
