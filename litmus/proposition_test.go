package litmus_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// drawn is a random proposition: its text, with more parentheses than it needs, and what it means.
type drawn struct {
	text string
	eval func(x, y int64) bool
}

func drawProp(t *rapid.T, depth int) drawn {
	kind := 5
	if depth > 0 {
		kind = rapid.IntRange(0, 7).Draw(t, "kind")
	}
	parens := func(d drawn) string { return "(" + d.text + ")" }
	switch kind {
	case 0:
		a, b := drawProp(t, depth-1), drawProp(t, depth-1)
		return drawn{parens(a) + `/\` + parens(b), func(x, y int64) bool { return a.eval(x, y) && b.eval(x, y) }}
	case 1:
		a, b := drawProp(t, depth-1), drawProp(t, depth-1)
		return drawn{parens(a) + ` \/` + parens(b), func(x, y int64) bool { return a.eval(x, y) || b.eval(x, y) }}
	case 2:
		a, b := drawProp(t, depth-1), drawProp(t, depth-1)
		return drawn{parens(a) + "=>" + parens(b), func(x, y int64) bool { return !a.eval(x, y) || b.eval(x, y) }}
	case 3:
		a := drawProp(t, depth-1)
		not := rapid.SampledFrom([]string{"~", "not "}).Draw(t, "not")
		return drawn{not + parens(a), func(x, y int64) bool { return !a.eval(x, y) }}
	case 4:
		return drawn{"x=0:x5", func(x, y int64) bool { return int64(uint8(x)) == y }}
	}
	n := rapid.Int64Range(-2, 2).Draw(t, "n")
	switch rapid.IntRange(0, 2).Draw(t, "atom") {
	case 0:
		return drawn{fmt.Sprintf("x=%d", n), func(x, _ int64) bool { return uint8(x) == uint8(n) }}
	case 1:
		return drawn{fmt.Sprintf("0:x5 != %d", n), func(_, y int64) bool { return y != n }}
	}
	return drawn{"true", func(int64, int64) bool { return true }}
}

// TestPropositionMeaning: a proposition means what its text says, and so does the text that it prints.
func TestPropositionMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawProp(t, 4)
		parse := func(prop string) *litmus.Test {
			test, err := litmus.Parse("t", []byte("RISCV t\n{ uint8_t x; int64_t 0:x5; }\nP0;\nnop;\nlocations [x; 0:x5;]\nforall "+prop))
			require.NoError(t, err)
			return test
		}
		test := parse(want.text)
		again := parse(test.Condition.Prop.String())
		require.Equal(t, test.Condition.String(), again.Condition.String())
		require.Equal(t, "0:x5", test.Observed[0].Name)
		for x := int64(-2); x <= 2; x++ {
			for y := int64(-2); y <= 2; y++ {
				state := []ir.Value{ir.Int(y), ir.Int(x)}
				require.Equal(t, want.eval(x, y), test.Condition.Prop.Eval(state), "x=%d y=%d", x, y)
				require.Equal(t, want.eval(x, y), again.Condition.Prop.Eval(state), "x=%d y=%d", x, y)
				test.Normalize(state)
				require.Equal(t, want.eval(x, y), test.Condition.Prop.Eval(state), "normalized, x=%d y=%d", x, y)
			}
		}
	})
}

// TestPrecedence: an implication binds tighter than a conjunction, a conjunction than a disjunction.
func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		`x=1 \/ x=2 /\ x=3 => x=4 => x=5`: `[x]=1 \/ [x]=2 /\ [x]=3 => [x]=4 => [x]=5`,
		`(x=1 \/ x=2) /\ (x=3 => x=4)`:    `([x]=1 \/ [x]=2) /\ [x]=3 => [x]=4`,
		`(x=1 /\ x=2) => x=4`:             `([x]=1 /\ [x]=2) => [x]=4`,
		`(x=1 => x=2) => x=4`:             `([x]=1 => [x]=2) => [x]=4`,
		`x=1 /\ (x=2 /\ (x=3 \/ x=4))`:    `[x]=1 /\ [x]=2 /\ ([x]=3 \/ [x]=4)`,
		`~x=1 /\ x=2`:                     `not ([x]=1) /\ [x]=2`,
	} {
		test, err := litmus.Parse("t", []byte("RISCV t\n{ x; }\nP0;\nnop;\nexists "+text))
		require.NoError(t, err)
		require.Equal(t, want, test.Condition.Prop.String())
	}
}
