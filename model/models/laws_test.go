package models_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// Laws that relate models to each other and to transformations of programs,
// held against random programs. Each is a theorem about the models, so that a
// program which breaks one shows a mistake in a model, a dialect or the search.

// varied are small programs of any form, and classic tests with variations.
func varied(dialect string) *rapid.Generator[*random.Program] {
	free := random.Programs(dialect, random.Size{Threads: 4, Ops: 4, Total: 6, Locations: 3})
	return rapid.OneOf(free, random.Shapes(dialect))
}

// single are programs that have one location.
func single(dialect string) *rapid.Generator[*random.Program] {
	return random.Programs(dialect, random.Size{Threads: 3, Ops: 4, Total: 6, Locations: 1})
}

// outcome is what a model says of a program: each final state, its items sorted.
type outcome struct {
	states    map[string]int // and how many executions end in it
	undefined bool
}

func run(t *rapid.T, text string, names ...string) map[string]outcome {
	test, err := litmus.Parse("random.litmus", []byte(text))
	require.NoError(t, err, "%s", text)
	return runTest(t, test, names...)
}

func runTest(t *rapid.T, test *litmus.Test, names ...string) map[string]outcome {
	var list []model.Model
	for _, name := range names {
		m, err := models.Load(name)
		require.NoError(t, err)
		list = append(list, m)
	}
	results, err := enumerate.Run(context.Background(), test, list, enumerate.Options{})
	require.NoError(t, err)
	outcomes := map[string]outcome{}
	for i, r := range results {
		require.Empty(t, r.Unsupported)
		o := outcome{map[string]int{}, r.Undefined}
		for _, s := range r.States {
			o.states[sorted(test.FormatState(s.Values))] += s.Count
		}
		outcomes[names[i]] = o
	}
	return outcomes
}

// sorted is a state's line with its items in alphabetical order.
func sorted(state string) string {
	items := strings.Split(strings.TrimSuffix(state, ";"), "; ")
	slices.Sort(items)
	return strings.Join(items, "; ")
}

func requireSubset(t *rapid.T, smaller, larger outcome, why string, args ...any) {
	for s := range smaller.states {
		require.Contains(t, larger.states, s, append([]any{why}, args...)...)
	}
}

// everyDialect runs a property on programs of each dialect. fits says which
// models speak of the dialect.
func everyDialect(t *testing.T, programs func(dialect string) *rapid.Generator[*random.Program], property func(t *rapid.T, p *random.Program, fits []string)) {
	for _, dialect := range random.Dialects {
		var fits []string
		for _, m := range models.List {
			if m.Fits(dialect) {
				fits = append(fits, m.Name)
			}
		}
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) { property(t, programs(dialect).Draw(t, "program"), fits) }))
	}
}

func has(kinds ...random.Kind) func(random.Op) bool {
	return func(op random.Op) bool { return slices.Contains(kinds, op.Kind) }
}

// Each model allows what a stronger one does.
func TestStrongerModelsAllowLess(t *testing.T) {
	everyDialect(t, varied, func(t *rapid.T, p *random.Program, fits []string) {
		o := run(t, p.Text(), fits...)
		below := func(strong, weak string) {
			if slices.Contains(fits, weak) {
				requireSubset(t, o[strong], o[weak], "%s allows what %s forbids\n%s", strong, weak, p)
			}
		}
		for _, weak := range []string{"tso", "pso", "ra", "rc11", "aarch64", "riscv"} {
			below("sc", weak)
		}
		// What a plain read may return in a program that races is nothing that c11 defines.
		if !o["c11"].undefined {
			below("sc", "c11")
		}
		below("tso", "pso")
		below("tso", "aarch64")
		// tso knows of no load that waits for the stores before it, as lr.aq.rl does whether or not its pair succeeds.
		if !p.Has(func(op random.Op) bool { return op.Kind == random.LoadReserve && op.Order == random.AcqRel }) {
			below("tso", "riscv")
		}
		// Store buffering is an instance of release-acquire, and compiling for x86 with a barrier between a
		// sequentially consistent store and a load of the kind is correct for RC11.
		below("tso", "ra")
		below("tso", "rc11")
		// Go's races are undefined, its executions are those of sequential consistency.
		if slices.Contains(fits, "go") {
			require.Equal(t, o["sc"].states, o["go"].states, "go\n%s", p)
		}
	})
}

