package perpetual_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/stress/perpetual"
)

var update = flag.Bool("update", false, "write the golden file")

const golden = "testdata/catalog.golden"

// describe tells what a test becomes, or why it becomes nothing.
func describe(t *litmus.Test) string {
	p, err := perpetual.Convert(t)
	if err != nil {
		return "\t" + err.Error() + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\tperpetual, %d iterations\n", p.MaxIterations)
	for i, thread := range p.Threads {
		fmt.Fprintf(&b, "\tP%d:", i)
		for _, s := range thread.Stores {
			fmt.Fprintf(&b, " %s: %d+%dn;", t.Threads[i].Lines[s.Line].Node, s.First, s.Stride)
		}
		for _, r := range thread.Out {
			fmt.Fprintf(&b, " records %s;", t.Program.Threads[i].Regs[r].Name)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestConvertCatalog(t *testing.T) {
	var b strings.Builder
	for _, e := range catalog.Files() {
		test, err := e.Parse()
		require.NoError(t, err)
		if test.Dialect == "C" || test.Dialect == "RISCV" {
			continue
		}
		fmt.Fprintf(&b, "%s\n%s", e.File, describe(test))
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String(), "see -update")
}

// A test of shapes.txtar that is not suitable says so: Refused= is the reason.
func TestConvertShapes(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/shapes.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archive.Files)
	for _, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			test, err := litmus.Parse(f.Name, f.Data)
			require.NoError(t, err)
			_, err = perpetual.Convert(test)
			if why := test.Value("Refused"); why != "" {
				assert.EqualError(t, err, why)
			} else {
				assert.NoError(t, err)
			}
		})
	}
}
