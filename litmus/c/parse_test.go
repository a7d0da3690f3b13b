package c

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

var start = source.Pos{File: "t", Line: 1, Col: 1}

func mustParse(t require.TestingT, src string) []*Function {
	fns, _, err := Parse(src, start)
	require.NoError(t, err, src)
	return fns
}

func format(fns []*Function) string {
	var b strings.Builder
	for _, f := range fns {
		b.WriteString(f.String())
	}
	return b.String()
}

// unplaced clears the positions in v.
func unplaced(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			unplaced(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			unplaced(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[source.Pos]() {
			v.SetZero()
			return
		}
		for i := range v.NumField() {
			unplaced(v.Field(i))
		}
	}
}

func TestCanonicalText(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{"int a, *b = x;", "int a;\nint *b = x;"},
		{"volatile int  *const  p=x ;", "volatile int *const p = x;"},
		{"long unsigned a; signed b; short int c; char unsigned d; long long int e; unsigned __int128 f; __uint128_t g;",
			"unsigned long a;\nint b;\nshort c;\nunsigned char d;\nlong long e;\nunsigned __int128 f;\n__uint128_t g;"},
		{"_Atomic(int) a; _Atomic(int*) b; int const volatile c;", "_Atomic int a;\nint *_Atomic b;\nconst volatile int c;"},
		{"if(a)b;else if(c)d;else e;", "if (a) {\n  b;\n} else if (c) {\n  d;\n} else {\n  e;\n}"},
		{"if (a) if (b) c; else d;", "if (a) {\n  if (b) {\n    c;\n  } else {\n    d;\n  }\n}"},
		{"if (*b) ;", "if (*b) {\n}"},
		{"while(a){b;;}", "while (a) {\n  b;\n}"},
		{"do a; while(b);", "do {\n  a;\n} while (b);"},
		{"for(;;);", "for (;;) {\n}"},
		{"for(int i=0;i<3;i++)a;", "for (int i = 0; i < 3; i++) {\n  a;\n}"},
		{"for(int i=0,j=1;;)a;", "{\n  int i = 0;\n  int j = 1;\n  for (;;) {\n    a;\n  }\n}"},
		{"{ { a; } }", "{\n  {\n    a;\n  }\n}"},
		{"l: a; goto l; return; return a; break; continue;", "l:;\na;\ngoto l;\nreturn;\nreturn a;\nbreak;\ncontinue;"},
		{"a=b=c, d;", "a = b = c, d;"},
		{"(a+b)*c-(d-e);", "(a + b) * c - (d - e);"},
		{"a-b-c; a-(b-c); a<<1+2; (a<<1)+2;", "a - b - c;\na - (b - c);\na << 1 + 2;\n(a << 1) + 2;"},
		{"-(-a); - -1; !!a; ~-a; *&*a; -a++; (*a)++; ++*a;", "- -a;\n- -1;\n!!a;\n~-a;\n*&*a;\n-a++;\n(*a)++;\n++*a;"},
		{"a?b:c?d:e; (a?b:c)?d:e; a?(b,c):d;", "a ? b : c ? d : e;\n(a ? b : c) ? d : e;\na ? b, c : d;"},
		{"(int)a+b; (int)(a+b); (volatile int*)a; (void)(*a);", "(int)a + b;\n(int)(a + b);\n(volatile int *)a;\n(void)*a;"},
		{"sizeof(int); sizeof a; sizeof(a+b); sizeof((int)a);", "sizeof(int);\nsizeof a;\nsizeof (a + b);\nsizeof ((int)a);"},
		{"a[1][2]; (*a)[1]; *a[1]; f(a,(b,c)); g{mb,once}(a); __fence{sync-rcu};", "a[1][2];\n(*a)[1];\n*a[1];\nf(a, (b, c));\ng{mb, once}(a);\n__fence{sync-rcu}();"},
		{"0x10; 017; 5u; 5UL; 5ll; 18446744073709551615u;", "16;\n15;\n5u;\n5ul;\n5l;\n18446744073709551615u;"},
		{"a /* one */ + // two\n b /(*c);", "a + b / *c;"},
		{"a >>= 1; a <<= b; a %= 2;", "a >>= 1;\na <<= b;\na %= 2;"},
		{"sizeof (a)[1];", "sizeof a[1];"},
	} {
		fns := mustParse(t, "P0(){"+c.in+"}")
		want := "P0 () {\n"
		for _, line := range strings.Split(c.out, "\n") {
			want += "  " + line + "\n"
		}
		want += "}\n"
		assert.Equal(t, want, fns[0].String(), c.in)
		again := mustParse(t, fns[0].String())
		unplaced(reflect.ValueOf(fns))
		unplaced(reflect.ValueOf(again))
		assert.Equal(t, fns, again, c.in)
	}
}

