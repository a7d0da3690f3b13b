package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
)

// publication is message passing: 1:r0=1; 1:r1=0; is forbidden by every model.
const publication = `C MP
{ x=0; y=0; }
P0 (atomic_int* x, atomic_int* y) {
  atomic_store_explicit(x, 1, memory_order_relaxed);
  atomic_store_explicit(y, 1, memory_order_release);
}
P1 (atomic_int* x, atomic_int* y) {
  int r0 = atomic_load_explicit(y, memory_order_acquire);
  int r1 = atomic_load_explicit(x, memory_order_relaxed);
}
exists (1:r0=1 /\ 1:r1=0)
`

const foreign = `RISCV MP
{ 0:x6=x; }
 P0          ;
 ori x5,x0,1 ;
 sw x5,0(x6) ;
exists ([x]=1)
`

// showing is a processor that shows all states of bits, but for those in which the proposition holds, if it is to obey.
func showing(obey bool) runOne {
	return func(_ context.Context, t *litmus.Test, _ string, _ []byte, o stress.Options, progress func(*stress.Result)) (*stress.Result, error) {
		r := &stress.Result{Elapsed: o.Time, Rounds: 1, Modes: []stress.Mode{stress.Sync}, Threads: 2, Processors: 2}
		for bits := range int64(1) << t.Slots() {
			s := stress.State{Count: 10}
			for i := range t.Slots() {
				s.Values = append(s.Values, ir.Int(bits>>i&1))
			}
			if s.Holds = t.Condition.Prop.Eval(s.Values); s.Holds && obey {
				continue
			}
			r.States = append(r.States, s)
			r.Instances += s.Count
		}
		progress(r)
		return r, nil
	}
}

// stressIn runs the command in a directory that has the tests MP.litmus and riscv/MP.litmus.
func stressIn(t *testing.T, ctx context.Context, run runOne, args ...string) (code int, stdout, stderr string) {
	if len(stress.Dialects()) == 0 {
		t.Skip("tests run on amd64 and arm64 only")
	}
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "riscv"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "MP.litmus"), []byte(publication), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "riscv", "MP.litmus"), []byte(foreign), 0o644))
	t.Chdir(dir)
	var out, errs bytes.Buffer
	c := newStress(run)
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&errs)
	err := c.ExecuteContext(ctx)
	var e *exitError
	switch {
	case errors.As(err, &e):
		code = e.code
	case err != nil:
		code = exitBad
	}
	return code, out.String(), errs.String()
}

func TestForbiddenOutcomeIsTold(t *testing.T) {
	code, out, errs := stressIn(t, t.Context(), showing(false), "MP.litmus", "--time", "2s", "--seed", "7", "--affinity", "0,1")
	assert.Equal(t, exitMismatch, code)
	assert.Contains(t, out, "sound?       no\n")
	assert.Regexp(t, `(rc11|c11) forbids 1:r0=1; 1:r1=0;\n    inconsistent: 1:r0=1; 1:r1=0;\n    .* fails:\n      P`, out)
	assert.Regexp(t, `(tso|aarch64) forbids 1:r0=1; 1:r1=0;\n    inconsistent: .*\n    .* fails:\n      P`, out, "in registers")
	assert.Contains(t, out, "to see it again: litmus stress MP.litmus --time 2s --seed 7 --affinity 0,1\n")
	assert.Regexp(t, `1:r0=1; 1:r1=0;  10     250000.000   none +\*\n`, out)
	assert.Empty(t, errs)
}

func TestSoundRun(t *testing.T) {
	code, out, errs := stressIn(t, t.Context(), showing(true), "MP.litmus", "--model", "sc,ra")
	assert.Equal(t, exitFine, code)
	assert.Regexp(t, `sound\? +yes: (tso|aarch64), (rc11|c11) allow every outcome seen`, out)
	assert.Regexp(t, `1:r0=0; 1:r1=1;  10 .* sc, (tso|aarch64), .*ra\n`, out)
	assert.Regexp(t, `how relaxed  (tso|aarch64) allows what sc allows, and no more`, out)
	assert.Empty(t, errs)
}

