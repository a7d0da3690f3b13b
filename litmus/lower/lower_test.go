package lower_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/lower"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

func tables() []*mapping.Table {
	var all []*mapping.Table
	for _, target := range mapping.Targets() {
		all = append(all, mapping.Tables(target)...)
	}
	return all
}

// outcomes are the final states of a test under a model, as the source prints them.
func outcomes(t require.TestingT, test, source *litmus.Test, name string, state func([]ir.Value) []ir.Value) (map[string]bool, *enumerate.Result) {
	m, err := models.Load(name)
	require.NoError(t, err)
	results, err := enumerate.Run(context.Background(), test, []model.Model{m}, enumerate.Options{Unroll: 1})
	require.NoError(t, err)
	require.Empty(t, results[0].Unsupported)
	found := map[string]bool{}
	for _, s := range results[0].States {
		found[source.FormatState(state(s.Values))] = true
	}
	return found, results[0]
}

func same(v []ir.Value) []ir.Value { return v }

// sameUnderSC checks that a test and what it becomes end in the same states if threads take turns: that the compiler computes
// what it is told to. A weak compare-exchange may succeed always.
func sameUnderSC(t require.TestingT, source *litmus.Test, table *mapping.Table, text string) {
	l, err := lower.Lower(source, table)
	require.NoError(t, err)
	want, of := outcomes(t, source, source, "sc", same)
	got, result := outcomes(t, l.Test, source, "sc", l.State)
	if of.BoundHit || result.BoundHit || strings.Contains(text, "compare_exchange_weak") {
		for state := range got {
			require.Contains(t, want, state, "%s\n%s", table, l.Text)
		}
		return
	}
	require.Equal(t, want, got, "%s\n%s", table, l.Text)
}

func TestOutcomesStayUnderSC(t *testing.T) {
	for _, e := range catalog.Files() {
		source, err := e.Parse()
		require.NoError(t, err)
		if source.Dialect != "C" {
			continue
		}
		for _, table := range tables() {
			sameUnderSC(t, source, table, string(e.Text))
		}
	}
}

// The programs of testdata compute; each says what.
func TestArithmetic(t *testing.T) {
	files, err := filepath.Glob("testdata/*.litmus")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	m, err := models.Load("sc")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source, err := litmus.Parse(file, text)
		require.NoError(t, err)
		want, _ := outcomes(t, source, source, "sc", same)
		require.Len(t, want, 1, file)
		for _, table := range tables() {
			l, err := lower.Lower(source, table)
			require.NoError(t, err)
			results, err := enumerate.Run(context.Background(), l.Test, []model.Model{m}, enumerate.Options{Unroll: 1})
			require.NoError(t, err, "%s\n%s", table, l.Text)
			assert.Empty(t, results[0].Unsupported, "%s\n%s", table, l.Text)
			assert.NotEmpty(t, results[0].States, "%s\n%s", table, l.Text)
			for _, s := range results[0].States {
				assert.True(t, s.Holds, "%s\n%s\n%s", table, l.Text, l.FormatState(s.Values))
			}
		}
	}
}

// Every mapping is sound for random programs: what the processor allows, C11 does; and nothing gets lost under SC.
func TestRandomPrograms(t *testing.T) {
	all := tables()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(random.Shapes("C"), random.Programs("C", random.Size{Threads: 2, Ops: 3, Locations: 2})).Draw(t, "program").Text()
		table := rapid.SampledFrom(all).Draw(t, "table")
		source, err := litmus.Parse("random", []byte(text))
		require.NoError(t, err)
		sameUnderSC(t, source, table, text)
		allowed, result := outcomes(t, source, source, "c11", same)
		_, repaired := outcomes(t, source, source, "rc11", same) // a race may leave c11 without executions
		if result.Undefined || repaired.Undefined {
			return
		}
		l, err := lower.Lower(source, table)
		require.NoError(t, err)
		got, _ := outcomes(t, l.Test, source, models.Default(l.Dialect), l.State)
		for state := range got {
			require.Contains(t, allowed, state, "%s\n%s\n%s", table, text, l.Text)
		}
	})
}

// A statement that cannot be lowered is told by its place.
func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, to, decl, body, want string }{
		{"sixteen bytes", "arm64", "__int128* x", "*x = 1;", "t.litmus:3:23: *x = 1: an access of 16 bytes: expected 1, 2, 4 or 8"},
		{"kernel", "arm64", "int* x", "WRITE_ONCE(*x, 1);", "no mapping for the primitives of the Linux kernel"},
		{"multiplication", "amd64", "int* x", "*x = *x * 3;", "amd64 has no instruction for this arithmetic"},
		{"narrow update", "riscv", "_Atomic uint8_t* x", "atomic_fetch_add(x, 1);", "riscv has no fetch-and-add of 1 bytes in one access: expected 4 or 8"},
		{"desired value", "amd64", "atomic_int* x", "int e = 0; atomic_compare_exchange_strong(x, &e, *x);", "no mapping for this read-modify-write"},
		{"release load", "amd64", "atomic_int* x", "int r = atomic_load_explicit(x, memory_order_release);", "the ordering release is not one of a load (C11, 7.17.7)"},
		{"registers", "amd64", "int* x", many(), "P0: more values at a time than the 13 registers of amd64 that can be used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "C t\n{ }\nP0 (" + c.decl + ") { " + c.body + " }\nexists (x=1)\n"
			source, err := litmus.Parse("t.litmus", []byte(text))
			require.NoError(t, err)
			table, err := mapping.Find(c.to, "")
			require.NoError(t, err)
			_, err = lower.Lower(source, table)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "t.litmus:3:")
		})
	}
}

// many has more values at a time than amd64 has registers.
func many() string {
	var b, sum strings.Builder
	for _, name := range strings.Split("abcdefghijklmnop", "") {
		b.WriteString("int " + name + " = *x; ")
		sum.WriteString(" + " + name)
	}
	return b.String() + "*x = 0" + sum.String() + ";"
}

func TestAssemblyIsNoSource(t *testing.T) {
	source, err := litmus.Parse("t", []byte("X86 t\n{ }\n P0 ;\n MOV [x],$1 ;\nexists ([x]=1)\n"))
	require.NoError(t, err)
	table, err := mapping.Find("amd64", "")
	require.NoError(t, err)
	_, err = lower.Lower(source, table)
	require.EqualError(t, err, "t is a test of X86: expected one of C")
}
