package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
)

// fakeClaim has states of a test that observes one value.
func fakeClaim(column, model string, values ...int64) claim {
	c := claim{column: column, model: model}
	for _, v := range values {
		c.states = append(c.states, claimed{values: []ir.Value{ir.Int(v)}, text: fmt.Sprintf("x=%d;", v), count: 1})
	}
	return c
}

func (c claim) sampled() claim                  { c.sample = true; return c }
func (c claim) bounded() claim                  { c.open = "a bound"; return c }
func (c claim) racing() claim                   { c.undefined, c.races = true, []string{"W / R"}; return c }
func (c claim) without() claim                  { return c.silence("unsupported", errors.New("no")) }
func rc11(column string, values ...int64) claim { return fakeClaim(column, "rc11", values...) }

// What is exact must have what others have; and no other difference contradicts anything.
func TestCompare(t *testing.T) {
	type differ = []disagreement
	for _, c := range []struct {
		name    string
		claims  []claim
		verdict string
		held    int
		want    differ
		open    []string
	}{
		{"the same", []claim{rc11("a", 1, 2), rc11("b", 1, 2)}, "agree", 1, nil, nil},
		{"three", []claim{rc11("a", 1, 2), rc11("b", 1, 2), rc11("p", 1).sampled()}, "agree", 2, nil, nil},
		{"one", []claim{rc11("a", 1)}, "alone", 0, nil, nil},
		{"one that speaks", []claim{rc11("a", 1), rc11("b").without()}, "alone", 0, nil, nil},
		{"other models", []claim{rc11("a", 1), fakeClaim("b", "c11", 2)}, "alone", 0, nil, nil},
		{"both exact", []claim{rc11("a", 1, 2), rc11("b", 1, 3)}, "contradiction", 1, differ{
			{Model: "rc11", State: "x=2;", Has: []string{"a"}, Lacks: []string{"b"}},
			{Model: "rc11", State: "x=3;", Has: []string{"b"}, Lacks: []string{"a"}},
		}, nil},
		{"seen and forbidden", []claim{rc11("a", 1), rc11("b", 1), rc11("p", 0, 1).sampled()}, "contradiction", 2, differ{
			{Model: "rc11", State: "x=0;", Has: []string{"p"}, Lacks: []string{"a", "b"}},
		}, nil},
		{"under the other model", []claim{rc11("a", 1), fakeClaim("a", "c11", 1, 2), fakeClaim("p", "c11", 2).sampled()}, "agree", 1, nil, nil},
		{"a bound and an exact one", []claim{rc11("a", 1).bounded(), rc11("b", 1, 2), rc11("p", 2).sampled()}, "agree", 2, nil, nil},
		{"beyond an exact one", []claim{rc11("a", 1, 2).bounded(), rc11("b", 1)}, "contradiction", 1, differ{
			{Model: "rc11", State: "x=2;", Has: []string{"a"}, Lacks: []string{"b"}},
		}, nil},
		{"two bounds", []claim{rc11("a", 1).bounded(), rc11("b", 1, 2).bounded()}, "open", 1, nil, []string{"x=2;"}},
		{"the same to a bound", []claim{rc11("a", 1).bounded(), rc11("b", 1).bounded()}, "agree", 1, nil, nil},
		{"beyond all bounds", []claim{rc11("a", 1).bounded(), rc11("p", 1, 2).sampled()}, "open", 1, nil, []string{"x=2;"}},
		{"both race", []claim{rc11("a", 1).racing(), rc11("b", 2).racing()}, "undefined", 1, nil, nil},
		{"one races", []claim{rc11("a", 1).racing(), rc11("b", 1)}, "contradiction", 1, differ{
			{Model: "rc11", Has: []string{"a"}, Lacks: []string{"b"}, Explanation: "a: race: W / R\n"},
		}, nil},
		{"one races, the other may", []claim{rc11("a", 1).racing(), rc11("b", 1).bounded()}, "undefined", 1, nil, nil},
		{"races, seen", []claim{rc11("a", 1).racing(), rc11("p", 7).sampled()}, "undefined", 1, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := crossed{report: &report{}, claims: c.claims, comparison: compare(c.claims)}
			assert.Equal(t, c.want, x.disagreements)
			assert.Equal(t, c.open, x.open)
			assert.Equal(t, c.held, x.held)
			assert.Equal(t, c.verdict, x.verdict())
		})
	}
}