func TestParseHeader(t *testing.T) {
	src := `// before
(* P7 () *)
void P0 (void) { }
P1 (atomic_int* x, int const *y, int z[2], _Atomic(int) *a,
    int **p) { if (*y) *x = 1; } /* after */
(* and *)
exists (1:r0=1)`
	fns, rest, err := Parse(src, source.Pos{File: "t", Line: 5, Col: 1})
	require.NoError(t, err)
	assert.Equal(t, "exists (1:r0=1)", src[rest:])
	assert.Equal(t, "P0 () {\n}\nP1 (atomic_int *x, const int *y, int *z, _Atomic int *a, int **p) {\n  if (*y) {\n    *x = 1;\n  }\n}\n", format(fns))
	assert.Equal(t, source.Pos{File: "t", Line: 8, Col: 1}, fns[1].Pos)
	assert.Equal(t, source.Pos{File: "t", Line: 9, Col: 11}, fns[1].Params[4].Pos)
}

func TestParseStopsAtTheCondition(t *testing.T) {
	for _, after := range []string{"", "~exists (x=1 /\\ y=0)", "locations [0:r0;]", "forall ([x]=0)", "filter (x=0)", "@", "\"", "exists P1"} {
		src := "P0 () {}\n" + after
		_, rest, err := Parse(src, start)
		require.NoError(t, err)
		assert.Equal(t, after, src[rest:])
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ src, err string }{
		{"", "t:1:1: expected a thread: P0 (…) { … }"},
		{"exists x=1", "t:1:1: expected a thread"},
		{"void f () {}", `t:1:6: unexpected "f": expected the name of a thread`},
		{"P0 {}", `t:1:4: unexpected "{": expected ( before the parameters of P0`},
		{"P0 (int x) {}", "t:1:9: parameter x has type int: expected a pointer, the address of a shared location"},
		{"P0 (int128_t *x) {}", `t:1:5: unexpected "int128_t": expected a parameter's type`},
		{"P0 (int *) {}", `t:1:10: unexpected ")": expected a parameter's name`},
		{"P0 (int *x int *y) {}", `t:1:12: unexpected "int": expected , between parameters`},
		{"P0 (int *x, int *x) {}", "t:1:18: P0 has two parameters x"},
		{"P0 (struct s *x) {}", "t:1:5: struct is not supported"},
		{"P0 (short char *x) {}", "t:1:5: short char is not a type"},
		{"P0 (uint8_t int *x) {}", "t:1:5: uint8_t int is not a type"},
		{"P0 ()", "t:1:6: unexpected the end of the text: expected { before the body of P0"},
		{"P0 () {\n  int r0 = 1;\n", "t:3:1: the text ends within P0: expected }"},
		{"P0 () { { ", "t:1:9: block is not closed: expected }"},
		{"P0 () { int r0 = 1 }", `t:1:20: unexpected "}": expected , or ; after the declaration of r0`},
		{"P0 () { r0 = ; }", `t:1:14: unexpected ";": expected an expression`},
		{"P0 () { 1 = r0; }", "t:1:11: cannot assign to 1: expected a local, *address or array[index]"},
		{"P0 () { ++1; }", "t:1:9: ++ of 1: expected a local"},
		{"P0 () { r0 = (1; }", `t:1:16: unexpected ";": expected ) after an expression in parentheses`},
		{"P0 () { f(1 }", `t:1:13: unexpected "}": expected , or ) after an argument of f`},
		{"P0 () { if r0 {} }", `t:1:12: unexpected "r0": expected ( after if`},
		{"P0 () { else ; }", `t:1:9: unexpected "else": expected an expression`},
		{"P0 () { do {} }", `t:1:15: unexpected "}": expected while after the body of do`},
		{"P0 () { switch (a) {} }", "t:1:9: switch is not supported"},
		{"P0 () { int a[2]; }", "t:1:14: local a is an array or a function, which is not supported"},
		{"P0 () { void a; }", "t:1:14: local a has type void"},
		{"P0 () { int if; }", `t:1:13: unexpected "if": expected the name of a local`},
		{"P0 () { /* x", "t:1:9: comment /* is not closed: expected */"},
		{"P0 () {} (* x", "t:1:10: comment (* is not closed: expected *)"},
		{"P0 () { a = 09; }", "t:1:13: 09 is not an integer of at most 64 bits"},
		{"P0 () { a = 99999999999999999999; }", "is not an integer of at most 64 bits"},
		{"P0 () { a = 1lul; }", "t:1:13: number 1lul has an unknown suffix"},
		{"P0 () { a = 1_0; }", "t:1:13: 1_0 is not an integer"},
		{"P0 () { a @ b; }", "t:1:11: unexpected character '@'"},
		{"P0 () { a = é; }", "t:1:13: unexpected character 'é'"},
		{"P0 () { a = b ? c; }", `t:1:18: unexpected ";": expected : in a conditional expression`},
		{"P0 () { a = " + strings.Repeat("(", 5000), "nested more than"},
		{"P0 () { a = " + strings.Repeat("-", 5000), "nested more than"},
		{"P0 () { " + strings.Repeat("a+", 100_000), "longer than 65536 tokens"},
	} {
		_, _, err := Parse(c.src, start)
		assert.ErrorContains(t, err, c.err, c.src[:min(len(c.src), 60)])
	}
}

