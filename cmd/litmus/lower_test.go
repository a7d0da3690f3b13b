package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/internal/mapping"
)

// runMappingCheck runs the check of a table and returns what it printed and its exit code.
func runMappingCheck(t *testing.T, inputs []input, table *mapping.Table, source string) (stdout, stderr string, code int) {
	s := settings{engine: axiomatic, unroll: 1}
	var out, errs bytes.Buffer
	err := checkMapping(context.Background(), inputs, s, table, source, 2, &out, &errs)
	var e *exitError
	if errors.As(err, &e) {
		code = e.code
	} else {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), code
}

// Each table with one sequence weaker than it has to be is caught by the catalogue.
func TestWrongTablesAreCaught(t *testing.T) {
	inputs, err := catalogued("C")
	require.NoError(t, err)
	for _, c := range []struct {
		target, mapping string
		op              mapping.Operation
		order           sim.Ordering
		sequence, test  string
	}{
		{"amd64", "xchg", mapping.Store, sim.SeqCst, "mov{s} {new},({addr})", "SB+scs"},
		{"amd64", "leading", mapping.Load, sim.SeqCst, "mov{s} ({addr}),{old}", "SB+scs"},
		{"amd64", "xchg", mapping.Fence, sim.SeqCst, "", "SB+fences"},
		{"arm64", "lse", mapping.Load, sim.Acquire, "LDR{s} {old},[{addr}]", "MP+rel+acq"},
		{"arm64", "lse", mapping.Store, sim.Release, "STR{s} {new},[{addr}]", "MP+rel+acq"},
		{"arm64", "rcpc", mapping.Load, sim.SeqCst, "LDAPR{s} {old},[{addr}]", "SB+scs"},
		{"riscv", "leading", mapping.Load, sim.SeqCst, "l{s} {old},0({addr}); fence r,rw", "SB+scs"},
		{"riscv", "leading", mapping.Store, sim.Release, "s{s} {new},0({addr})", "MP+rel+acq"},
		{"riscv", "amo", mapping.Load, sim.Acquire, "lr.{s} {old},({addr})", "MP+rel+acq"},
	} {
		t.Run(c.target+" "+c.mapping+" "+c.op.String(), func(t *testing.T) {
			table, err := mapping.Find(c.target, c.mapping)
			require.NoError(t, err)
			table.Rows[c.op][c.order] = c.sequence
			stdout, _, code := runMappingCheck(t, inputs, table, defaultSource(c.target))
			assert.Equal(t, exitMismatch, code)
			assert.Contains(t, stdout, "\n"+c.test+" ")
		})
	}
}

// The tables are sound for the catalogue and for the shared corpus, as far as that can be lowered; those of Go against Go's model too.
func TestTablesAreSound(t *testing.T) {
	inputs, err := catalogued("C")
	require.NoError(t, err)
	const corpus = "/work/shared/corpus/c11"
	if _, err := os.Stat(corpus); err == nil {
		more := expand([]string{corpus}, nil)
		if testing.Short() {
			more = more[:10]
		}
		inputs = append(inputs, more...)
	}
	for _, target := range mapping.Targets() {
		tables := mapping.Tables(target)
		if testing.Short() {
			tables = tables[:1]
		}
		for _, table := range tables {
			sources := []string{defaultSource(target)}
			if table.Name == "go" {
				sources = append(sources, "go")
			}
			for _, source := range sources {
				t.Run(table.String()+" "+source, func(t *testing.T) {
					stdout, stderr, code := runMappingCheck(t, inputs, table, source)
					assert.NotEqual(t, exitMismatch, code, stdout)
					assert.NotContains(t, stderr, "does not parse")
					assert.NotContains(t, stderr, "internal error")
				})
			}
		}
	}
}
