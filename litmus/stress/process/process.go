// Package process runs litmus tests in a child process, so that a fault in generated machine code, or a loop that never ends, costs
// that test and nothing else.
//
// The child calls [Serve]. The parent has a [Process], which starts the child when it is needed, and anew after a [Crash] or a [Hang].
package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/weakmem/litmus/litmus/stress"
)

// ErrCannotStart is matched by the errors of a [Process] whose child cannot be started.
var ErrCannotStart = errors.New("no process to run tests in can be started")

// Grace is how long a child may be silent unless [Process] says otherwise.
const Grace = 10 * time.Second

// Process is a child process that runs tests, one at a time.
type Process struct {
	// Grace is how long the child may run a test and send no result, final or of its progress, before that is a [Hang].
	// Time in which this process is stopped too does not count.
	Grace time.Duration

	command func() *exec.Cmd
	mutex   sync.Mutex
	child   *child // nil: none is running
	id      int    // of the last run
}

// New returns a Process whose children are started by what command returns: a program that calls [Serve] with its standard
// input and output. No child is started before the first Run. The Process is to be closed.
func New(command func() *exec.Cmd) *Process { return &Process{Grace: Grace, command: command} }

// Run has the child run the test that is the text of file. It calls progress, unless that is nil, with what was counted so far, at
// most ten times a second. If ctx ends, the child is told to stop, and the result is what was counted until then.
//
// An error may come with a result: what was counted before it. It is a [*Crash] if the child ended, a [*Hang] if it was
// ended, it matches [ErrCannotStart] or [stress.ErrUnsupported], or it is another error of the child's [Runner], as text.
func (p *Process) Run(
	ctx context.Context, file string, text []byte, o stress.Options, progress func(*stress.Result),
) (*stress.Result, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.child != nil && p.child.ended() {
		p.forget()
	}
	if p.child == nil {
		c, err := start(p.command())
		if errors.Is(err, syscall.ENOEXEC) { // a program for another processor, as an emulated one is to a system that knows of no emulator
			c, err = start(emulated(p.command()))
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCannotStart, err)
		}
		p.child = c
	}
	c := p.child
	p.id++
	c.begin(request{ID: p.id, File: file, Text: text, Options: o})
	result, err := c.await(ctx, p.id, p.Grace, progress)
	if c.ended() {
		p.forget()
	}
	return result, err
}

// Close ends the child, if there is one, and waits for its end. A later Run starts another.
func (p *Process) Close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.child != nil {
		p.child.stdin.Close()
		p.child.wait(p.Grace)
		p.forget()
	}
}

// forget forgets a child that has ended.
func (p *Process) forget() {
	p.child.where.file.Close()
	p.child = nil
}

// ticks is how many times the clock is read in the time that the child may be silent. Counting them, rather than
// comparing times, leaves out the time in which both processes were stopped.
const ticks = 20

// await returns what the child answers to the run of that id.
func (c *child) await(ctx context.Context, id int, grace time.Duration, progress func(*stress.Result)) (*stress.Result, error) {
	clock := time.NewTicker(max(grace/ticks, time.Millisecond))
	defer clock.Stop()
	stop, patience := ctx.Done(), ticks
	var last *stress.Result
	for silent := 0; ; {
		select {
		case a, ok := <-c.answers:
			switch {
			case !ok:
				return c.died(last, grace)
			case a.ID != id:
			case a.Progress:
				silent, last = 0, a.Result
				if progress != nil {
					progress(last)
				}
			case a.Result == nil:
				return last, a.err()
			default:
				return a.Result, a.err()
			}
		case <-stop:
			// Who asks for an end does not want to wait for a loop that has none.
			stop, patience = nil, min(ticks, silent+ticks/4)
			c.send(request{ID: id, Stop: true})
		case <-clock.C:
			if silent++; silent > patience {
				return last, c.hang(grace)
			}
		}
	}
}

// died says why the child sends no more.
func (c *child) died(last *stress.Result, grace time.Duration) (*stress.Result, error) {
	c.wait(grace)
	if c.garbled != nil {
		return last, fmt.Errorf("process: reading what the process that runs tests answers: %w", c.garbled)
	}
	if status, ok := c.command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGINT {
		// The terminal's signal came before Serve did.
		if last == nil {
			last = &stress.Result{}
		}
		last.Stopped = true
		return last, nil
	}
	return last, c.stderr.crash(c.command.ProcessState.String(), c.where.read())
}

// hang ends a child that is silent.
func (c *child) hang(grace time.Duration) *Hang {
	// At this signal Go prints where each of its threads is, and ends.
	c.command.Process.Signal(syscall.SIGQUIT)
	c.wait(grace)
	return c.stderr.hang(grace, c.where.read())
}
