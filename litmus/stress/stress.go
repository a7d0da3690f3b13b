package stress

import (
	"errors"
	"runtime"
	"time"

	"github.com/weakmem/litmus/litmus/ir"
)

// Mode is how a test's threads are made to meet.
type Mode string

const (
	Auto      Mode = "auto"      // both in turns, where the test's shape allows Perpetual
	Sync      Mode = "sync"      // many instances of the test, and the threads wait for one another before each, or each few thousand
	Perpetual Mode = "perpetual" // one instance, run again and again without waiting; what was seen is counted afterwards
)

// Modes are the modes there are.
func Modes() []Mode { return []Mode{Auto, Sync, Perpetual} }

// Affinity says which processors the threads are tied to.
type Affinity struct {
	// Free leaves it to the operating system.
	Free bool
	// Processors are those of the threads 0, 1, …, and from the first again if there are more threads. None: those that the
	// process may run on, in an order that changes from round to round.
	Processors []int
}

// Options say how long to run a test and how. The zero Options mean one second.
type Options struct {
	Time      time.Duration // 0 and Instances 0: one second; 0: no bound
	Instances int64         // 0: no bound; perpetual runs may exceed it by a few thousand
	Mode      Mode          // "": Auto
	Affinity  Affinity
	Seed      uint64 // of the parameters of the rounds
}

// Result is what was seen.
type Result struct {
	States    []State // sorted by value
	Instances int64   // how often the test was run; the states' counts add up to it
	Elapsed   time.Duration
	Rounds    int
	Modes     []Mode // those that were used: Sync, Perpetual
	// Threads are the test's; Processors are how many different ones they ran on.
	Threads, Processors int
	// Share is the part of the time for which the threads had a processor, 1 at best; 0 if that is not known.
	Share   float64
	Stopped bool // the context ended the run before its budget
}

// State is a final state and how often it was seen.
type State struct {
	Values []ir.Value // as litmus.Test.Observed lays them out
	Count  int64
	Holds  bool // whether the condition's proposition holds
}

// Positive is how many instances ended in a state in which the condition's proposition holds.
func (r *Result) Positive() int64 {
	var n int64
	for _, s := range r.States {
		if s.Holds {
			n += s.Count
		}
	}
	return n
}

// Observation is Never, Sometimes or Always: how often the condition's proposition held.
func (r *Result) Observation() string {
	switch p := r.Positive(); {
	case p == 0:
		return "Never"
	case p == r.Instances:
		return "Always"
	}
	return "Sometimes"
}

// ErrUnsupported is matched by the errors of tests that this processor, or this program on it, cannot run.
var ErrUnsupported = errors.New("cannot run here")

// Dialects are those whose instructions are this processor's.
func Dialects() []string {
	switch runtime.GOARCH {
	case "amd64":
		return []string{"X86", "X86_64"}
	case "arm64":
		return []string{"AArch64"}
	}
	return nil
}