const messagePassing = `C MP+rel+acq
{}
P0 (int* x, atomic_int* y) { *x = 1; atomic_store_explicit(y, 1, memory_order_release); }
P1 (int* x, atomic_int* y) {
  int r0 = atomic_load_explicit(y, memory_order_acquire);
  int r1 = 1;
  if (r0) { r1 = *x; }
}
exists (1:r0=1 /\ 1:r1=0)
`

// shows is a processor that shows every state in which each value is one of some.
func shows(values ...int64) runOne {
	return func(_ context.Context, t *litmus.Test, _ string, _ []byte, _ stress.Options, _ func(*stress.Result)) (*stress.Result, error) {
		r := &stress.Result{Instances: 1000}
		state := make([]ir.Value, t.Slots())
		var fill func(i int)
		fill = func(i int) {
			if i == len(state) {
				r.States = append(r.States, stress.State{Values: append([]ir.Value(nil), state...), Count: 7})
				return
			}
			for _, v := range values {
				state[i] = ir.Int(v)
				fill(i + 1)
			}
		}
		fill(0)
		return r, nil
	}
}

// crossTests crosses texts with a processor and returns what was printed, and the exit code.
func crossTests(t *testing.T, ctx context.Context, run runOne, f crossFormat, texts ...string) (stdout, stderr string, code int) {
	t.Helper()
	x := crossing{settings: settings{engine: axiomatic, unroll: 2, models: []string{"rc11"}}, columns: columnNames, run: run}
	var inputs []input
	for i, text := range texts {
		inputs = append(inputs, input{file: fmt.Sprintf("%d.litmus", i), text: []byte(text)})
	}
	var out, errs bytes.Buffer
	err := x.all(ctx, inputs, 2, f, &out, &errs)
	var e *exitError
	if errors.As(err, &e) {
		code = e.code
	} else {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), code
}

// A processor that shows what the model forbids contradicts both engines, and the cycle is printed.
func TestForbiddenStateIsAContradiction(t *testing.T) {
	if len(stress.Dialects()) == 0 {
		t.Skip("no C test is lowered to this processor")
	}
	stdout, stderr, code := crossTests(t, context.Background(), shows(0, 1), &crossTable{columns: columnNames}, messagePassing)
	assert.Equal(t, exitMismatch, code)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "2          2         2 of 2, and 2")
	assert.Contains(t, stdout, "✗ contradiction")
	assert.Contains(t, stdout, "0.litmus: ")
	assert.Contains(t, stdout, ": 1:r0=1; 1:r1=0; only for processor, not for axiomatic")
	assert.Contains(t, stdout, " (7 times in 1000)\n")
	assert.Contains(t, stdout, "    P0: *x = 1: W[x]=1\n")
	assert.Contains(t, stdout, "--fr--> P0: *x = 1: W[x]=1\n")
	assert.Contains(t, stdout, "1 tests: 1 held against 2 others, 0 alone; 1 in contradiction\n")
	assert.Contains(t, stdout, "the processor showed 2 of 2 states\n")

	stdout, _, code = crossTests(t, context.Background(), shows(1), &crossTable{columns: columnNames}, messagePassing)
	assert.Equal(t, exitFine, code)
	assert.Contains(t, stdout, "1 of 2     ✓ agree")
}

// Each column's states, and how often they were seen, are one object.
func TestCrossedAsJSON(t *testing.T) {
	if len(stress.Dialects()) == 0 {
		t.Skip("no C test is lowered to this processor")
	}
	stdout, _, code := crossTests(t, context.Background(), shows(1), crossLines{}, messagePassing)
	assert.Equal(t, exitFine, code)
	var line crossLine
	require.NoError(t, json.Unmarshal([]byte(stdout), &line))
	assert.Equal(t, "agree", line.Verdict)
	last := line.Columns[len(line.Columns)-1]
	assert.Equal(t, "processor", last.Column)
	assert.Equal(t, []string{"1:r0=1; 1:r1=1;"}, last.States)
	assert.Equal(t, []int64{7}, last.Counts)
	assert.Equal(t, int64(1000), last.Instances)
	assert.False(t, last.Exact)
	assert.True(t, line.Columns[0].Exact)
}