func TestInterruptedRunShowsWhatWasCounted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	run := func(ctx context.Context, t *litmus.Test, file string, text []byte, o stress.Options, progress func(*stress.Result)) (*stress.Result, error) {
		cancel()
		r, err := showing(true)(ctx, t, file, text, o, progress)
		r.Stopped, r.Elapsed = true, 100*time.Millisecond
		return r, err
	}
	code, out, _ := stressIn(t, ctx, run, "MP.litmus", "MP.litmus", "--time", "1000h")
	assert.Equal(t, exitInterrupted, code)
	assert.Contains(t, out, "interrupted after 0.1s of 1000h0m0s")
	assert.Contains(t, out, "Never: 0 of 30")
	assert.Contains(t, out, "1 tests run: 1 sound")
}

// The terminal interrupts the child as well, which may know, and say so, before this process does.
func TestInterruptOfTheChildAlone(t *testing.T) {
	run := func(context.Context, *litmus.Test, string, []byte, stress.Options, func(*stress.Result)) (*stress.Result, error) {
		return &stress.Result{Stopped: true}, nil
	}
	for _, format := range []string{"table", "json", "herd"} {
		code, _, errs := stressIn(t, t.Context(), run, "MP.litmus", "--format", format)
		assert.Equal(t, exitInterrupted, code)
		assert.Equal(t, "MP.litmus: interrupted before anything was counted\n", errs)
	}
}

func TestCrashEndsOneTestOnly(t *testing.T) {
	runs := 0
	run := func(ctx context.Context, t *litmus.Test, file string, text []byte, o stress.Options, progress func(*stress.Result)) (*stress.Result, error) {
		r, err := showing(true)(ctx, t, file, text, o, progress)
		switch runs++; runs {
		case 1:
			return nil, errors.New("a crash in MOV")
		case 2:
			return r, errors.New("a late crash in MOV")
		}
		return r, err
	}
	code, out, errs := stressIn(t, t.Context(), run, "MP.litmus", "MP.litmus", "MP.litmus")
	assert.Equal(t, exitBad, code)
	assert.Equal(t, "MP.litmus: a crash in MOV\nMP.litmus: a late crash in MOV\n", errs)
	assert.Contains(t, out, "  failed: MP.litmus: a late crash in MOV\n")
	assert.Contains(t, out, "2 tests run: 2 sound, 0 not, 0 not judged; 0 cannot be run here, 2 failed")
	assert.Equal(t, 2, strings.Count(out, "Never: 0 of 30"))
}

func TestForeignTestsAreLeftOut(t *testing.T) {
	code, out, errs := stressIn(t, t.Context(), showing(true), ".")
	assert.Equal(t, exitFine, code)
	assert.Contains(t, errs, "riscv/MP.litmus: cannot run here: ")
	assert.Contains(t, out, "1 tests run: 1 sound, 0 not, 0 not judged; 1 cannot be run here, 0 failed")

	code, _, errs = stressIn(t, t.Context(), showing(true), "riscv/MP.litmus")
	assert.Equal(t, exitBad, code, "it was asked for by name")
	assert.Contains(t, errs, "riscv/MP.litmus: cannot run here: ")
}

func TestStressLines(t *testing.T) {
	code, out, _ := stressIn(t, t.Context(), showing(false), ".", "--json", "--seed", "3")
	assert.Equal(t, exitMismatch, code)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3)
	var head stressHead
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &head))
	assert.NotEmpty(t, head.Host.Processor)
	assert.EqualValues(t, 3, head.Seed)
	var left stressRefusal
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &left))
	assert.True(t, left.Unsupported)
	var line stressLine
	require.NoError(t, json.Unmarshal([]byte(lines[2]), &line))
	assert.Equal(t, "MP.litmus", line.File)
	assert.False(t, *line.Sound)
	assert.EqualValues(t, 40, line.Instances)
	assert.Len(t, line.States, 4)
	assert.False(t, *line.States[2].Allowed["sc"], line.States[2].State)
	assert.NotEmpty(t, line.Violations[0].Reason)
	assert.Equal(t, stressBudget{1, 0, stress.Auto, "permute", 3}, line.Options)
	assert.Equal(t, "litmus stress MP.litmus --time 1s --seed 3", line.Again)
}

