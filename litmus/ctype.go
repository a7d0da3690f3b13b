package litmus

import (
	"strings"

	"github.com/weakmem/litmus/litmus/c"
	"github.com/weakmem/litmus/litmus/ir"
)

// declaredType is the type that the words of a declaration name. Words that name no known type are taken for
// int, as herd7 does.
func declaredType(words string, pointer bool) ir.Type {
	if pointer {
		return ir.Type{Size: 8, Declared: true}
	}
	var base []string
	for _, w := range strings.Fields(words) {
		if w != "const" && w != "volatile" && w != "_Atomic" {
			base = append(base, w)
		}
	}
	if t, ok := c.BaseType(strings.Join(base, " ")); ok {
		return t
	}
	return ir.Type{Size: 4, Declared: true}
}

// cast is v as something of type t holds it: addresses unchanged, integers cut to size.
func cast(v ir.Value, t ir.Type) ir.Value { return ir.Extend(v, t.Size, !t.Unsigned) }
