package explorer

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/explorer/sim"
)

// Option says what to explore and how far.
type Option func(*config) error

type config struct {
	models   []string
	timeout  time.Duration
	search   search.Config
	estimate bool
	token    string
}

// Model chooses the memory models to explore under: sc, tso, pso, ra, rc11 (the default), go, or the path, ending in
// .cat, of a model in the cat language over the events of C11.
//
// A model in a file takes some ten times longer. It must forbid cycles of po and rf, such as load buffering: one that
// does not is an error. And it must judge what threads have done so far as it judges all of it: an execution that is allowed is
// allowed without its last events. Starting a goroutine and waiting for its end appear in it as a release and an
// acquire, of a location of their own, and what the types of primitives/sync do inside as relaxed accesses. Data races on cells are those of rc11.
func Model(names ...string) Option {
	return func(c *config) error {
		if len(names) == 0 {
			return fmt.Errorf("Model: no name given: have %s", strings.Join(Models(), ", "))
		}
		for _, n := range names {
			if err := search.Check(n); err != nil {
				return err
			}
		}
		c.models = names
		return nil
	}
}

// MaxExecutions bounds the number of runs of the body. A report says so if the bound was hit.
func MaxExecutions(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("MaxExecutions(%d): it must be at least 1", n)
		}
		c.search.MaxExecutions = uint64(n)
		return nil
	}
}

// MaxPreemptions explores only executions that some schedule with at most n preemptions has: places where a
// goroutine stops though it could go on.
func MaxPreemptions(n int) Option {
	return func(c *config) error {
		if n < 0 {
			return fmt.Errorf("MaxPreemptions(%d): it must not be negative", n)
		}
		c.search.Preemptions = n + 1
		return nil
	}
}

// MaxSteps bounds the modelled operations of one goroutine; 10,000 if not given.
func MaxSteps(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("MaxSteps(%d): it must be at least 1", n)
		}
		c.search.MaxEvents = n
		return nil
	}
}

// Timeout bounds the time that an exploration takes. A report says so if it was up.
func Timeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("Timeout(%v): it must be positive", d)
		}
		c.timeout = d
		return nil
	}
}

// Workers explores on n goroutines at once. The body must then be fit to run several times at once.
func Workers(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("Workers(%d): it must be at least 1", n)
		}
		c.search.Workers = n
		return nil
	}
}

// Sample runs n random executions instead of all.
func Sample(n int, seed uint64) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("Sample(%d): it must be at least 1", n)
		}
		c.search.Sample, c.search.Seed, c.search.PCT = uint64(n), seed, 0
		return nil
	}
}

// PCT runs n random executions, scheduled by random priorities that change at depth-1 random steps: a failure that
// needs depth ordering constraints is found with a known probability (Burckhardt et al., ASPLOS 2010).
func PCT(depth, n int, seed uint64) Option {
	return func(c *config) error {
		if n < 1 || depth < 1 {
			return fmt.Errorf("PCT(%d, %d): both must be at least 1", depth, n)
		}
		c.search.Sample, c.search.Seed, c.search.PCT = uint64(n), seed, depth
		return nil
	}
}

// Estimate guesses the number of executions first, and reports it.
func Estimate() Option {
	return func(c *config) error {
		c.estimate = true
		return nil
	}
}

// Symmetric says that goroutines that [T.Go] starts one after another with the same name are equal:
// executions that differ only in which of them is which are explored once.
func Symmetric() Option {
	return func(c *config) error {
		c.search.Symmetric = true
		return nil
	}
}

// Intercept shows operations on modelled memory to an interceptor, which may change them: package mutate is made of it.
// With several workers it is called by several goroutines.
func Intercept(i sim.Interceptor) Option {
	return func(c *config) error {
		c.search.Intercept = i
		return nil
	}
}

