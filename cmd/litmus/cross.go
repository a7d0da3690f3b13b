package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/stress"
)

// newCross returns the command. It runs tests by run, or in child processes if that is nil.
func newCross(run runOne) *cobra.Command {
	var (
		x       = crossing{run: run}
		model   string
		name    string
		workers int
	)
	c := &cobra.Command{
		Use:   "cross [FILE|DIR|@LIST|- …]",
		Short: "Hold the axiomatic engine, the explorer and this processor against each other",
		Long: `cross finds the final states of each test in several ways, and prints them side
by side, a column each:

  axiomatic  candidate executions, held against the model of the dialect
  explorer   C tests, run step by step under rc11
  processor  tests in this processor's dialect, and C tests lowered to it by the
             first of its mappings, run for a while

Arguments are as in 'litmus run'; without any it takes the embedded catalogue.

The cells count states. What is exact must have every state that another column
has: else that is a contradiction, which is told below the table, with the state
that only some have and the axiom and the cycle against it, or an execution that
ends in it. States that the processor never showed are no contradiction. N+ is a
bound that was hit: there may be more states. Tests that race are undefined, so
that there is nothing to hold the processor against. What a column does not
speak is said in its cell, or below the table if it speaks of no test at all.

A C test runs under rc11, but on processors that buffer loads, which rc11
forbids and C11 allows, what the processor shows is held against c11.

While the processor runs a test, nothing else does. Exit codes: 0 no
contradiction, 1 some, 2 bad input.`,
		Example: `  litmus cross SB.litmus
  litmus cross --time 2s tests/
  litmus cross --columns axiomatic,explorer --model go tests/c
  litmus cross --format json > crossed.jsonl`,
		RunE: func(c *cobra.Command, args []string) error {
			x.engine = axiomatic
			if model != "" {
				x.models = []string{model}
			}
			if err := x.check(workers); err != nil {
				return err
			}
			var f crossFormat
			switch name {
			case "text":
				f = &crossTable{colours: isTerminal(c.OutOrStdout()), columns: x.columns}
			case "json":
				f = crossLines{}
			default:
				return fmt.Errorf("--format %s: expected text or json", name)
			}
			if x.run == nil {
				child := newChild(c.ErrOrStderr())
				defer child.close()
				x.run = child.run
			}
			inputs := expand(args, c.InOrStdin())
			if len(args) == 0 {
				for _, e := range catalog.Files() {
					inputs = append(inputs, input{file: e.File, text: e.Text})
				}
			}
			return x.all(c.Context(), inputs, workers, f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.StringVarP(&model, "model", "m", "", "model: a name or the path of a .cat file (default: by dialect)")
	flags.StringSliceVar(&x.columns, "columns", columnNames, "the columns to fill")
	flags.DurationVar(&x.stress.Time, "time", 200*time.Millisecond, "how long the processor runs each test")
	flags.Uint64Var(&x.stress.Seed, "seed", 1, "of the parameters with which the processor runs tests")
	flags.StringVarP(&name, "format", "f", "text", "text or json (one object a line)")
	flags.IntVarP(&workers, "workers", "j", runtime.NumCPU(), "tests that the other columns work on at the same time")
	flags.IntVar(&x.unroll, "unroll", 2, "how often a loop goes round before it is cut")
	flags.DurationVar(&x.timeout, "timeout", 0, "how long the axiomatic engine, or the explorer, may take for a test, such as 30s (default: no bound)")
	return c
}

// columnNames are the columns there are, from left to right.
var columnNames = []string{axiomatic, "explorer", "processor"}

// crossing is what is asked for.
type crossing struct {
	settings // of the engines; at most one model
	columns  []string
	run      runOne
	stress   stress.Options
	quiet    sync.RWMutex // held by whoever needs the machine for himself; for reading by all others at work
}

// check refuses options that make no sense.
func (x *crossing) check(workers int) error {
	if err := x.settings.check(workers); err != nil {
		return err
	}
	for i, name := range x.columns {
		switch {
		case !slices.Contains(columnNames, name):
			return fmt.Errorf("--columns: no column %q: expected %s", name, strings.Join(columnNames, ", "))
		case slices.Contains(x.columns[:i], name):
			return fmt.Errorf("--columns: %s twice", name)
		}
	}
	if len(x.columns) == 0 {
		return fmt.Errorf("--columns: expected some of %s", strings.Join(columnNames, ", "))
	}
	slices.SortFunc(x.columns, func(a, b string) int { return slices.Index(columnNames, a) - slices.Index(columnNames, b) })
	if x.stress.Time <= 0 {
		return fmt.Errorf("--time %v: expected more than 0", x.stress.Time)
	}
	return nil
}

// open returns the columns, for one goroutine.
func (x *crossing) open() []column {
	var list []column
	for _, name := range x.columns {
		s := x.settings
		switch name {
		case axiomatic:
			s.engine = axiomatic
			list = append(list, axiomaticColumn{newRunner(s)})
		case "explorer":
			s.engine = explore
			list = append(list, explorerColumn{newRunner(s)})
		case "processor":
			list = append(list, processorColumn{x.run, x.stress})
		}
	}
	return list
}

// crossed is what came of one test.
type crossed struct {
	*report
	claims []claim // from left to right; a column may be asked under more than one model, its own first
	comparison
	untold int // how many of the disagreements are not explained
}

// verdict says it in a word.
func (c *crossed) verdict() string {
	switch {
	case len(c.disagreements) > 0:
		return "contradiction"
	case c.cut:
		return "interrupted"
	case c.undefined:
		return "undefined"
	case len(c.open) > 0:
		return "open"
	case c.held == 0:
		return "alone"
	}
	return "agree"
}

// told is how many disagreements about a test are explained, and how many reasons for a column's silence are told.
const told = 3

// crosser crosses tests one after another. It belongs to one goroutine.
type crosser struct {
	*crossing
	*runner // explains
	columns []column
}

// cross asks the columns about one input. It reports false if the end of ctx cut it short.
func (w *crosser) cross(ctx context.Context, in *input) (crossed, bool) {
	c := crossed{report: &report{file: in.file}}
	text, err := in.read()
	if err == nil {
		c.test, err = litmus.Parse(in.file, text)
	}
	if c.err = err; err != nil {
		return c, true
	}
	chosen := ""
	if len(w.crossing.models) > 0 {
		chosen = w.crossing.models[0]
	}
	for _, col := range w.columns {
		q := inquiry{file: in.file, text: text, test: c.test, model: col.model(c.test, chosen)}
		under := func(x claim) bool { return x.model == q.model }
		if len(c.claims) > 0 && !slices.ContainsFunc(c.claims, under) {
			c.claims = append(c.claims, w.ask(ctx, w.columns[0], q))
		}
		q.undefined = slices.ContainsFunc(c.claims, func(x claim) bool { return under(x) && x.undefined })
		c.claims = append(c.claims, w.ask(ctx, col, q))
	}
	c.cut = ctx.Err() != nil
	c.comparison = compare(c.claims)
	w.quiet.RLock()
	defer w.quiet.RUnlock()
	for i := range c.disagreements {
		d := &c.disagreements[i]
		switch {
		case d.State == "":
		case i < told:
			d.Explanation = w.explainState(ctx, c.test, d.Model, d.State)
		default:
			c.untold++
		}
	}
	return c, !c.cut
}

func (w *crosser) ask(ctx context.Context, col column, q inquiry) claim {
	if col.alone() {
		w.quiet.Lock()
		defer w.quiet.Unlock()
	} else {
		w.quiet.RLock()
		defer w.quiet.RUnlock()
	}
	return col.ask(ctx, q)
}

// errors are what kept columns from an answer that they owe, or all of them from any.
func (c *crossed) errors() []string {
	if c.err != nil {
		return strings.Split(c.err.Error(), "\n")
	}
	var failed, all []string
	for i := range c.claims {
		x := &c.claims[i]
		if x.silent == nil {
			continue
		}
		line := fmt.Sprintf("%s: %s: %s", c.file, x.column, x.why(c.file))
		all = append(all, line)
		if x.failed {
			failed = append(failed, line)
		}
	}
	if len(failed) == 0 && len(all) == len(c.claims) {
		return all
	}
	return failed
}

// crossFormat shows what was crossed, test by test, then whatever it kept for the end.
type crossFormat interface {
	test(w io.Writer, c *crossed) error
	end(w io.Writer) error
}

// all crosses the inputs and shows what came of it.
func (x *crossing) all(ctx context.Context, inputs []input, workers int, f crossFormat, stdout, stderr io.Writer) error {
	bar := newProgress(stderr, len(inputs), "tests")
	var bad, contradicted int
	var broken error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	emit := func(_ int, c crossed) {
		if errs := c.errors(); len(errs) > 0 && !c.cut {
			bad++
			bar.clear()
			for _, line := range errs {
				fmt.Fprintln(stderr, line)
			}
		}
		if len(c.disagreements) > 0 {
			contradicted++
		}
		if err := f.test(stdout, &c); err != nil && broken == nil {
			broken = err
			stop()
		}
		bar.step()
	}
	done := inOrder(ctx, len(inputs), workers,
		func() func(int) (crossed, bool) {
			w := &crosser{x, newRunner(x.settings), x.open()}
			return func(i int) (crossed, bool) { return w.cross(ctx, &inputs[i]) }
		}, emit,
		func(i int, c crossed) {
			if slices.ContainsFunc(c.claims, func(x claim) bool { return x.silent == nil }) {
				emit(i, c)
			}
		})
	bar.clear()
	if broken == nil {
		broken = f.end(stdout)
	}
	switch {
	case broken != nil:
		return broken
	case done < len(inputs):
		return exit(exitInterrupted, "interrupted: %d of %d tests not crossed; contradictions in %d", len(inputs)-done, len(inputs), contradicted)
	case contradicted > 0:
		return exit(exitMismatch, "contradictions in %d of %d tests", contradicted, len(inputs))
	case bad > 0:
		return exit(exitBad, "%d of %d tests could not be crossed", bad, len(inputs))
	}
	return nil
}
