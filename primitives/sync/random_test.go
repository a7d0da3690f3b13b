package sync_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/sync"
)

// operation is one of a random program: one case, or several of a select.
type operation struct {
	cases []choice
	try   bool // with a default
	close int  // the channel to close; -1: none
}

type choice struct {
	channel, value int
	send           bool
}

type program struct {
	capacities []int
	threads    [][]operation
}

func (p program) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, "capacities", p.capacities)
	for _, t := range p.threads {
		for _, o := range t {
			switch {
			case o.close >= 0:
				fmt.Fprintf(&b, " close(%d)", o.close)
			default:
				fmt.Fprintf(&b, " %v%v", map[bool]string{true: "try"}[o.try], o.cases)
			}
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

func programs(tries, closes bool) *rapid.Generator[program] {
	return rapid.Custom(func(t *rapid.T) program {
		p := program{capacities: rapid.SliceOfN(rapid.IntRange(0, 2), 1, 2).Draw(t, "capacities")}
		value := 0
		for range rapid.IntRange(2, 3).Draw(t, "threads") {
			var ops []operation
			for range rapid.IntRange(1, 3).Draw(t, "operations") {
				o := operation{close: -1}
				n := 1
				switch rapid.IntRange(0, 7).Draw(t, "kind") {
				case 0:
					o.try = tries
				case 1, 2:
					n = 2
				case 3:
					if closes {
						o.close, n = rapid.IntRange(0, len(p.capacities)-1).Draw(t, "channel"), 0
					}
				}
				for range n {
					value++
					o.cases = append(o.cases, choice{rapid.IntRange(0, len(p.capacities)-1).Draw(t, "channel"), value, rapid.Bool().Draw(t, "send")})
				}
				ops = append(ops, o)
			}
			p.threads = append(p.threads, ops)
		}
		return p
	})
}

// reference runs a program as the language specification says, through all interleavings.
type reference struct {
	p        program
	outcomes map[string]bool
	fails    bool
	seen     map[string]bool
}

type referenceState struct {
	pc      []int
	results []string
	buffers [][]int
	closed  []bool
}

func (s referenceState) clone() referenceState {
	c := referenceState{slices.Clone(s.pc), slices.Clone(s.results), nil, slices.Clone(s.closed)}
	for _, b := range s.buffers {
		c.buffers = append(c.buffers, slices.Clone(b))
	}
	return c
}

func (s *referenceState) done(thread int, result string) {
	s.pc[thread]++
	s.results[thread] += result + ";"
}

func (r *reference) run() {
	n := len(r.p.capacities)
	s := referenceState{make([]int, len(r.p.threads)), make([]string, len(r.p.threads)), make([][]int, n), make([]bool, n)}
	r.outcomes, r.seen = map[string]bool{}, map[string]bool{}
	r.step(s)
}

func (r *reference) at(s referenceState, thread int) *operation {
	if s.pc[thread] == len(r.p.threads[thread]) {
		return nil
	}
	return &r.p.threads[thread][s.pc[thread]]
}

func (r *reference) step(s referenceState) {
	if key := fmt.Sprint(s); r.seen[key] {
		return
	} else {
		r.seen[key] = true
	}
	moved, running := false, false
	next := func(change func(s *referenceState)) {
		moved = true
		c := s.clone()
		change(&c)
		r.step(c)
	}
	for t := range r.p.threads {
		o := r.at(s, t)
		if o == nil {
			continue
		}
		running = true
		if o.close >= 0 {
			if s.closed[o.close] {
				r.fails = true
				return
			}
			next(func(s *referenceState) { s.closed[o.close] = true; s.done(t, "closed") })
			continue
		}
		able := false
		for i, c := range o.cases {
			buffer, capacity := s.buffers[c.channel], r.p.capacities[c.channel]
			switch {
			case c.send && s.closed[c.channel]:
				r.fails = true
				return
			case c.send && len(buffer) < capacity:
				able = true
				next(func(s *referenceState) {
					s.buffers[c.channel] = append(s.buffers[c.channel], c.value)
					s.done(t, fmt.Sprint(i))
				})
			case !c.send && len(buffer) > 0:
				able = true
				next(func(s *referenceState) {
					s.buffers[c.channel] = s.buffers[c.channel][1:]
					s.done(t, fmt.Sprint(i, buffer[0], true))
				})
			case !c.send && s.closed[c.channel]:
				able = true
				next(func(s *referenceState) { s.done(t, fmt.Sprint(i, 0, false)) })
			case capacity == 0 && c.send:
				for u := range r.p.threads {
					partner := r.at(s, u)
					if u == t || partner == nil || !r.waits(s, partner) && !r.waits(s, o) {
						continue
					}
					for j, d := range partner.cases {
						if d.channel == c.channel && !d.send {
							next(func(s *referenceState) {
								s.done(t, fmt.Sprint(i))
								s.done(u, fmt.Sprint(j, c.value, true))
							})
						}
					}
				}
			}
		}
		if o.try && !able {
			// A partner that is there may not wait yet.
			next(func(s *referenceState) { s.done(t, "default") })
		}
	}
	switch {
	case !running:
		r.outcomes[strings.Join(s.results, "|")] = true
	case !moved:
		r.fails = true
	}
}

// waits reports whether an operation may be waiting, so that another can meet it.
func (r *reference) waits(s referenceState, o *operation) bool {
	for _, c := range o.cases {
		n := len(s.buffers[c.channel])
		if s.closed[c.channel] || c.send && n < r.p.capacities[c.channel] || !c.send && n > 0 {
			return false
		}
	}
	return !o.try
}

// body is the program over channels of this package.
func (p program) body(note func(string)) func(x *explorer.T) {
	return func(x *explorer.T) {
		channels := make([]sync.Chan[int], len(p.capacities))
		for i, c := range p.capacities {
			channels[i] = sync.MakeChan[int](c)
		}
		results := make([]string, len(p.threads))
		for t, ops := range p.threads {
			x.Go("thread", func() {
				for _, o := range ops {
					results[t] += perform(channels, o) + ";"
				}
			})
		}
		x.Join()
		note(strings.Join(results, "|"))
	}
}

func perform(channels []sync.Chan[int], o operation) string {
	if o.close >= 0 {
		channels[o.close].Close()
		return "closed"
	}
	if c := o.cases[0]; len(o.cases) == 1 && c.value%2 == 0 {
		// Half of the single ones without Select.
		ch := channels[c.channel]
		switch {
		case c.send && o.try:
			if !ch.TrySend(c.value) {
				return "default"
			}
			return "0"
		case c.send:
			ch.Send(c.value)
			return "0"
		case o.try:
			v, ok, done := ch.TryRecv()
			if !done {
				return "default"
			}
			return fmt.Sprint(0, v, ok)
		}
		v, ok := ch.Recv()
		return fmt.Sprint(0, v, ok)
	}
	var v int
	var ok bool
	var cases []sync.Case
	for _, c := range o.cases {
		if c.send {
			cases = append(cases, channels[c.channel].SendCase(c.value))
		} else {
			cases = append(cases, channels[c.channel].RecvCase(&v, &ok))
		}
	}
	if o.try {
		cases = append(cases, sync.Default)
	}
	i := sync.Select(cases...)
	switch {
	case i == len(o.cases):
		return "default"
	case o.cases[i].send:
		return fmt.Sprint(i)
	}
	return fmt.Sprint(i, v, ok)
}

func TestRandomChannelPrograms(t *testing.T) {
	// On weak memory a try may see a channel as it was, and more happens than in the reference.
	strong, all := []string{"sc", "tso", "go"}, []string{"sc", "tso", "rc11", "go"}
	for _, c := range []struct {
		name          string
		tries, closes bool
		models        []string
	}{{"blocking", false, false, all}, {"closing", false, true, all}, {"trying", true, false, strong}, {"all", true, true, strong}} {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := programs(c.tries, c.closes).Draw(t, "program")
				r := reference{p: p}
				r.run()
				model := rapid.SampledFrom(c.models).Draw(t, "model")
				got := map[string]bool{}
				report, err := explorer.Run(context.Background(), p.body(func(s string) { got[s] = true }),
					explorer.Model(model), explorer.MaxSteps(1000), explorer.MaxExecutions(300))
				require.NoError(t, err)
				if report.Failure == nil && !report.Verified {
					t.Skip("too many executions")
				}
				require.Equal(t, r.fails, report.Failure != nil, "failure: %v\n%s", report, p)
				if !r.fails {
					require.Equal(t, slices.Sorted(maps.Keys(r.outcomes)), slices.Sorted(maps.Keys(got)), "%s", p)
				}
			})
		})
	}
}
