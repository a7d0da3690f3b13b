package stress_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/lower"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// programs draws tests of several threads: of classic shapes, of accesses at random, or of instructions at random.
func programs(dialect string) *rapid.Generator[random.Listing] {
	text := func(p *random.Program) random.Listing { return random.Listing(p.Text()) }
	return rapid.OneOf(
		rapid.Map(random.Shapes(dialect), text),
		rapid.Map(random.Programs(dialect, random.Size{Threads: 4, Ops: 4, Total: 8, Locations: 3}), text),
		random.Listings(dialect, random.Size{Threads: 4, Ops: 8, Total: 6}),
	)
}

func parse(t require.TestingT, text random.Listing) *litmus.Test {
	test, err := litmus.Parse("random.litmus", []byte(text))
	require.NoError(t, err)
	return test
}

// verdict is what a model says of a test. Tests that are too much for it are skipped.
func verdict(t interface {
	require.TestingT
	Skip(...any)
}, test *litmus.Test, name string) *enumerate.Result {
	m, err := models.Load(name)
	require.NoError(t, err)
	results, err := enumerate.Run(context.Background(), test, []model.Model{m}, enumerate.Options{MaxRuns: 1 << 12})
	if err != nil {
		t.Skip(err)
	}
	require.Empty(t, results[0].Unsupported)
	require.False(t, results[0].BoundHit)
	return results[0]
}

// emulated tells that what is seen is the memory model of an emulator's translation: qemu 7.2 lets an LDAR pass the STLR before it.
func emulated() bool { return host.Describe().Emulated != "" }

// run runs a test a few thousand times; those that this processor cannot run are skipped.
func run(t *rapid.T, test *litmus.Test, mode stress.Mode, instances int64) []stress.State {
	// Where other programs keep the processors busy an instance may take milliseconds.
	o := stress.Options{Instances: instances, Time: 100 * time.Millisecond, Mode: mode, Seed: rapid.Uint64().Draw(t, "seed")}
	if emulated() {
		o.Affinity.Processors = []int{0} // where no store buffer is, the emulator's nor that of the processor beneath
	}
	r, err := stress.Run(context.Background(), test, o, nil, nil)
	if errors.Is(err, stress.ErrUnsupported) {
		t.Skip(err)
	}
	require.NoError(t, err)
	require.NotEmpty(t, r.States)
	return r.States
}

// forbidden is a state of those seen that is not among those allowed, or nil.
func forbidden(seen []stress.State, allowed []enumerate.State, as func([]ir.Value) []ir.Value) []ir.Value {
	for _, s := range seen {
		values := as(s.Values)
		if !slices.ContainsFunc(allowed, func(a enumerate.State) bool { return slices.Equal(a.Values, values) }) {
			return values
		}
	}
	return nil
}

func asIs(values []ir.Value) []ir.Value { return values }

// requireAllowed fails the test if a state was seen that the model forbids. What is seen once may not come again: the message
// of Fatalf is what rapid keeps of a failure that it cannot repeat.
func requireAllowed(t *rapid.T, test *litmus.Test, model string, seen []stress.State, allowed []enumerate.State, as func([]ir.Value) []ir.Value) {
	if s := forbidden(seen, allowed, as); s != nil {
		t.Fatalf("%s seen, which %s forbids", test.FormatState(s), model)
	}
}

func eachDialect(t *testing.T, body func(t *rapid.T, dialect string)) {
	if len(stress.Dialects()) == 0 {
		t.Skip("there is no machine code for this processor")
	}
	for _, dialect := range stress.Dialects() {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) { body(t, dialect) }))
	}
}

// Whatever the processor shows of drawn programs, its model allows.
func TestRandomPrograms(t *testing.T) {
	eachDialect(t, func(t *rapid.T, dialect string) {
		text := programs(dialect).Draw(t, "program")
		if rapid.Bool().Draw(t, "registers only") {
			text = text.Registers() // which more programs may run perpetually
		}
		test := parse(t, text)
		allowed := verdict(t, test, models.Default(dialect)).States
		mode := rapid.SampledFrom([]stress.Mode{stress.Auto, stress.Sync}).Draw(t, "mode")
		requireAllowed(t, test, models.Default(dialect), run(t, test, mode, 3000), allowed, asIs)
	})
}

// The same for programs that can be run perpetually.
func TestRandomPerpetual(t *testing.T) {
	eachDialect(t, func(t *rapid.T, dialect string) {
		threads := rapid.IntRange(2, 4).Draw(t, "threads")
		program := random.Unsynchronised(dialect, threads, 8).Draw(t, "program")
		test := parse(t, random.Listing(program.Text()).Registers())
		allowed := verdict(t, test, models.Default(dialect)).States
		requireAllowed(t, test, models.Default(dialect), run(t, test, stress.Perpetual, 20_000), allowed, asIs)
	})
}

// A thread alone ends as its model says, in each instance.
func TestRandomThreads(t *testing.T) {
	eachDialect(t, func(t *rapid.T, dialect string) {
		test := parse(t, random.Listings(dialect, random.Size{Threads: 1, Ops: 12, Total: 6}).Draw(t, "program"))
		allowed := verdict(t, test, models.Default(dialect)).States
		seen := run(t, test, stress.Sync, 500)
		requireAllowed(t, test, models.Default(dialect), seen, allowed, asIs)
		if len(allowed) == 1 {
			require.Len(t, seen, 1)
		}
	})
}

// The models do not know accesses of parts of locations; what they do to one thread alone is plain.
func TestRandomMixedSizes(t *testing.T) {
	eachDialect(t, func(t *rapid.T, dialect string) {
		test := parse(t, random.Listings(dialect, random.Size{Threads: 1, Ops: 12, Total: 12, Mixed: true}).Draw(t, "program"))
		want := sequential(t, test)
		for _, s := range run(t, test, stress.Sync, 500) {
			require.Equal(t, test.FormatState(want), test.FormatState(s.Values))
		}
	})
}

// What C programs show, compiled in any of the ways there are for this processor, C allows, unless they race.
func TestRandomC(t *testing.T) {
	tables := mapping.Tables(runtime.GOARCH)
	if len(tables) == 0 {
		t.Skip("there is no mapping to this processor")
	}
	source := map[string]string{"amd64": "rc11", "arm64": "c11"}[runtime.GOARCH]
	programs := rapid.OneOf(random.Shapes("C"), random.Programs("C", random.Size{Threads: 4, Ops: 4, Total: 7, Locations: 3, Mixed: true}))
	rapid.Check(t, func(t *rapid.T) {
		text := random.Listing(programs.Draw(t, "program").Text())
		table := tables[rapid.IntRange(0, len(tables)-1).Draw(t, "mapping")]
		test := parse(t, text)
		if verdict(t, test, "rc11").Undefined {
			t.Skip("it races")
		}
		lowered, err := lower.Lower(test, table)
		require.NoError(t, err)
		seen := run(t, lowered.Test, stress.Auto, 3000)
		allowed := verdict(t, test, source)
		if !allowed.Undefined {
			requireAllowed(t, test, source+" with "+table.String(), seen, allowed.States, lowered.State)
		}
	})
}
