package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/primitives/catalog"
)

// The exit codes of every subcommand.
const (
	exitFine        = 0
	exitMismatch    = 1 // an expectation failed
	exitBad         = 2 // bad input or usage
	exitInterrupted = 130
)

// exitError ends the command with a code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func exit(code int, format string, args ...any) error {
	return &exitError{code, fmt.Errorf(format, args...)}
}

// execute runs the command line args and returns its exit code.
func execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitFine
	}
	fmt.Fprintf(stderr, "litmus: %v\n", err)
	var e *exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitBad
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "litmus",
		Short: "Run litmus tests against memory models",
		Long: `litmus says what a concurrent program may do on weak memory.

It reads litmus tests in herd7's format (X86, X86_64, AArch64, RISCV, C),
enumerates their candidate executions, and keeps those that a memory model,
written in the cat language, allows. It runs the client programs of the
concurrent protocols in primitives/ through every execution, changes the
protocols to see which program notices, and finds their weakest orderings. It
compiles C tests to tests of a processor, and checks that this is sound. It runs
tests on the processor that it stands on, and holds what its engines find, and
what this processor shows, against each other.

Exit codes: 0 fine, 1 an expectation failed, 2 bad input or usage, 130 interrupted.`,
		Example: `  litmus run SB.litmus
  litmus run --model sc,tso,pso SB.litmus
  litmus run --format json tests/ > results.jsonl
  litmus check
  litmus explore ring
  litmus weaken ring
  litmus lower --to arm64 SB.litmus
  litmus stress SB.litmus
  litmus cross SB.litmus
  litmus explain MP.litmus
  litmus list models`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w (see '%s --help')", err, c.CommandPath())
	})
	addProfiles(root)
	root.AddCommand(newRun(), newCheck(), newExplore(catalog.All()), newWeaken(catalog.All()), newLower(), newCross(nil), newExplain(), newStress(nil), newStressChild(), newList())
	return root
}

// version is the module's version as the Go toolchain stamped it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
