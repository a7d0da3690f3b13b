package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/catalog"
)

// latch is a protocol with programs that do what no program of the catalogue should.
var latch = []catalog.Protocol{{
	Name: "latch", Title: "a bit that is set once",
	Programs: []catalog.Program{
		{Name: "publish", Doc: "what is set is seen", Body: publish(atomic.Release)},
		{Name: "too-weak", Doc: "an ordering is missing", Body: publish(atomic.Relaxed)},
		{Name: "large", Doc: "more executions than anybody waits for", Body: func(x *explorer.T) {
			var n atomic.Int32
			for range 12 {
				x.Go("adder", func() { n.Add(1) })
			}
		}},
	},
	Mistakes: []catalog.Mistake{
		{Program: catalog.Program{Name: "relaxed", Body: publish(atomic.Relaxed)}, Fails: "data race"},
		{Program: catalog.Program{Name: "none", Body: publish(atomic.Release)}, Fails: "data race"},
		{Program: catalog.Program{Name: "other", Body: publish(atomic.Relaxed)}, Fails: "deadlock"},
	},
}}

func publish(order atomic.Ordering) func(*explorer.T) {
	return func(x *explorer.T) {
		var data atomic.Cell[int]
		var ready atomic.Bool
		x.Go("writer", func() { data.Store(1); ready.Store(true, order) })
		x.Go("reader", func() {
			if ready.Load(atomic.Acquire) {
				data.Load()
			}
		})
	}
}

func runExplore(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	return explores(ctx, latch, args...)
}

// explores runs the command over some protocols.
func explores(ctx context.Context, protocols []catalog.Protocol, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	c := newExplore(protocols)
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
	if err != nil {
		errs.WriteString(err.Error() + "\n")
	}
	return code, out.String(), errs.String()
}

func TestExploreTellsWhatFails(t *testing.T) {
	code, out, errs := runExplore(t.Context(), "latch", "--program", "publish,too-weak", "--model", "rc11,sc")
	assert.Equal(t, exitMismatch, code)
	assert.Equal(t, "1 of 4 not as expected\n", errs)
	head, failure, _ := strings.Cut(out, "\n\n")
	assert.Equal(t, strings.TrimSpace(`
latch: a bit that is set once
  program   model  executions  led nowhere  verdict
  publish   rc11   2           -            ✓ verified
  publish   sc     2           -            ✓ verified
  too-weak  rc11   -           -            ✗ FAILED: data race
  too-weak  sc     2           -            ✓ verified`), head)
	assert.True(t, strings.HasPrefix(failure, "data race in latch/too-weak under rc11\n"), failure)
	assert.Contains(t, failure, "explore_test.go:")
	assert.NotContains(t, failure, "replay:")
}

func TestExploreHoldsMistakesAgainstTheirFailures(t *testing.T) {
	code, out, errs := runExplore(t.Context(), "latch", "--mistakes")
	assert.Equal(t, exitMismatch, code)
	assert.Equal(t, "2 of 3 not as expected\n", errs)
	assert.Contains(t, out, "✓ fails: data race\n")
	assert.Contains(t, out, "✗ verified, but expected to fail: data race\n")
	assert.Contains(t, out, "✗ fails: data race, but expected: deadlock\n")
	code, _, _ = runExplore(t.Context(), "latch", "--mistakes", "--program", "relaxed")
	assert.Equal(t, exitFine, code)
}

func TestExploreToldToStop(t *testing.T) {
	code, out, errs := runExplore(t.Context(), "latch", "--program", "large", "--executions", "100")
	assert.Equal(t, exitMismatch, code)
	assert.Equal(t, "1 of 1 hit a bound\n", errs)
	assert.Contains(t, out, "bound hit: ")
	assert.NotContains(t, out, "verified")
	_, out, _ = runExplore(t.Context(), "latch", "--program", "large", "--timeout", "1ms")
	assert.Contains(t, out, "bound hit: the time was up")
}

