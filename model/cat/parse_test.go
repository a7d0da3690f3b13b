package cat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bracketed writes an expression with every operator's operands in brackets.
func bracketed(e expr) string {
	list := func(es []expr) string {
		var out []string
		for _, e := range es {
			out = append(out, bracketed(e))
		}
		return strings.Join(out, ", ")
	}
	switch e := e.(type) {
	case *nameExpr:
		return e.name
	case *zeroExpr:
		return "0"
	case *universeExpr:
		return "_"
	case *tagExpr:
		return "'" + e.name
	case *setExpr:
		return "{" + list(e.elems) + "}"
	case *tupleExpr:
		return "<" + list(e.elems) + ">"
	case *unaryExpr:
		switch e.op {
		case tTilde:
			return "(~" + bracketed(e.x) + ")"
		case tLBrack:
			return "[" + bracketed(e.x) + "]"
		case tHat:
			return "(" + bracketed(e.x) + "^-1)"
		}
		return "(" + bracketed(e.x) + e.op.String() + ")"
	case *binaryExpr:
		return "(" + bracketed(e.x) + " " + e.op.String() + " " + bracketed(e.y) + ")"
	case *applyExpr:
		return "(" + bracketed(e.fn) + " @ " + bracketed(e.arg) + ")"
	case *funExpr:
		return fmt.Sprintf("(fun %v -> %s)", e.params.names, bracketed(e.body))
	case *letExpr:
		return fmt.Sprintf("(let %v in %s)", e.binds[0].pat.names, bracketed(e.body))
	case *tryExpr:
		return "(try " + bracketed(e.x) + " with " + bracketed(e.fallback) + ")"
	case *ifExpr:
		return "(if " + bracketed(e.then) + " else " + bracketed(e.alt) + ")"
	}
	return fmt.Sprintf("%T", e)
}

func TestPrecedence(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a | b | c", "(a | (b | c))"},
		{"a ++ b | c ++ d", "((a ++ b) | (c ++ d))"},
		{"a ; b ++ c", "((a ; b) ++ c)"},
		{"a ; b ; c", "(a ; (b ; c))"},
		{`a \ b \ c`, `((a \ b) \ c)`},
		{`a ; b \ c & d`, `(a ; (b \ (c & d)))`},
		{"a & b & c", "(a & (b & c))"},
		{"a & W * R", "(a & (W * R))"},
		{"W*R & a", "((W * R) & a)"},
		{"a* ; b", "((a*) ; b)"},
		{"a* & b", "((a*) & b)"},
		{"a * b | c", "((a * b) | c)"},
		{"a*[b]", "(a * [b])"},
		{"a+?", "((a+)?)"},
		{"a^-1*", "((a^-1)*)"},
		{"~a & b", "((~a) & b)"},
		{"~a^-1", "(~(a^-1))"},
		{"~~a", "(~(~a))"},
		{"f x y", "((f @ x) @ y)"},
		{"f (x, y) | z", "((f @ <x, y>) | z)"},
		{"f(x)+", "((f @ x)+)"},
		{"f x^-1", "((f @ x)^-1)"},
		{"f {x} ++ s", "((f @ {x}) ++ s)"},
		{"po-loc;rf^-1", "(po-loc ; (rf^-1))"},
		{"a,b|c", "<a, (b | c)>"},
		{"(a)", "a"},
		{"()", "<>"},
		{"begin a | b end & c", "((a | b) & c)"},
		{"fun x -> x | y", "(fun [x] -> (x | y))"},
		{"fun (x, _) -> x", "(fun [x _] -> x)"},
		{"let x = a in x | b", "(let [x] in (x | b))"},
		{"a | let x = b in x ; c", "(a | (let [x] in (x ; c)))"},
		{"try A with {} | b", "(try A with ({} | b))"},
		{"(try X with 0) | b", "((try X with 0) | b)"},
		{`if "v" then a else b | c`, "(if a else (b | c))"},
		{"a // b\n| c", "(a | c)"},
		{"a # b\n| c", "(a | c)"},
		{"a (* (* b *) c *) | d", "(a | d)"},
		{"dmb.full | _x | r' | a_b", "(dmb.full | (_x | (r' | a_b)))"},
		{"domain 0", "(domain @ 0)"},
	} {
		f, err := parseFile("x.cat", "empty "+c.text)
		require.NoError(t, err, c.text)
		require.Len(t, f.body, 1, c.text)
		assert.Equal(t, c.want, bracketed(f.body[0].(*testStmt).x), c.text)
	}
}

func TestHeader(t *testing.T) {
	for _, c := range []struct{ text, title, arch string }{
		{"", "", ""},
		{"let x = po", "", ""},
		{`"A quoted title"`, "A quoted title", ""},
		{"SC", "SC", ""},
		{"C RC11", "C RC11", "C"},
		{`AArch64 "Armv8"`, "AArch64 Armv8", "AArch64"},
		{"x86-tso", "x86-tso", ""},
		{"C11 2016", "C11 2016", "C11"},
		{`"Orders" withoutco`, "Orders", ""},
		{"(* comment *) Model catdep", "Model", ""},
	} {
		m, err := Parse("dir/name.cat", c.text+"\nacyclic po", nil)
		require.NoError(t, err, c.text)
		assert.Equal(t, c.title, m.Title(), c.text)
		assert.Equal(t, c.arch, m.Arch(), c.text)
		assert.Equal(t, "name", m.Name())
	}
}

// TestInstructionsEnd: what follows an instruction starts the next one.
func TestInstructionsEnd(t *testing.T) {
	f, err := parseFile("x.cat", `
let a = po*
~empty a
let f x = x in
acyclic f po
show a
~acyclic a
show a, f
show a as b
show f a as c
assert empty 0
if "v" let b = a else end
with c from {a}
call p ()
flag ~empty a as x-y
`)
	require.NoError(t, err)
	var kinds []string
	for _, s := range f.body {
		kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", s), "*cat."))
	}
	assert.Equal(t, []string{
		"letStmt", "testStmt", "letStmt", "testStmt", "showStmt", "testStmt", "showStmt", "showAsStmt", "showAsStmt",
		"testStmt", "ifStmt", "withStmt", "callStmt", "testStmt",
	}, kinds)
}

func TestNestingIsBounded(t *testing.T) {
	for _, text := range []string{
		"empty " + strings.Repeat("(", 100_000),
		"empty " + strings.Repeat("~", 100_000) + "po",
		strings.Repeat(`if "v" `, 100_000),
		"empty " + strings.Repeat("[", 900) + "R" + strings.Repeat("]", 900),
	} {
		_, err := Parse("deep.cat", text, nil)
		require.Error(t, err)
	}
}
