package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
)

// selection is what the arguments and flags of explore ask for.
type selection struct {
	protocols []catalog.Protocol
	models    []string
	programs  []string // by name; empty: all
	mistakes  bool
}

// limits bound each exploration; zero values do not.
type limits struct {
	executions int
	timeout    time.Duration
}

func newExplore(protocols []catalog.Protocol) *cobra.Command {
	var (
		s       selection
		l       limits
		name    string
		html    string
		workers int
		seconds bool
		mutants bool
		mutant  string
	)
	c := &cobra.Command{
		Use:   "explore [PROTOCOL …|all|list]",
		Short: "Run the programs of the built-in protocols through every execution",
		Long: `explore runs client programs of the protocols in primitives/ through every
execution that a memory model allows, and prints for each how many executions
it has, how many runs led nowhere, and a verdict: verified (all executions were
explored, and none fails), FAILED, or bound hit (not all were explored).

Without arguments, or with list, it lists the protocols and their programs.

A model is one of sc, tso, pso, ra, rc11 and go, the path of a .cat file, or all:
the models that every program is verified under. Under rc11, the default,
orderings count for exactly what they promise.

--mistakes runs, instead of the programs, those that use the protocol wrongly, or
build it wrongly. Each must fail, and its failure is shown.

--mutants changes the protocol, one thing at a time: an ordering is one step
weaker, an atomic variable is plain, a second look is left out, and so on. It
prints which program fails for each; where none can, it is listed as equivalent,
with the reason. --mutate NAME shows the failure of one mutant.

A failure is shown with each goroutine's steps, the write that each read took,
and why it was allowed to; --html writes the first one as a page.

Exit codes: 0 all as expected, 1 some not, 2 bad names or options, 130
interrupted: what is known by then is printed.`,
		Example: `  litmus explore
  litmus explore ring
  litmus explore ring seqlock --model all
  litmus explore all --format json > explored.jsonl
  litmus explore rcu --mistakes --html rcu.html
  litmus explore guard --mutants
  litmus explore guard --mutate Copy.Load/current.Load=relaxed`,
		ValidArgs: append(protocolNames(protocols), "all", "list"),
		RunE: func(c *cobra.Command, args []string) error {
			forTestsOnly()
			if len(args) == 0 || slices.Equal(args, []string{"list"}) {
				return listProtocols(c.OutOrStdout(), protocols, isTerminal(c.OutOrStdout()))
			}
			var err error
			if s.protocols, err = chooseProtocols(protocols, args); err != nil {
				return err
			}
			if err := s.check(); err != nil {
				return err
			}
			if err := l.check(workers); err != nil {
				return err
			}
			f, err := newExploreFormat(name, seconds, c.OutOrStdout())
			if err != nil {
				return err
			}
			r := exploring{limits: l, workers: workers, format: f, html: html, stdout: c.OutOrStdout(), stderr: c.ErrOrStderr()}
			if mutants || mutant != "" {
				if len(s.protocols) != 1 && !mutants {
					return fmt.Errorf("--mutate %s: of which protocol? expected one, not %s", mutant, strings.Join(protocolNames(s.protocols), ", "))
				}
				f, err := newMutantFormat(name, !mutants, c.OutOrStdout())
				if err != nil {
					return err
				}
				return r.mutants(c.Context(), s.protocols, mutant, f)
			}
			return r.run(c.Context(), s.explorations())
		},
	}
	flags := c.Flags()
	flags.StringSliceVarP(&s.models, "model", "m", []string{"rc11"}, "models: names, paths of .cat files, or all")
	flags.StringSliceVar(&s.programs, "program", nil, "only the programs of these names")
	flags.BoolVar(&s.mistakes, "mistakes", false, "run the mistakes, each of which must fail, and show the failures")
	flags.BoolVar(&mutants, "mutants", false, "try every mutant, under rc11: some program must fail")
	flags.StringVar(&mutant, "mutate", "", "show the failure of the mutant of this name, under rc11")
	flags.StringVarP(&name, "format", "f", "text", "text or json (one object a line)")
	flags.StringVar(&html, "html", "", "write the first failing execution to this file, as a page")
	flags.IntVarP(&workers, "workers", "j", runtime.NumCPU(), "programs explored at the same time")
	flags.BoolVar(&seconds, "time", false, "tell how long each program took")
	flags.IntVar(&l.executions, "executions", 0, "stop each program after so many runs (default: never)")
	flags.DurationVar(&l.timeout, "timeout", 0, "stop each program after this long, such as 30s (default: never)")
	c.MarkFlagsMutuallyExclusive("mistakes", "mutants", "mutate")
	for _, other := range []string{"model", "program", "executions", "timeout", "time"} {
		c.MarkFlagsMutuallyExclusive("mutants", other)
		c.MarkFlagsMutuallyExclusive("mutate", other)
	}
	c.MarkFlagsMutuallyExclusive("mutants", "html")
	return c
}

