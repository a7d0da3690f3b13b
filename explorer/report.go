package explorer

import (
	"context"
	"fmt"
	"strings"

	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/explorer/trace"
)

// Report is what an exploration found.
type Report struct {
	Name       string
	Model      string
	Executions uint64 // complete and consistent, each once
	Blocked    uint64 // runs that led nowhere: they waited for something that comes in other executions
	Failure    *trace.Execution
	Verified   bool     // every execution was explored, and none fails
	Bounds     []string // that were hit, and so what was not explored
	Sampled    bool     // random executions, not all
	Stopped    string
}

// String says it in one line.
func (r *Report) String() string {
	var b strings.Builder
	switch {
	case r.Failure != nil:
		fmt.Fprintf(&b, "%s: failed after %d executions", r.Model, r.Executions)
	case r.Verified:
		fmt.Fprintf(&b, "%s: verified: all %d executions", r.Model, r.Executions)
	default:
		fmt.Fprintf(&b, "%s: no failure found in %d executions", r.Model, r.Executions)
	}
	if r.Blocked > 0 {
		fmt.Fprintf(&b, " (and %d that led nowhere)", r.Blocked)
	}
	if r.Sampled {
		b.WriteString("; random, not all")
	}
	for _, bound := range r.Bounds {
		b.WriteString("; " + bound)
	}
	return b.String()
}

func (r *Report) fill(ctx context.Context, s search.Result, cfg search.Config, c *config, body func(*T)) {
	r.Executions, r.Blocked = s.Executions, s.Blocked
	r.Sampled = cfg.Sample > 0
	r.Verified = s.Exact
	if s.Stopped != "" && s.Failure == nil {
		r.Bounds = append(r.Bounds, "not all: "+s.Stopped)
	}
	if s.Failure != nil {
		r.Failure = &trace.Execution{Name: r.Name, Model: r.Model, Failure: &trace.Failure{Message: s.Failure.Message, Thread: int(s.Failure.Thread)}}
	}
}

func (r *Report) present(t TB, c *config) string {
	return r.Failure.Failure.Message
}

func replaySaved(t TB, c *config, body func(*T)) {}