// A processor that cannot run anything is left out; one that fails is bad, and the others go on.
func TestProcessorThatCannot(t *testing.T) {
	if len(stress.Dialects()) == 0 {
		t.Skip("no C test is lowered to this processor")
	}
	fails := func(err error) runOne {
		return func(context.Context, *litmus.Test, string, []byte, stress.Options, func(*stress.Result)) (*stress.Result, error) {
			return nil, err
		}
	}
	stdout, stderr, code := crossTests(t, context.Background(), fails(fmt.Errorf("%w: no such machine", stress.ErrUnsupported)), &crossTable{columns: columnNames}, messagePassing)
	assert.Equal(t, exitFine, code)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "processor left out: cannot run here: no such machine\n")
	assert.Contains(t, stdout, "✓ agree")

	stdout, stderr, code = crossTests(t, context.Background(), fails(errors.New("crashed")), &crossTable{columns: columnNames}, messagePassing)
	assert.Equal(t, exitBad, code)
	assert.Equal(t, "0.litmus: processor: crashed\n", stderr)
	assert.Contains(t, stdout, "✓ agree")
}

// Of a test that races any state may be seen: it is not run.
func TestRacingTestIsNotRun(t *testing.T) {
	racing := strings.Replace(messagePassing, "memory_order_release", "memory_order_relaxed", 1)
	run := func(context.Context, *litmus.Test, string, []byte, stress.Options, func(*stress.Result)) (*stress.Result, error) {
		t.Error("it runs")
		return nil, errors.New("it runs")
	}
	stdout, _, code := crossTests(t, context.Background(), run, &crossTable{columns: columnNames}, racing)
	assert.Equal(t, exitFine, code)
	assert.Contains(t, stdout, "1 undefined\n")
}

// An interrupt shows what is known of the test that it cut short.
func TestInterruptedCrossing(t *testing.T) {
	if len(stress.Dialects()) == 0 {
		t.Skip("no C test is lowered to this processor")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	run := func(ctx context.Context, t *litmus.Test, file string, text []byte, o stress.Options, progress func(*stress.Result)) (*stress.Result, error) {
		cancel()
		return shows(1)(ctx, t, file, text, o, progress)
	}
	stdout, stderr, code := crossTests(t, ctx, run, &crossTable{columns: columnNames}, messagePassing)
	assert.Equal(t, exitInterrupted, code)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "1 of 2     interrupted\n")
}

// fakeColumn counts how many are asked at the same time.
type fakeColumn struct {
	called   string
	other    string // its model
	only     bool
	busy     *atomic.Int32
	overlaps *atomic.Int32
}

func (f fakeColumn) name() string                          { return f.called }
func (f fakeColumn) model(_ *litmus.Test, _ string) string { return f.other }
func (f fakeColumn) alone() bool                           { return f.only }
func (f fakeColumn) ask(_ context.Context, q inquiry) claim {
	f.busy.Add(1)
	defer f.busy.Add(-1)
	runtime.Gosched()
	if f.only && f.busy.Load() > 1 {
		f.overlaps.Add(1)
	}
	return fakeClaim(f.called, q.model, 1)
}

// Nothing else is at work while the processor is.
func TestProcessorHasTheMachineForItself(t *testing.T) {
	var busy, overlaps atomic.Int32
	x := &crossing{}
	in := input{file: "t.litmus", text: []byte(messagePassing)}
	inOrder(context.Background(), 200, 4, func() func(int) (crossed, bool) {
		w := &crosser{x, newRunner(settings{engine: axiomatic}), []column{
			fakeColumn{"engine", "rc11", false, &busy, &overlaps}, fakeColumn{"processor", "rc11", true, &busy, &overlaps},
		}}
		return func(int) (crossed, bool) { return w.cross(context.Background(), &in) }
	}, func(_ int, c crossed) { assert.Equal(t, "agree", c.verdict()) }, nil)
	assert.Zero(t, overlaps.Load())
}

// What is held to another model than the engines were asked about is held against what the first of them says of that one.
func TestOtherModel(t *testing.T) {
	var busy, overlaps atomic.Int32
	w := &crosser{&crossing{}, newRunner(settings{engine: axiomatic}), []column{
		fakeColumn{"engine", "rc11", false, &busy, &overlaps}, fakeColumn{"processor", "c11", true, &busy, &overlaps},
	}}
	c, done := w.cross(context.Background(), &input{file: "t.litmus", text: []byte(messagePassing)})
	require.True(t, done)
	assert.Equal(t, 1, c.held)
	var asked []string
	for _, x := range c.claims {
		asked = append(asked, x.column+" "+x.model)
	}
	assert.Equal(t, []string{"engine rc11", "engine c11", "processor c11"}, asked)
}