// forTestsOnly takes the explorer's settings of 'go test' out of the environment: they would override the flags.
func forTestsOnly() {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "EXPLORER_") {
			os.Unsetenv(name)
		}
	}
}

func protocolNames(protocols []catalog.Protocol) []string {
	var names []string
	for _, p := range protocols {
		names = append(names, p.Name)
	}
	return names
}

// chooseProtocols returns those of the names, in the order of the names; all stands for all.
func chooseProtocols(protocols []catalog.Protocol, names []string) ([]catalog.Protocol, error) {
	if slices.Equal(names, []string{"all"}) {
		return protocols, nil
	}
	var chosen []catalog.Protocol
	for _, name := range names {
		i := slices.IndexFunc(protocols, func(p catalog.Protocol) bool { return p.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown protocol %s: the protocols are %s; all stands for all of them", name, strings.Join(protocolNames(protocols), ", "))
		}
		chosen = append(chosen, protocols[i])
	}
	return chosen, nil
}

// check refuses what does not exist, and puts the names of models for all.
func (s *selection) check() error {
	if slices.Equal(s.models, []string{"all"}) {
		s.models = catalog.Models()
	}
	for _, name := range s.models {
		// What is wrong with a model is said before anything runs.
		if _, err := explorer.Run(context.Background(), func(*explorer.T) {}, explorer.Model(name)); err != nil {
			return fmt.Errorf("--model: %w; all stands for %s", err, strings.Join(catalog.Models(), ", "))
		}
	}
	var names []string
	for _, p := range s.protocols {
		for _, program := range s.candidates(p) {
			names = append(names, program.Name)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("%s: no %ss", strings.Join(protocolNames(s.protocols), ", "), s.what())
	}
	for _, name := range s.programs {
		if !slices.Contains(names, name) {
			return fmt.Errorf("unknown %s %s: the %[1]ss of %[3]s are %[4]s", s.what(), name, strings.Join(protocolNames(s.protocols), ", "), strings.Join(names, ", "))
		}
	}
	return nil
}

func (s *selection) what() string {
	if s.mistakes {
		return "mistake"
	}
	return "program"
}

// candidates are the programs of a protocol that may be chosen from, as mistakes if they are not to hold.
func (s *selection) candidates(p catalog.Protocol) []catalog.Mistake {
	if s.mistakes {
		return p.Mistakes
	}
	var all []catalog.Mistake
	for _, program := range p.Programs {
		all = append(all, catalog.Mistake{Program: program})
	}
	return all
}

// explorations lists what is to be run, protocol by protocol.
func (s *selection) explorations() []*exploration {
	var all []*exploration
	for _, p := range s.protocols {
		for _, m := range s.candidates(p) {
			if len(s.programs) > 0 && !slices.Contains(s.programs, m.Name) {
				continue
			}
			for _, model := range s.models {
				all = append(all, &exploration{protocol: p, program: m.Program, mistake: s.mistakes, fails: m.Fails, model: model})
			}
		}
	}
	return all
}

func (l *limits) check(workers int) error {
	switch {
	case workers < 1:
		return fmt.Errorf("-j %d: at least one worker is needed", workers)
	case l.executions < 0:
		return fmt.Errorf("--executions %d: expected 0 (no bound) or more", l.executions)
	case l.timeout < 0:
		return fmt.Errorf("--timeout %v: expected 0 (none) or more", l.timeout)
	}
	return nil
}
