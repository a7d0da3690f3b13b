// Package mutate finds out which parts of a concurrent program matter: it explores the program with one thing in it
// changed, and it searches for the weakest memory orderings with which it still holds.
//
// Nothing is compiled anew. [New] explores some client programs and notes every [Site], a line of source where they
// operate on modelled memory: two loads on one line, of one ordering, are changed together. Operations are then changed on their way to the explorer.
//
//	code, err := mutate.New(ctx, mutate.Config{
//		Packages: []string{"example.com/queue"},
//		Programs: []mutate.Program{{Name: "two producers", Body: func(x *explorer.T) { … }}},
//	})
//	for _, m := range code.Mutants() {
//		verdict, err := code.Try(ctx, m)        // killed by which program, and how?
//	}
//	weakest, err := code.Weakest(ctx, nil)      // every minimal assignment of orderings
//
// # Mutants
//
// A mutant is named SITE=CHANGE:
//
//   - an ordering one step weaker, "Push/tail.Store=relaxed"; for the ordering of a compare-and-swap that fails,
//     "Push/head.CompareAndSwap=failed:relaxed"; a fence weaker, or dropped, "Push/Fence=none";
//   - a variable that is not atomic, "tail=plain": accesses to it may race;
//   - a load that looks at a variable again and does not look, but takes what its goroutine last knew of the variable:
//     a check left out, "Read/version.Load=stale";
//   - a wait that does not wait, "Synchronize/wait=nowait";
//   - memory freed too early, before what its goroutine learnt last from another: "Collect/Free=early";
//   - a function that takes no locks of package primitives/sync, "Transfer=unlocked".
//
// A mutant that no program kills shows a program that is missing, an ordering that is stronger than it need be, or,
// rarely, that the change makes no difference.
//
// # Cost
//
// A mutant that is killed costs little, one that survives a whole exploration of each program. The search for the weakest
// orderings makes about as many explorations as there are orderings, times the minimal assignments and maximal failing
// ones that there are: the number of both may be exponential in that of orderings, and in protocols is small.
package mutate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/sim"
)

// Program is a client that runs the code that is changed, and fails if that does not do what it promises.
type Program struct {
	Name string
	Body func(x *explorer.T)
}

// Config says what is changed, and what has to hold.
type Config struct {
	Programs []Program
	// Packages are the import paths of those whose sites are changed; none: all, but the explorer's own, and atomic, mem,
	// sync and wait of primitives/.
	Packages []string
	// Model is the memory model to explore under; "": rc11.
	Model string
	// Source returns the text of a file of a package, where sites get their names from; nil: it is read from where the
	// compiler found it. Without source, sites are named by their lines.
	Source func(pkg, file string) ([]byte, error)
	// MaxExecutions bounds each exploration, and MaxSteps the operations of one goroutine, beyond which it is taken to go
	// round for ever; 0: 100,000 and 1,000. A change may make an exploration much larger.
	MaxExecutions, MaxSteps int
}

// Code is a program whose sites are known. Its methods may be called by several goroutines at once.
type Code struct {
	config  Config
	sites   []*Site
	locks   []string // functions that take locks
	mutants []Mutant
	callers sync.Map // of callers to *place
}

// New explores the programs and notes their sites. It fails if a program does not hold as it is, or reaches a bound.
func New(ctx context.Context, config Config) (*Code, error) {
	if config.Model == "" {
		config.Model = "rc11"
	}
	if config.MaxExecutions == 0 {
		config.MaxExecutions = 100_000
	}
	if config.MaxSteps == 0 {
		config.MaxSteps = 1000
	}
	if len(config.Programs) == 0 {
		return nil, errors.New("mutate: no program is given that could tell a change")
	}
	c := &Code{config: config}
	s := newSurvey(c)
	for _, p := range config.Programs {
		r, err := c.explore(ctx, p, s)
		if err != nil {
			return nil, err
		}
		switch {
		case r.Failure != nil:
			return nil, fmt.Errorf("mutate: program %s fails as it is: %s", p.Name, r.Failure.Failure.Message)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !r.Verified:
			return nil, fmt.Errorf("mutate: program %s is not verified as it is: %s", p.Name, r)
		}
	}
	c.sites, c.locks = s.finish()
	c.mutants = c.enumerate()
	return c, nil
}

func (c *Code) explore(ctx context.Context, p Program, i sim.Interceptor) (*explorer.Report, error) {
	return explorer.Run(ctx, p.Body, explorer.Model(c.config.Model),
		explorer.MaxExecutions(c.config.MaxExecutions), explorer.MaxSteps(c.config.MaxSteps),
		explorer.Intercept(i))
}

// Sites returns the sites, by function and line.
func (c *Code) Sites() []*Site {
	return slices.DeleteFunc(slices.Clone(c.sites), func(s *Site) bool { return s.outside })
}

// Mutants returns every change.
func (c *Code) Mutants() []Mutant { return c.mutants }

// Named returns the mutant of a name.
func (c *Code) Named(name string) (Mutant, bool) {
	i := slices.IndexFunc(c.mutants, func(m Mutant) bool { return m.Name == name })
	if i < 0 {
		return Mutant{}, false
	}
	return c.mutants[i], true
}

// Verdict is what became of a mutant.
type Verdict struct {
	Killed  bool
	Program string           // that killed it
	Report  *explorer.Report // of that program
	Bounds  []string         // that programs hit which did not kill it
}

// Try explores the programs with a change, one after another until one fails.
func (c *Code) Try(ctx context.Context, m Mutant) (Verdict, error) {
	return c.try(ctx, m, c.config.Programs)
}

func (c *Code) try(ctx context.Context, i sim.Interceptor, programs []Program) (Verdict, error) {
	var v Verdict
	for _, p := range programs {
		r, err := c.explore(ctx, p, i)
		if err != nil {
			return v, err
		}
		if ctx.Err() != nil {
			return v, ctx.Err()
		}
		if r.Failure != nil {
			return Verdict{Killed: true, Program: p.Name, Report: r}, nil
		}
		for _, b := range r.Bounds {
			v.Bounds = append(v.Bounds, p.Name+": "+b)
		}
	}
	return v, nil
}