// Progress keeps in runs the number of runs of the body that were made so far.
func Progress(runs *atomic.Uint64) Option {
	return func(c *config) error {
		c.search.Progress = runs
		return nil
	}
}

// Replay runs only the execution that a report's token names.
func Replay(token string) Option {
	return func(c *config) error {
		c.token = token
		return nil
	}
}

// setting is an option that a flag of the test binary, or the environment, may give. It overrides what the
// test itself asks for.
type setting struct {
	name, usage string
	option      func(value string) (Option, error)
}

func number(option func(int) Option) func(string) (Option, error) {
	return func(v string) (Option, error) {
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number", v)
		}
		return option(n), nil
	}
}

var settings = []setting{
	{"model", "explore under `models`, separated by commas", func(v string) (Option, error) { return Model(strings.Split(v, ",")...), nil }},
	{"executions", "stop after `n` runs of the body", number(MaxExecutions)},
	{"preemptions", "explore schedules with at most `n` preemptions", number(MaxPreemptions)},
	{"steps", "let no goroutine make more than `n` steps", number(MaxSteps)},
	{"workers", "explore on `n` goroutines", number(Workers)},
	{"timeout", "stop after a `duration`", func(v string) (Option, error) {
		d, err := time.ParseDuration(v)
		return Timeout(d), err
	}},
	{"sample", "run `n` or n:seed random executions", func(v string) (Option, error) {
		f, err := fields(v, 1)
		if err != nil {
			return nil, err
		}
		return Sample(int(f[0]), f[1]), nil
	}},
	{"pct", "run `depth:n` or depth:n:seed random executions with random priorities", func(v string) (Option, error) {
		f, err := fields(v, 2)
		if err != nil {
			return nil, err
		}
		return PCT(int(f[0]), int(f[1]), f[2]), nil
	}},
	{"estimate", "`true`: estimate the number of executions first", func(v string) (Option, error) {
		on, err := strconv.ParseBool(v)
		if !on {
			return func(c *config) error { c.estimate = false; return nil }, err
		}
		return Estimate(), err
	}},
	{"replay", "run only the execution that a `token` names", func(v string) (Option, error) { return Replay(v), nil }},
}

// fields parses n numbers separated by colons, and a seed, which may be missing.
func fields(v string, n int) ([]uint64, error) {
	parts := strings.Split(v, ":")
	if len(parts) == n {
		parts = append(parts, "1")
	}
	if len(parts) != n+1 {
		return nil, fmt.Errorf("%q: want %d numbers, separated by colons, and perhaps a seed", v, n)
	}
	out := make([]uint64, n+1)
	for i, p := range parts {
		u, err := strconv.ParseUint(p, 10, 31)
		if i == n {
			u, err = strconv.ParseUint(p, 10, 64)
		}
		if err != nil {
			return nil, fmt.Errorf("%q: %q is not a number", v, p)
		}
		out[i] = u
	}
	return out, nil
}

var flags = map[string]*string{}

func init() {
	flags["html"] = flag.String("explorer.html", "", "write a failing execution to `file`, as a page (explorer)")
	flags["dot"] = flag.String("explorer.dot", "", "write a failing execution to `file`, as a Graphviz graph (explorer)")
	for _, s := range settings {
		flags[s.name] = flag.String("explorer."+s.name, "", s.usage+" (explorer)")
	}
}

// configure applies options, then the environment, then flags.
func configure(options []Option) (*config, error) {
	c := &config{models: []string{"rc11"}}
	for _, o := range options {
		if err := o(c); err != nil {
			return nil, err
		}
	}
	for _, s := range settings {
		variable := "EXPLORER_" + strings.ToUpper(s.name)
		from, value := "-explorer."+s.name, *flags[s.name]
		if value == "" {
			from, value = variable, os.Getenv(variable)
		}
		if value == "" {
			continue
		}
		o, err := s.option(value)
		if err == nil {
			err = o(c)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", from, err)
		}
	}
	return c, nil
}
