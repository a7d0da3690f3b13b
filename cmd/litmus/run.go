package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/model/models"
)

// format writes reports one way.
type format interface {
	write(b *bytes.Buffer, r *report) error
}

func newRun() *cobra.Command {
	var (
		s       settings
		name    string
		workers int
		seconds bool
	)
	c := &cobra.Command{
		Use:   "run FILE|DIR|@LIST|- …",
		Short: "Say what each model allows of each test",
		Long: `run decides litmus tests under memory models and prints their final states.

A directory stands for the *.litmus files in it and below it, sorted; @LIST for
the paths that the file LIST names, one a line, relative to it (# and (* *) are
comments); - for a test on standard input. Results come in the order of the
tests, whatever the number of workers.

A model is the name of a built-in one (see 'litmus list models') or the path of
a .cat file. Without --model each test runs under the model of its dialect.

The text format shows the final states as rows and the models as columns, with
the number of executions that end in each state; * marks the states in which
the condition's proposition holds. A verdict is about that proposition:
forbidden (no execution shows it), allowed (some do), required (all do), or
undefined (the program races).

With --engine explore the threads of a C test are run, step by step, by the
explorer that also runs Go code, instead of enumerating candidate executions. It
finds the same.`,
		Example: `  litmus run SB.litmus
  litmus run --model sc,tso,./mine.cat SB.litmus MP.litmus
  litmus run --format json -j 4 tests/ > results.jsonl
  litmus run --format herd @suite/list > suite.log`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.check(workers); err != nil {
				return err
			}
			f, err := newFormat(name, seconds, len(s.models), c.OutOrStdout())
			if err != nil {
				return err
			}
			return runAll(c.Context(), expand(args, c.InOrStdin()), s, workers, f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.StringSliceVarP(&s.models, "model", "m", nil, "models: names or paths of .cat files (default: by dialect)")
	flags.StringVarP(&name, "format", "f", "text", "text, herd (herd7's log) or json (one object a line)")
	flags.IntVarP(&workers, "workers", "j", runtime.NumCPU(), "tests run at the same time")
	flags.IntVar(&s.unroll, "unroll", 2, "how often a loop goes round before it is cut")
	flags.DurationVar(&s.timeout, "timeout", 0, "give a test up after this long, such as 30s (default: never)")
	flags.BoolVar(&seconds, "time", false, "json: tell the seconds that each test took")
	s.addEngine(c)
	return c
}

// check refuses settings that make no sense, and models that do not load.
func (s *settings) check(workers int) error {
	switch {
	case workers < 1:
		return fmt.Errorf("-j %d: at least one worker is needed", workers)
	case s.unroll < 0:
		return fmt.Errorf("--unroll %d: expected 0 or more", s.unroll)
	case s.timeout < 0:
		return fmt.Errorf("--timeout %v: expected 0 (none) or more", s.timeout)
	}
	if err := s.checkEngine(); err != nil {
		return err
	}
	for _, name := range s.models {
		if _, err := models.Load(name); err != nil {
			return plain(err)
		}
	}
	return nil
}

func newFormat(name string, seconds bool, models int, w io.Writer) (format, error) {
	switch name {
	case "text":
		return text{colours: isTerminal(w)}, nil
	case "json":
		return jsonLines{seconds}, nil
	case "herd":
		if models > 1 {
			return nil, fmt.Errorf("--format herd: herd's log has no place for a model's name: give one --model, not %d", models)
		}
		return herd{}, nil
	}
	return nil, fmt.Errorf("--format %s: expected text, herd or json", name)
}

// finished is a report that has been turned into what will be printed.
type finished struct {
	out  []byte
	errs []string // what is wrong with the input
}

// runAll runs the inputs and prints their reports, in order.
func runAll(ctx context.Context, inputs []input, s settings, workers int, f format, stdout, stderr io.Writer) error {
	var bar *progress
	if !isTerminal(stdout) { // results that scroll by are progress enough
		bar = newProgress(stderr, len(inputs), "tests")
	}
	bad := 0
	var broken error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := inOrder(ctx, len(inputs), workers,
		func() func(int) (finished, bool) {
			r := newRunner(s)
			return func(i int) (finished, bool) {
				rep, done := r.run(ctx, &inputs[i])
				if !done {
					rep.err = fmt.Errorf("%s: interrupted", rep.file)
				}
				return finish(rep, f), done
			}
		},
		func(_ int, r finished) {
			if len(r.errs) > 0 {
				bad++
				bar.clear()
				for _, e := range r.errs {
					fmt.Fprintln(stderr, e)
				}
			}
			if _, err := stdout.Write(r.out); err != nil && broken == nil {
				broken = err
				stop()
			}
			bar.step()
		},
		func(_ int, r finished) {
			bar.clear()
			for _, e := range r.errs {
				fmt.Fprintln(stderr, e)
			}
			if _, err := stdout.Write(r.out); err != nil && broken == nil {
				broken = err
			}
		})
	bar.clear()
	switch {
	case broken != nil:
		return broken
	case done < len(inputs):
		return exit(exitInterrupted, "interrupted: %d of %d tests not run", len(inputs)-done, len(inputs))
	case bad > 0:
		return exit(exitBad, "%d of %d tests could not be decided", bad, len(inputs))
	}
	return nil
}

// finish formats a report. A test outside the models' reach gets no verdict in
// the formats that people read: only json, which says so beside them, has its states.
// What was found of a test that was not finished is in text and json.
func finish(r *report, f format) finished {
	var out finished
	err := r.err
	if err == nil {
		err = r.unsupported()
	}
	if err != nil {
		out.errs = strings.Split(err.Error(), "\n")
	}
	_, all := f.(jsonLines)
	_, people := f.(text)
	if err == nil || all || people && r.cut {
		var b bytes.Buffer
		if err := f.write(&b, r); err != nil {
			out.errs = append(out.errs, fmt.Sprintf("%s: %v", r.file, err))
		}
		out.out = b.Bytes()
	}
	return out
}
