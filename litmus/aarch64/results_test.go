package aarch64

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus/ir"
)

// results holds single instructions and what they compute: registers before,
// the instructions, registers and flags after. The answers were computed apart,
// from the pseudocode of the Arm ARM on integers of any length.
//
//go:embed testdata/results.txt
var results string

func TestResults(t *testing.T) {
	for n, line := range strings.Split(results, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, "|")
		require.Len(t, parts, 3, "line %d", n+1)
		m := &machine{regs: map[string]ir.Value{}}
		for _, setting := range strings.Fields(parts[0]) {
			name, v, _ := strings.Cut(setting, "=")
			m.regs[name] = ir.Int(parse64(t, v))
		}
		var code []string
		for _, in := range strings.Split(parts[1], ";") {
			code = append(code, strings.TrimSpace(in))
		}
		require.NoError(t, m.run(code...), "line %d", n+1)
		for _, want := range strings.Fields(parts[2]) {
			name, v, _ := strings.Cut(want, "=")
			if name == "NZCV" {
				assert.Equal(t, v, m.nzcv(), "line %d: %s", n+1, line)
				continue
			}
			got := fmt.Sprintf("%#x", uint64(m.regs[name].Int))
			assert.Equal(t, fmt.Sprintf("%#x", uint64(parse64(t, v))), got, "line %d: %s", n+1, line)
		}
	}
}

func parse64(t *testing.T, s string) int64 {
	v, err := strconv.ParseUint(s, 0, 64)
	require.NoError(t, err)
	return int64(v)
}

// TestConditions holds every condition against its definition, for all flags (Table C1-1 of the Arm ARM).
func TestConditions(t *testing.T) {
	definitions := map[string]func(n, z, c, v bool) bool{
		"EQ": func(_, z, _, _ bool) bool { return z },
		"NE": func(_, z, _, _ bool) bool { return !z },
		"CS": func(_, _, c, _ bool) bool { return c },
		"HS": func(_, _, c, _ bool) bool { return c },
		"CC": func(_, _, c, _ bool) bool { return !c },
		"LO": func(_, _, c, _ bool) bool { return !c },
		"MI": func(n, _, _, _ bool) bool { return n },
		"PL": func(n, _, _, _ bool) bool { return !n },
		"VS": func(_, _, _, v bool) bool { return v },
		"VC": func(_, _, _, v bool) bool { return !v },
		"HI": func(_, z, c, _ bool) bool { return c && !z },
		"LS": func(_, z, c, _ bool) bool { return !(c && !z) },
		"GE": func(n, _, _, v bool) bool { return n == v },
		"LT": func(n, _, _, v bool) bool { return n != v },
		"GT": func(n, z, _, v bool) bool { return !z && n == v },
		"LE": func(n, z, _, v bool) bool { return !(!z && n == v) },
		"AL": func(_, _, _, _ bool) bool { return true },
		"NV": func(_, _, _, _ bool) bool { return true },
	}
	for cond, holds := range definitions {
		for f := range int64(16) {
			want := int64(0)
			if holds(f&8 != 0, f&4 != 0, f&2 != 0, f&1 != 0) {
				want = 1
			}
			m := &machine{regs: map[string]ir.Value{"X1": ir.Int(f << 28), "X2": ir.Int(1)}}
			require.NoError(t, m.run("MSR NZCV,X1", "MRS X4,NZCV", "CSEL X3,X2,XZR,"+cond, "B."+cond+" taken", "MOV X5,#1", "taken:"))
			assert.Equal(t, f<<28, m.regs["X4"].Int)
			assert.Equal(t, want, m.regs["X3"].Int, "CSEL with %s, flags %04b", cond, f)
			assert.Equal(t, 1-want, m.regs["X5"].Int, "B.%s, flags %04b", cond, f)
		}
	}
}