func TestBaseType(t *testing.T) {
	for name, want := range map[string]ir.Type{
		"int": {Size: 4, Declared: true}, "unsigned long int": {Size: 8, Unsigned: true, Declared: true},
		"atomic_uchar": {Size: 1, Unsigned: true, Declared: true}, "int_fast16_t": {Size: 8, Declared: true},
		"uint_least16_t": {Size: 2, Unsigned: true, Declared: true}, "__int128_t": {Size: 16, Declared: true},
	} {
		got, ok := BaseType(name)
		assert.True(t, ok, name)
		assert.Equal(t, want, got, name)
	}
	_, ok := BaseType("int128_t")
	assert.False(t, ok)
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fn := drawFunction(t)
		text := fn.String()
		again := mustParse(t, text)
		unplaced(reflect.ValueOf(again))
		require.Equal(t, []*Function{fn}, again, text)
	})
}

func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"P0 (atomic_int* x, volatile int* y) { int r0 = atomic_load_explicit(x, memory_order_acquire); if (r0) { *y = 1; } }\nexists (0:r0=1)",
		"P0 (int **p) { int *r = *p; while (*r != 0) { r = r + 1; } do --*r; while (*r); }",
		"P0 (atomic_int *x) { int e = 0; while (!atomic_compare_exchange_weak(x, &e, e + 1)) ; } P1 (atomic_int *x) { atomic_fetch_sub(x, 1u); }",
		"P0 () { for (int i = 0, j = 1; i < 2; i++) { l: if (i) goto l; else continue; } return 1 ? 2 : (3, 4); }",
		"P0 (_Atomic(int) *x) { (void)*x; x[1] = sizeof(long) << 3; __fence{sync-rcu}; int r = __atomic_add_unless{mb}(x, 1, 2) && *x; }",
		"// c\n(* c *) P0 (void) { /* c */ } ~exists x=0x1",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		fns, rest, err := Parse(src, start)
		if err != nil {
			return
		}
		require.LessOrEqual(t, rest, len(src))
		again, _, err := Parse(format(fns), start)
		require.NoError(t, err)
		require.Equal(t, format(fns), format(again))
		for _, fn := range fns {
			fn.Locations()
		}
		lower(src, "x", "y")
		unplaced(reflect.ValueOf(fns))
		unplaced(reflect.ValueOf(again))
		require.Equal(t, fns, again)
	})
}