// A stronger annotation or a barrier more allows no new outcome.
func TestStrengtheningAllowsNothingNew(t *testing.T) {
	everyDialect(t, varied, func(t *rapid.T, p *random.Program, fits []string) {
		stronger := append(p.Strengthened(), p.Fenced()...)
		if len(stronger) == 0 {
			return
		}
		q := rapid.SampledFrom(stronger).Draw(t, "stronger")
		before, after := run(t, p.Text(), fits...), run(t, q.Text(), fits...)
		for _, name := range fits {
			if name == "c11" && before[name].undefined {
				continue // anything may happen before
			}
			requireSubset(t, after[name], before[name], "%s allows more of\n%s\nthan of\n%s", name, q, p)
		}
	})
}

// What a program may do, it may do with all its annotations and barriers gone.
func TestRelaxedProgramsAllowMost(t *testing.T) {
	everyDialect(t, varied, func(t *rapid.T, p *random.Program, fits []string) {
		q := p.Relaxed()
		before, after := run(t, p.Text(), fits...), run(t, q.Text(), fits...)
		for _, name := range fits {
			if name == "c11" && after[name].undefined {
				continue
			}
			requireSubset(t, before[name], after[name], "%s allows more of\n%s\nthan of\n%s", name, p, q)
		}
	})
}

// Permuting threads, and renaming locations, changes names only: the same
// outcomes in the same numbers.
func TestPermutingChangesNamesOnly(t *testing.T) {
	everyDialect(t, varied, func(t *rapid.T, p *random.Program, fits []string) {
		order := rapid.Permutation(numbers(len(p.Threads))).Draw(t, "threads")
		names := rapid.Permutation(numbers(p.Locations)).Draw(t, "locations")
		q := p.Permuted(order).Renamed(names)
		before, after := run(t, p.Text(), fits...), run(t, q.Text(), fits...)
		for _, m := range fits {
			back := map[string]int{}
			for s, n := range after[m].states {
				items := strings.Split(s, "; ")
				for i, item := range items {
					items[i] = original(p, item, order, names)
				}
				back[sorted(strings.Join(items, "; "))] += n
			}
			require.Equal(t, before[m].states, back, "%s\n%s\n%s", m, p, q)
			require.Equal(t, before[m].undefined, after[m].undefined, "%s\n%s\n%s", m, p, q)
		}
	})
}

// original is an item of a state, with the names that it had before.
func original(p *random.Program, item string, order, names []int) string {
	if thread, rest, ok := strings.Cut(item, ":"); ok {
		n, err := strconv.Atoi(thread)
		if err == nil {
			return fmt.Sprintf("%d:%s", order[n], rest)
		}
	}
	for i := range names {
		if rest, ok := strings.CutPrefix(item, "["+p.Name(i)+"]"); ok {
			return "[" + p.Name(names[i]) + "]" + rest
		}
	}
	return item
}

func numbers(n int) []int {
	var s []int
	for i := range n {
		s = append(s, i)
	}
	return s
}

// A test printed and read again means the same.
func TestFormatKeepsTheMeaning(t *testing.T) {
	everyDialect(t, varied, func(t *rapid.T, p *random.Program, fits []string) {
		test, err := litmus.Parse("random.litmus", []byte(p.Text()))
		require.NoError(t, err)
		text := litmus.Format(test)
		again, err := litmus.Parse("printed.litmus", []byte(text))
		require.NoError(t, err, "%s", text)
		require.Equal(t, text, litmus.Format(again))
		require.Equal(t, runTest(t, test, fits...), runTest(t, again, fits...), "%s\n%s", p, text)
	})
}

// At a single location every model is sequentially consistent: they share the
// axiom of coherence, which for one location is sc's, and that of atomicity.
func TestOneLocationIsSequentiallyConsistent(t *testing.T) {
	everyDialect(t, single, func(t *rapid.T, p *random.Program, fits []string) {
		if p.Has(has(random.CompareExchange)) && p.Dialect == "C" {
			return // what it expects stands at a second location
		}
		o := run(t, p.Text(), fits...)
		for _, name := range fits {
			if o[name].undefined {
				continue
			}
			require.Equal(t, o["sc"].states, o[name].states, "%s\n%s", name, p)
		}
	})
}
