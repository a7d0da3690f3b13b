package c

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/litmus/ir"
)

func drawPure(t *rapid.T, depth int) string {
	n := rapid.IntRange(0, 6).Draw(t, "expression")
	if depth == 0 {
		n %= 2
	}
	sub := func() string { return drawPure(t, depth-1) }
	switch n {
	case 0:
		return rapid.SampledFrom([]string{"0", "1", "3u", "2147483647", "5000000000"}).Draw(t, "constant")
	case 1:
		return rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "operand")
	case 2, 3:
		op := rapid.SampledFrom([]string{"+", "-", "*", "/", "%", "&", "^", "<", ">=", "==", "<<", ">>"}).Draw(t, "operator")
		return "(" + sub() + " " + op + " " + sub() + ")"
	case 4:
		return "(" + sub() + " ? " + sub() + " : " + sub() + ")"
	case 5:
		return rapid.SampledFrom([]string{"- ", "~", "!", "(unsigned char)", "(long)"}).Draw(t, "unary") + sub()
	}
	return "(" + sub() + rapid.SampledFrom([]string{" && ", " || "}).Draw(t, "logical") + sub() + ")"
}

// Operands in memory make && || ?: branches, locals make them data flow, and
// constants are folded: the value is the same.
func TestLoweringsAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := drawPure(rt, 4)
		value := func(a, b, c string) ir.Value {
			body := "int a = -2; unsigned b = 3000000000u; signed char c = -7; *y = a; *u = b; *s = c; long r = " +
				strings.NewReplacer("A", a, "B", b, "C", c).Replace(e) + ";"
			p, err := lower("P0 (int *y, unsigned *u, signed char *s) {" + body + "}")
			require.NoError(rt, err, body)
			all := sequential(t, p, map[ir.Value]ir.Value{})
			require.Len(rt, all, 1)
			return all[0].regs["r"]
		}
		locals := value("a", "b", "c")
		require.Equal(rt, locals, value("*y", "*u", "*s"), e)
		require.Equal(rt, locals, value("(-2)", "3000000000u", "(signed char)-7"), e)
		require.Equal(rt, locals, value("a", "*u", "c"), e)
	})
}
