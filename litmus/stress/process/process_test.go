//go:build linux || darwin

package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
	"github.com/weakmem/litmus/litmus/stress/plan"
	"github.com/weakmem/litmus/litmus/stress/process"
)

const role = "LITMUS_PROCESS_TEST"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "child":
		if err := process.Serve(os.Stdin, os.Stdout, act); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	case "parent":
		beParent()
	}
	os.Exit(m.Run())
}

// command starts this test's program as a child, under the emulator if it is run by one.
func command() *exec.Cmd {
	c := process.Emulated(exec.Command(os.Args[0]))
	c.Env = append(os.Environ(), role+"=child", "GORACE=atexit_sleep_ms=0")
	return c
}

// test is the text of a test: what the child does is in its name.
func test(name string) []byte {
	return []byte("X86_64 " + name + "\n{ }\n P0 ;\n movl $1,(x) ;\nexists (x=1)\n")
}

// act runs a test as its name says. Results have the process's number for their rounds.
func act(
	ctx context.Context, t *litmus.Test, o stress.Options, started func(uintptr, *plan.Code), progress func(*stress.Result),
) (*stress.Result, error) {
	r := &stress.Result{Rounds: os.Getpid(), Elapsed: o.Time}
	switch t.Name {
	case "answer":
		r.Instances = o.Instances
		r.States = []stress.State{
			{Values: []ir.Value{{Sym: 2, Int: -8}, ir.Int(math.MinInt64)}, Count: math.MaxInt64, Holds: true},
			{Values: []ir.Value{ir.Int(int64(o.Seed))}, Count: 1},
		}
		r.Modes = []stress.Mode{o.Mode}
		r.Processors = len(o.Affinity.Processors)
	case "count": // until it is stopped
		for ctx.Err() == nil {
			r.Instances++
			progress(r)
			time.Sleep(100 * time.Microsecond)
		}
		r.Stopped = true
	case "silent":
		r.Instances = 7
		progress(r)
		select {}
	case "deaf": // to being stopped
		for {
			progress(r)
			time.Sleep(time.Millisecond)
		}
	case "error":
		r.Instances = 7
		progress(r)
		return nil, errors.New("it cannot be")
	case "unsupported":
		return nil, fmt.Errorf("P0: %w", stress.ErrUnsupported)
	case "panic":
		r.Instances = 7
		progress(r)
		panic("of Go code")
	case "exit":
		os.Exit(3)
	case "chatter":
		fmt.Println("who reads this?")
		select {}
	case "store":
		return stress.Run(ctx, t, o, started, progress)
	default:
		return fault(t.Name, started, progress)
	}
	return r, nil
}

func new(t *testing.T) *process.Process {
	t.Helper()
	before := runtime.NumGoroutine()
	p := process.New(command)
	t.Cleanup(func() {
		p.Close()
		requireGoroutines(t, before)
	})
	return p
}

// requireGoroutines waits for the end of those that are about to end.
func requireGoroutines(t *testing.T, most int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > most; time.Sleep(time.Millisecond) {
		require.True(t, time.Now().Before(deadline), "goroutines are left")
	}
}

func run(p *process.Process, name string) (*stress.Result, error) {
	return p.Run(context.Background(), name+".litmus", test(name), stress.Options{}, nil)
}

func TestOptionsAndResultsArrive(t *testing.T) {
	p := new(t)
	o := stress.Options{
		Time: time.Second, Instances: math.MaxInt64, Mode: stress.Sync,
		Affinity: stress.Affinity{Processors: []int{1, 0}}, Seed: math.MaxUint64,
	}
	got, err := p.Run(context.Background(), "a.litmus", test("answer"), o, nil)
	require.NoError(t, err)
	require.NotEqual(t, os.Getpid(), got.Rounds)
	require.Equal(t, &stress.Result{
		States: []stress.State{
			{Values: []ir.Value{{Sym: 2, Int: -8}, ir.Int(math.MinInt64)}, Count: math.MaxInt64, Holds: true},
			{Values: []ir.Value{ir.Int(-1)}, Count: 1},
		},
		Instances: math.MaxInt64, Elapsed: time.Second, Rounds: got.Rounds, Modes: []stress.Mode{stress.Sync}, Processors: 2,
	}, got)
	again, err := p.Run(context.Background(), "a.litmus", test("answer"), o, nil)
	require.NoError(t, err)
	require.Equal(t, got, again, "the same child answers")
}

func TestStressRun(t *testing.T) {
	got, err := new(t).Run(context.Background(), "store.litmus", test("store"), stress.Options{Instances: 1000}, nil)
	if !slices.Contains(stress.Dialects(), "X86_64") {
		require.ErrorIs(t, err, stress.ErrUnsupported)
		return
	}
	require.NoError(t, err)
	require.EqualValues(t, 1000, got.Instances)
	require.Equal(t, "Always", got.Observation())
}

func TestStop(t *testing.T) {
	p := new(t)
	for range 2 {
		ctx, cancel := context.WithCancel(context.Background())
		var seen []int64
		got, err := p.Run(ctx, "count.litmus", test("count"), stress.Options{}, func(r *stress.Result) {
			seen = append(seen, r.Instances)
			if len(seen) == 1 {
				child, err := os.FindProcess(r.Rounds)
				require.NoError(t, err)
				require.NoError(t, child.Signal(os.Interrupt)) // as the terminal does
			}
			if len(seen) == 3 {
				cancel()
			}
		})
		require.NoError(t, err)
		require.True(t, got.Stopped)
		require.IsIncreasing(t, seen)
		require.GreaterOrEqual(t, got.Instances, seen[len(seen)-1])
	}
}

