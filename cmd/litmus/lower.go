package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/lower"
)

func newLower() *cobra.Command {
	var (
		s                settings
		to, name, source string
		check            bool
		workers          int
	)
	c := &cobra.Command{
		Use:   "lower FILE|DIR|@LIST|- …",
		Short: "Compile C tests to tests of a processor, or check that this is sound",
		Long: `lower compiles C tests to litmus tests of a processor by a mapping of C11's
orderings to instructions, and prints them. Arguments are as in 'litmus run';
'litmus list mappings' shows the mappings, the default of each target first. The
result keeps every access and every dependency of the source.

With --check it decides each test twice: the source under a model of C (rc11,
c11) or of Go, and what it becomes under the model of the target (tso, aarch64,
riscv). The mapping is sound for a test if each outcome of the latter is one of
the former: a row is printed for a test of which that is not so, with an outcome
that only the processor has. Tests whose source is undefined, since it races,
allow anything: they are counted and left out (a race under rc11 counts for c11
too, which may have no execution to show it). Without arguments --check takes
the C tests of the embedded catalogue.

The default of --source is rc11 for amd64, and c11 for arm64 and riscv. Against
rc11 the usual mappings to these two are not sound: it forbids all load
buffering, which the processors allow to relaxed accesses.

Exit codes: 0 fine, 1 an outcome that the source forbids, 2 bad input.`,
		Example: `  litmus lower --to arm64 SB.litmus
  litmus lower --to riscv --mapping amo SB.litmus
  litmus lower --check --to arm64 --mapping rcpc
  litmus lower --check --to amd64 --mapping go --source go tests/`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.check(workers); err != nil {
				return err
			}
			table, err := mapping.Find(to, name)
			if err != nil {
				return fmt.Errorf("--to, --mapping: %w", err)
			}
			if !check {
				if len(args) == 0 {
					return errors.New("no test to lower: expected FILE, DIR, @LIST or -, or --check")
				}
				if source != "" {
					return errors.New("--source: it goes with --check")
				}
				return lowerAll(expand(args, c.InOrStdin()), table, c.OutOrStdout(), c.ErrOrStderr())
			}
			if source == "" {
				source = defaultSource(to)
			}
			if !slices.Contains(sources, source) {
				return fmt.Errorf("--source %s: expected %s", source, strings.Join(sources, ", "))
			}
			inputs := expand(args, c.InOrStdin())
			if len(args) == 0 {
				if inputs, err = catalogued("C"); err != nil {
					return err
				}
			}
			return checkMapping(c.Context(), inputs, s, table, source, workers, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	flags := c.Flags()
	flags.StringVar(&to, "to", "", "target: "+strings.Join(mapping.Targets(), ", "))
	flags.StringVar(&name, "mapping", "", "mapping of the target (default: see 'litmus list mappings')")
	flags.BoolVar(&check, "check", false, "hold the outcomes of the lowered tests against those of their sources")
	flags.StringVar(&source, "source", "", "check: model of the source: rc11, c11 or go (default: rc11 for amd64, else c11)")
	flags.IntVarP(&workers, "workers", "j", runtime.NumCPU(), "check: tests run at the same time")
	flags.IntVar(&s.unroll, "unroll", 2, "check: how often a loop goes round before it is cut")
	flags.DurationVar(&s.timeout, "timeout", 0, "check: give a test up after this long, such as 30s (default: never)")
	if err := c.MarkFlagRequired("to"); err != nil {
		panic(err)
	}
	s.engine = axiomatic
	return c
}

// sources are the models that a C test can be held to.
var sources = []string{"rc11", "c11", "go"}

func defaultSource(target string) string {
	if target == "amd64" {
		return "rc11"
	}
	return "c11"
}

// catalogued are the tests of the catalogue in a dialect.
func catalogued(dialect string) ([]input, error) {
	var inputs []input
	for _, e := range catalog.Files() {
		t, err := e.Parse()
		if err != nil {
			return nil, err
		}
		if t.Dialect == dialect {
			inputs = append(inputs, input{file: e.File, text: e.Text})
		}
	}
	return inputs, nil
}

// lowerAll prints what the inputs become.
func lowerAll(inputs []input, table *mapping.Table, stdout, stderr io.Writer) error {
	bad, printed := 0, 0
	r := newRunner(settings{engine: axiomatic})
	for i := range inputs {
		rep := r.parse(&inputs[i])
		var l *lower.Lowered
		if rep.err == nil {
			l, rep.err = lowered(rep, table)
		}
		if rep.err != nil {
			bad++
			fmt.Fprintln(stderr, rep.err)
			continue
		}
		if printed++; printed > 1 {
			fmt.Fprintln(stdout)
		}
		if _, err := io.WriteString(stdout, l.Text); err != nil {
			return err
		}
	}
	if bad > 0 {
		return exit(exitBad, "%d of %d tests could not be lowered", bad, len(inputs))
	}
	return nil
}

// lowered compiles the test of a report; errors name its file.
func lowered(rep *report, table *mapping.Table) (*lower.Lowered, error) {
	l, err := lower.Lower(rep.test, table)
	if err != nil && !strings.HasPrefix(err.Error(), rep.file+":") {
		err = fmt.Errorf("%s: %w", rep.file, err)
	}
	return l, err
}
