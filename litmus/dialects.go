package litmus

import (
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/aarch64"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/riscv"
	"github.com/weakmem/litmus/litmus/x86"
)

// dialects are the instruction sets, whose tests are tables. C tests are lists of functions instead.
var dialects = []ir.Dialect{aarch64.Dialect, riscv.Dialect, x86.X86, x86.X86_64}

// Dialects returns the names of the dialects that Parse knows, sorted.
func Dialects() []string {
	names := []string{"C"}
	for _, d := range dialects {
		names = append(names, d.Name())
	}
	slices.Sort(names)
	return names
}

// lookDialect finds a dialect by the word that starts the header; it is nil for C.
func lookDialect(name string, pos source.Pos) (ir.Dialect, error) {
	if name == "C" {
		return nil, nil
	}
	for _, d := range dialects {
		if d.Name() == name {
			return d, nil
		}
	}
	return nil, source.Errorf(pos, "dialect %q is not known: expected one of %s", name, strings.Join(Dialects(), ", "))
}
