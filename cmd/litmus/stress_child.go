package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/process"
)

// childCommand is the subcommand that a child process is started with.
const childCommand = "stress-child"

// newStressChild is that subcommand: it runs the tests that the parent sends.
func newStressChild() *cobra.Command {
	return &cobra.Command{
		Use: childCommand, Short: "Run the tests that 'litmus stress' sends", Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return process.Serve(c.InOrStdin(), c.OutOrStdout(), stress.Run)
		},
	}
}

// child runs tests in a process of their own, so that what goes wrong in a test costs that test alone; or in this process, if
// no other can be started.
type child struct {
	process *process.Process
	alone   bool
	stderr  io.Writer
}

func newChild(stderr io.Writer) *child {
	command := func() *exec.Cmd {
		self, err := os.Executable()
		if err != nil {
			self = os.Args[0]
		}
		return exec.Command(self, childCommand)
	}
	return &child{process: process.New(command), stderr: stderr}
}

func (c *child) run(ctx context.Context, t *litmus.Test, file string, text []byte, o stress.Options, progress func(*stress.Result)) (*stress.Result, error) {
	if !c.alone {
		r, err := c.process.Run(ctx, file, text, o, progress)
		if !errors.Is(err, process.ErrCannotStart) {
			return r, err
		}
		c.alone = true
		fmt.Fprintf(c.stderr, "litmus: %v: tests run in this process, which a crash or a hang in one of them ends\n", err)
	}
	return stress.Run(ctx, t, o, nil, progress)
}

func (c *child) close() { c.process.Close() }