// A context that has ended before the run stops it too.
func TestStoppedBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got, err := new(t).Run(ctx, "count.litmus", test("count"), stress.Options{}, nil)
	require.NoError(t, err)
	require.True(t, got.Stopped)
}

func TestErrors(t *testing.T) {
	p := new(t)
	got, err := run(p, "error")
	require.EqualError(t, err, "it cannot be")
	require.NotErrorIs(t, err, stress.ErrUnsupported)
	require.EqualValues(t, 7, got.Instances)
	_, err = run(p, "unsupported")
	require.EqualError(t, err, "P0: "+stress.ErrUnsupported.Error())
	require.ErrorIs(t, err, stress.ErrUnsupported)
	_, err = p.Run(context.Background(), "bad.litmus", []byte("X86_64 bad\n{ }\n P0 ;\n movl ;\n"), stress.Options{}, nil)
	require.ErrorContains(t, err, "bad.litmus:4:")
	_, err = run(p, "answer")
	require.NoError(t, err)
}

// What was counted before the child's end comes with the error, and another child runs the next test.
func TestDeathOfTheChild(t *testing.T) {
	p := new(t)
	before, err := run(p, "answer")
	require.NoError(t, err)

	got, err := run(p, "panic")
	var crash *process.Crash
	require.ErrorAs(t, err, &crash)
	require.ErrorContains(t, err, "the process that ran the test ended (")
	require.ErrorContains(t, err, "): panic: of Go code")
	require.Empty(t, crash.Signal)
	require.Contains(t, crash.Stderr, "process_test.act")
	require.EqualValues(t, 7, got.Instances)

	after, err := run(p, "answer")
	require.NoError(t, err)
	require.NotEqual(t, before.Rounds, after.Rounds)

	_, err = run(p, "exit")
	require.EqualError(t, err, "the process that ran the test ended (exit status 3)")
	_, err = run(p, "chatter")
	require.ErrorContains(t, err, "reading what the process that runs tests answers: invalid character 'w'")

	last, err := run(p, "answer")
	require.NoError(t, err)
	child, err := os.FindProcess(last.Rounds)
	require.NoError(t, err)
	require.NoError(t, child.Kill())
	next, err := run(p, "answer")
	if err != nil { // it was not dead yet
		require.ErrorAs(t, err, &crash)
		require.ErrorContains(t, err, "signal: killed")
		next, err = run(p, "answer")
		require.NoError(t, err)
	}
	require.NotEqual(t, last.Rounds, next.Rounds)
}

func TestHang(t *testing.T) {
	p := new(t)
	p.Grace = 2 * time.Second
	_, err := run(p, "answer")
	require.NoError(t, err)
	got, err := run(p, "silent")
	var hang *process.Hang
	require.ErrorAs(t, err, &hang)
	require.EqualError(t, err, "the test did not end: nothing was heard of it for 2s")
	require.Empty(t, hang.Places)
	require.Contains(t, hang.Stderr, "SIGQUIT")
	require.EqualValues(t, 7, got.Instances)

	_, err = run(p, "answer")
	require.NoError(t, err)
}

func TestCloseBetweenRuns(t *testing.T) {
	p := new(t)
	p.Close()
	before, err := run(p, "answer")
	require.NoError(t, err)
	p.Close()
	require.ErrorIs(t, syscall.Kill(before.Rounds, 0), syscall.ESRCH, "a zombie is left")
	p.Close()
	after, err := run(p, "answer")
	require.NoError(t, err)
	require.NotEqual(t, before.Rounds, after.Rounds)
}

func TestCannotStart(t *testing.T) {
	notAProgram := t.TempDir() + "/empty"
	require.NoError(t, os.WriteFile(notAProgram, []byte{1, 2, 3}, 0o700))
	for name, want := range map[string]error{notAProgram: syscall.ENOEXEC, "/nowhere/litmus": os.ErrNotExist} {
		if name == notAProgram && host.Describe().Emulated != "" {
			continue // it is started under the emulator, which ends
		}
		before := runtime.NumGoroutine()
		p := process.New(func() *exec.Cmd { return exec.Command(name) })
		for range 3 {
			_, err := run(p, "answer")
			require.ErrorIs(t, err, process.ErrCannotStart)
			require.ErrorIs(t, err, want)
		}
		p.Close()
		requireGoroutines(t, before)
	}
}

// A child that was interrupted before it began to serve was stopped.
func TestInterruptedBeforeServe(t *testing.T) {
	if signal.Ignored(os.Interrupt) {
		t.Skip("children ignore interrupts as well")
	}
	p := process.New(func() *exec.Cmd { return exec.Command("sh", "-c", "kill -INT $$; sleep 10") })
	defer p.Close()
	got, err := run(p, "answer")
	require.NoError(t, err)
	require.Equal(t, &stress.Result{Stopped: true}, got)
}

// The end of the requests is the end of the child, even while a test runs that does not stop.
func TestEndOfRequests(t *testing.T) {
	for _, name := range []string{"", "silent", "deaf"} {
		c := command()
		stdin, err := c.StdinPipe()
		require.NoError(t, err)
		stdout, err := c.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		if name != "" {
			require.NoError(t, json.NewEncoder(stdin).Encode(map[string]any{"ID": 1, "File": "a", "Text": test(name)}))
			_, err = stdout.Read(make([]byte, 1))
			require.NoError(t, err)
		}
		require.NoError(t, stdin.Close())
		_, err = io.Copy(io.Discard, stdout)
		require.NoError(t, err)
		require.NoError(t, c.Wait())
	}
}

func TestRequestsThatAreNone(t *testing.T) {
	c := command()
	c.Stdin = strings.NewReader("what?\n")
	out, err := c.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "process: reading a request: invalid character 'w'")
}