// An interrupt prints what is known so far.
func TestExploreInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	runs := 0
	programs := slices.Clone(latch)
	programs[0].Programs = slices.Clone(programs[0].Programs)
	large := &programs[0].Programs[2]
	body := large.Body
	large.Body = func(x *explorer.T) {
		if runs++; runs == 1000 {
			cancel()
		}
		body(x)
	}
	code, out, errs := explores(ctx, programs, "latch", "-j", "1", "--model", "sc")
	assert.Equal(t, exitInterrupted, code)
	assert.Contains(t, out, "✓ verified")
	assert.Regexp(t, `large +sc +\d+ +- +interrupted`, out)
	assert.Equal(t, "interrupted: 1 of 3 explorations not finished\n", errs)
}

func TestExploreWritesThePage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.html")
	_, _, errs := runExplore(t.Context(), "latch", "--program", "publish", "--html", page)
	assert.Equal(t, "nothing failed: "+page+" is not written\n", errs)
	assert.NoFileExists(t, page)
	_, _, errs = runExplore(t.Context(), "latch", "--program", "too-weak", "--html", page)
	assert.Contains(t, errs, "data race in latch/too-weak under rc11: on the page "+page)
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(text), "latch/too-weak")
	code, _, errs := runExplore(t.Context(), "latch", "--program", "too-weak", "--html", filepath.Join(page, "below"))
	assert.Equal(t, exitBad, code)
	assert.Contains(t, errs, "below")
}

func TestExploreForPrograms(t *testing.T) {
	_, out, _ := runExplore(t.Context(), "latch", "--program", "publish,too-weak", "--format", "json", "--time")
	var lines []exploredLine
	for l := range strings.Lines(out) {
		var line exploredLine
		require.NoError(t, json.Unmarshal([]byte(l), &line))
		assert.Positive(t, line.Seconds)
		line.Seconds = 0
		lines = append(lines, line)
	}
	require.Len(t, lines, 2)
	assert.Equal(t, exploredLine{Protocol: "latch", Program: "publish", Model: "rc11", Executions: 2, Verdict: verified, OK: true}, lines[0])
	assert.Equal(t, failed, lines[1].Verdict)
	assert.NotEmpty(t, lines[1].Failure.Steps)
}

// The settings of go test have no say.
func TestExploreIgnoresTheEnvironment(t *testing.T) {
	t.Setenv("EXPLORER_MODEL", "sc,tso")
	code, out, _ := runExplore(t.Context(), "latch", "--program", "publish")
	assert.Equal(t, exitFine, code)
	assert.Contains(t, out, "rc11")
}

func TestExploreRefuses(t *testing.T) {
	for _, c := range []struct{ args, says string }{
		{"lacht", "unknown protocol lacht: the protocols are latch; all stands for all of them"},
		{"latch --program large,pubish", "unknown program pubish: the programs of latch are publish, too-weak, large"},
		{"latch --mistakes --program publish", "unknown mistake publish: the mistakes of latch are relaxed, none, other"},
		{"latch --model tos", `--model: no model "tos" to explore under: have go, pso, ra, rc11, sc, tso, and the paths of .cat files; all stands for sc, tso, ra, rc11, go`},
		{"latch --model missing.cat", "missing.cat"},
		{"latch --format xml", "--format xml: expected text or json"},
		{"latch -j 0", "-j 0: at least one worker is needed"},
		{"latch --executions -1", "--executions -1: expected 0 (no bound) or more"},
		{"latch --timeout -1s", "--timeout -1s: expected 0 (none) or more"},
		{"list latch", "unknown protocol list"},
	} {
		code, out, errs := runExplore(t.Context(), strings.Fields(c.args)...)
		assert.Equal(t, exitBad, code, c.args)
		assert.Empty(t, out, c.args)
		assert.Contains(t, errs, c.says)
	}
	code, _, errs := explores(t.Context(), []catalog.Protocol{{Name: "empty"}}, "empty", "--mistakes")
	assert.Equal(t, exitBad, code)
	assert.Equal(t, "empty: no mistakes\n", errs)
}

func TestExploreLists(t *testing.T) {
	for _, args := range [][]string{{}, {"list"}} {
		code, out, _ := runExplore(t.Context(), args...)
		assert.Equal(t, exitFine, code)
		assert.Contains(t, out, "latch       a bit that is set once\n  publish   what is set is seen\n")
	}
}
