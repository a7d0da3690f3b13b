package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
)

func newCheck() *cobra.Command {
	var (
		s       settings
		name    string
		workers int
	)
	c := &cobra.Command{
		Use:   "check [FILE|DIR|@LIST|- …]",
		Short: "Hold tests against the verdicts that they expect",
		Long: `check runs tests under every model that they name an expected verdict for:
the tests of the embedded catalogue, or those of the arguments (as in 'litmus
run'), and prints a table of tests and models. Differences are told in full below it.

A test names what it expects in its header, before the initial state:

  Expect=sc:forbidden tso:allowed

Each item is MODEL:VERDICT. A model is a built-in one, or the path of a .cat
file. A verdict is about the condition's proposition, whatever its quantifier:
forbidden (no execution shows it), allowed (some do), required (all do), or
undefined (the program races).

With --engine explore what is expected of other tests and models than those
that the explorer has is left out.

Exit codes: 0 all as expected, 1 some not, 2 bad input.`,
		Example: `  litmus check
  litmus check tests/ mine.litmus
  litmus check --format json > verdicts.jsonl`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.check(workers); err != nil {
				return err
			}
			var f checkFormat
			switch name {
			case "text":
				f = &checkTable{colours: isTerminal(c.OutOrStdout())}
			case "json":
				f = checkLines{}
			default:
				return fmt.Errorf("--format %s: expected text or json", name)
			}
			inputs := expand(args, c.InOrStdin())
			if len(args) == 0 {
				for _, e := range catalog.Files() {
					inputs = append(inputs, input{file: e.File, text: e.Text})
				}
			}
			return checkAll(c.Context(), inputs, s, workers, f, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.StringVarP(&name, "format", "f", "text", "text or json (one object a line)")
	flags.IntVarP(&workers, "workers", "j", runtime.NumCPU(), "tests run at the same time")
	flags.IntVar(&s.unroll, "unroll", 2, "how often a loop goes round before it is cut")
	flags.DurationVar(&s.timeout, "timeout", 0, "give a test up after this long, such as 30s (default: never)")
	s.addEngine(c)
	return c
}

// checked is what came of one input's expectations.
type checked struct {
	*report
	verdicts []expected // in the order of test.Expect, as far as the engine can judge them
}

// expected is a verdict beside the one that was expected.
type expected struct {
	Model    string         `json:"model"`
	Expected litmus.Verdict `json:"expected"`
	Verdict  litmus.Verdict `json:"verdict"`
	OK       bool           `json:"ok"`
	result   *enumerate.Result
}

// check runs one input under the models of its expectations.
func (r *runner) check(ctx context.Context, in *input) (checked, bool) {
	c := checked{report: r.parse(in)}
	if c.err != nil {
		return c, true
	}
	if len(c.test.Expect) == 0 {
		c.err = fmt.Errorf("%s: nothing to check: expected a header line such as Expect=sc:forbidden tso:allowed", c.file)
		return c, true
	}
	var chosen []namedModel
	var held []litmus.Expectation
	for _, x := range c.test.Expect {
		m, err := r.load(x.Model)
		if err != nil {
			c.err = source.Errorf(x.Pos, "Expect: %v", err)
			return c, true
		}
		if !r.judges(c.test, x.Model) {
			continue
		}
		chosen = append(chosen, m)
		held = append(held, x)
	}
	r.decide(ctx, c.report, chosen)
	if ctx.Err() != nil {
		return c, false
	}
	if c.err == nil {
		c.err = c.unsupported()
	}
	if c.err == nil {
		for i, x := range held {
			v := verdict(c.results[i])
			c.verdicts = append(c.verdicts, expected{x.Model, x.Verdict, v, v == x.Verdict, c.results[i]})
		}
	}
	return c, true
}

// checkFormat shows what was checked, test by test, then whatever it kept for the end.
type checkFormat interface {
	test(w io.Writer, c checked) error
	end(w io.Writer) error
}

// checkAll checks the inputs and shows what came of it.
func checkAll(ctx context.Context, inputs []input, s settings, workers int, f checkFormat, stdout, stderr io.Writer) error {
	bar := newProgress(stderr, len(inputs), "tests")
	var total, wrong, bad int
	var broken error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := inOrder(ctx, len(inputs), workers,
		func() func(int) (checked, bool) {
			r := newRunner(s)
			return func(i int) (checked, bool) { return r.check(ctx, &inputs[i]) }
		},
		func(_ int, c checked) {
			if c.err != nil {
				bad++
				bar.clear()
				fmt.Fprintln(stderr, c.err)
			}
			total += len(c.verdicts)
			for _, v := range c.verdicts {
				if !v.OK {
					wrong++
				}
			}
			if err := f.test(stdout, c); err != nil && broken == nil {
				broken = err
				stop()
			}
			bar.step()
		}, nil)
	bar.clear()
	if broken == nil {
		broken = f.end(stdout)
	}
	switch {
	case broken != nil:
		return broken
	case done < len(inputs):
		return exit(exitInterrupted, "interrupted: %d of %d tests not checked", len(inputs)-done, len(inputs))
	case bad > 0:
		return exit(exitBad, "%d of %d tests could not be checked; of %d verdicts, %d not as expected", bad, len(inputs), total, wrong)
	case wrong > 0:
		return exit(exitMismatch, "%d of %d verdicts not as expected", wrong, total)
	}
	return nil
}

// checkLines is the json format: one object a line, one per test and model.
type checkLines struct{}

func (checkLines) test(w io.Writer, c checked) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	if c.err != nil {
		return out.Encode(c.failure())
	}
	for _, v := range c.verdicts {
		line := struct {
			File    string `json:"file"`
			Name    string `json:"name"`
			Dialect string `json:"dialect"`
			expected
		}{c.file, c.test.Name, c.test.Dialect, v}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func (checkLines) end(io.Writer) error { return nil }

// checkTable is the text format: a table of tests and models for each dialect,
// what differs in full, and a count.
type checkTable struct {
	colours bool
	tests   []checked
}

func (f *checkTable) test(_ io.Writer, c checked) error {
	if c.err == nil && len(c.verdicts) > 0 {
		f.tests = append(f.tests, c)
	}
	return nil
}

func (f *checkTable) end(w io.Writer) error {
	var dialects []string
	byDialect := map[string][]checked{}
	var total, wrong int
	for _, c := range f.tests {
		d := c.test.Dialect
		if byDialect[d] == nil {
			dialects = append(dialects, d)
		}
		byDialect[d] = append(byDialect[d], c)
	}
	for _, d := range dialects {
		if err := f.dialect(w, d, byDialect[d]); err != nil {
			return err
		}
	}
	for _, c := range f.tests {
		for _, v := range c.verdicts {
			total++
			if v.OK {
				continue
			}
			wrong++
			if err := f.mismatch(w, c, v); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(w, "%d tests, %d verdicts: %d as expected, %d not\n", len(f.tests), total, total-wrong, wrong)
	return err
}

// dialect writes the table of one dialect's tests.
func (f *checkTable) dialect(w io.Writer, dialect string, tests []checked) error {
	var columns []string
	for _, c := range tests {
		for _, v := range c.verdicts {
			if !slices.Contains(columns, v.Model) {
				columns = append(columns, v.Model)
			}
		}
	}
	var t table
	head := []cell{{dialect, color.Bold}}
	for _, m := range columns {
		head = append(head, plainCell(m))
	}
	t.add(head...)
	for _, c := range tests {
		row := make([]cell, len(columns)+1)
		row[0].text = c.test.Name
		for _, v := range c.verdicts {
			mark := cell{"✓ " + string(v.Verdict), color.FgGreen}
			if !v.OK {
				mark = cell{"✗ " + string(v.Verdict), color.FgRed}
			}
			row[slices.Index(columns, v.Model)+1] = mark
		}
		t.add(row...)
	}
	t.add()
	return t.write(w, "", f.colours)
}

// mismatch tells a verdict that was not expected, with the states behind it.
func (f *checkTable) mismatch(w io.Writer, c checked, v expected) error {
	alone := *c.report
	alone.results = []*enumerate.Result{v.result}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s: expected %s, found %s\n", c.file, v.Model, v.Expected, v.Verdict)
	if err := (text{f.colours}).write(&b, &alone); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
