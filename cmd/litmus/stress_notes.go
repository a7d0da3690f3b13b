package main

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/litmus/stress/host"
)

// disturbed is the part of the time below which threads had so little of their processors that a report speaks of it. On a machine
// that does nothing else they have nearly all of it, since they never sleep.
const disturbed = 0.8

// conditions are what a reader must know of how the test ran before concluding anything from what it did not show.
func (r *stressed) conditions(h host.Host) []string {
	var list []string
	res := &r.result
	if h.Emulated != "" {
		list = append(list, fmt.Sprintf("*emulated* (%s): the outcomes are those of a translation, and say nothing of a processor", h.Emulated))
	}
	if res.Threads > res.Processors && res.Processors > 0 {
		list = append(list, fmt.Sprintf("%d threads on %d processors: mostly time-sliced, so that outcomes which need all at once may not show", res.Threads, res.Processors))
	} else if res.Share > 0 && res.Share < disturbed {
		list = append(list, fmt.Sprintf("the processors were shared: the threads had them for %.0f %% of the time, and one that waits for its turn meets no other", 100*res.Share))
	}
	if res.Instances == 0 && r.test.Filter != nil {
		list = append(list, "only instances that pass the test's filter are counted")
	}
	if r.failure != nil {
		list = append(list, "failed: "+r.failure.Error())
	}
	if res.Stopped {
		list = append(list, fmt.Sprintf("interrupted after %s of %s", seconds3(res.Elapsed), r.budget()))
	}
	return list
}

// budget is how long, or how often, the test was to run.
func (r *stressed) budget() string {
	var parts []string
	if r.options.Time > 0 {
		parts = append(parts, seconds3(r.options.Time))
	}
	if r.options.Instances > 0 {
		parts = append(parts, fmt.Sprintf("%d instances", r.options.Instances))
	}
	return strings.Join(parts, " or ")
}