func TestStressLog(t *testing.T) {
	code, out, _ := stressIn(t, t.Context(), showing(false), "MP.litmus", "--format", "herd")
	assert.Equal(t, exitMismatch, code)
	assert.Equal(t, `%%%%%%%%%%%%%%%%%%%%%%%%%
% Results for MP.litmus %
%%%%%%%%%%%%%%%%%%%%%%%%%
Test MP Allowed
Histogram (4 states)
10    :>1:r0=0; 1:r1=0;
10    :>1:r0=0; 1:r1=1;
10    *>1:r0=1; 1:r1=0;
10    :>1:r0=1; 1:r1=1;
Ok

Witnesses
Positive: 10, Negative: 30
Condition exists (1:r0=1 /\ 1:r1=0) is validated
Observation MP Sometimes 10 30
Time MP 1.00

`, out)
}

func TestSuite(t *testing.T) {
	var asked []time.Duration
	run := func(ctx context.Context, t *litmus.Test, file string, text []byte, o stress.Options, progress func(*stress.Result)) (*stress.Result, error) {
		asked = append(asked, o.Time)
		if t.Slots() > 8 {
			return nil, stress.ErrUnsupported
		}
		return showing(t.Name == "CoRR")(ctx, t, file, text, o, progress)
	}
	code, out, _ := stressIn(t, t.Context(), run, "--suite", "--time", "5s")
	assert.Equal(t, exitMismatch, code)
	assert.Regexp(t, `(?m)^c/SB\.litmus +40 +2 +1 of 1 seen +yes$`, out)
	assert.Regexp(t, `(?m)^c/MP\+rel\+acq\.litmus +40 +2 +- +no$`, out)
	assert.Contains(t, out, "to see it again: litmus stress litmus/catalog/tests/c/MP+rel+acq.litmus --time ")
	assert.InDelta(t, max(least, 5*time.Second/time.Duration(len(asked))), asked[0], float64(time.Millisecond), "an even share")
}

func hostThat(emulated string) host.Host { return host.Host{Emulated: emulated} }

func TestConditionsOfARun(t *testing.T) {
	r := &stressed{
		subject: &subject{test: &litmus.Test{}}, options: stress.Options{Time: time.Second},
		result: stress.Result{Threads: 4, Processors: 2, Elapsed: time.Second, Share: 0.25},
	}
	one := func(emulated string) string {
		list := r.conditions(hostThat(emulated))
		require.Len(t, list, 1)
		return list[0]
	}
	assert.Contains(t, one(""), "4 threads on 2 processors: mostly time-sliced")
	r.result.Threads = 2
	assert.Contains(t, one(""), "the processors were shared: the threads had them for 25 % of the time")
	r.result.Share = 0.97
	assert.Contains(t, one("qemu"), "*emulated* (qemu)")
	assert.Empty(t, r.conditions(hostThat("")))
}

func TestStressBar(t *testing.T) {
	var out bytes.Buffer
	b := startStressBar(&out, 2)
	s := &subject{test: &litmus.Test{Name: "SB"}}
	now := &stress.Result{Instances: 24_000_000, Elapsed: time.Second, States: make([]stress.State, 4)}
	b.at(1, s, stress.Options{Time: 2 * time.Second}, now)
	assert.EqualValues(t, 1.5*whole, b.bar.State().CurrentNum)
	b.at(1, s, stress.Options{Instances: 24_000_000}, now)
	assert.EqualValues(t, 1.99*whole, b.bar.State().CurrentNum)
	b.clear()
	assert.Contains(t, out.String(), "SB: 24.0M, 24.0M/s, 4 outcomes")

	out.Reset()
	b = startStressBar(&out, 2)
	b.asks(1, s)
	assert.EqualValues(t, whole, b.bar.State().CurrentNum)
	assert.Contains(t, out.String(), "SB: what the models allow")

	var none *stressBar
	none.asks(0, s)
	none.at(0, s, stress.Options{}, now)
	none.clear()
}
