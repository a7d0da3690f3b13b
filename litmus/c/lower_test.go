package c

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus/ir"
)

// The locations x, y, z hold 5, 6, 7 and p the address of x.
func execute(t *testing.T, body string) (*ir.Program, []outcome) {
	t.Helper()
	p, err := lower("P0 (atomic_int *x, int *y, volatile int *z, int **p, unsigned char *c, long *l) {" + body + "}")
	require.NoError(t, err, body)
	loc := func(name string) ir.Value { return ir.Value{Sym: p.Symbol(ir.Location, name)} }
	return p, sequential(t, p, map[ir.Value]ir.Value{
		loc("x"): ir.Int(5), loc("y"): ir.Int(6), loc("z"): ir.Int(7), loc("p"): loc("x"),
	})
}

func TestStatementsCompute(t *testing.T) {
	for _, c := range []struct {
		body string
		r    int64
	}{
		{"int r;", 0},
		{"int r = 3 + 4 * 5 - 6 / 4 % 3;", 22},
		{"int r = -7 / 2;", -3},
		{"int r = -7 % 3;", -1},
		{"int r = 1 << 4 >> 2 | 1 ^ 3 & 6;", 7},
		{"int r = ~5;", -6},
		{"int r = !5 + !0;", 1},
		{"int r = 2147483647 + 1;", -2147483648},
		{"unsigned r = 0u - 1;", 4294967295},
		{"long r = 0u - 1;", 4294967295},
		{"long r = 2147483648;", 2147483648},
		{"int r = -1 < 0u;", 0},
		{"int r = -1 < 0;", 1},
		{"int r = -1 < 0l;", 1},
		{"int r = (unsigned char)257;", 1},
		{"int r = (signed char)255;", -1},
		{"int r = (unsigned short)-1 > 0;", 1},
		{"_Bool r = 4;", 1},
		{"int r = (_Bool)4 + (_Bool)0;", 1},
		{"int r = -8 >> 1;", -4},
		{"int r = 0xFu + 010 + 0b11;", 26},
		{"int r = 0x80000000 > 0 && -0x80000000 > 0 && -2147483648 < 0;", 1},
		{"int r = sizeof(long) + sizeof *c + sizeof x;", 17},
		{"int r = 1 ? 2 : 3;", 2},
		{"int a = 0; int r = a ? 2 : a == 0 ? 4 : 5;", 4},
		{"int r = (1, 2);", 2},
		{"int r = 1 == 1 && 0 != 1 || 0;", 1},
		{"int a = 1; int r = a++; r += 10 * a;", 21},
		{"int a = 1; int r = ++a; r += 10 * a;", 22},
		{"int a = 5; a -= 2; a <<= 3; a |= 1; int r = a;", 25},
		{"int a, r; r = a = 3;", 3},
		{"int r = *x + *y * *z;", 47},
		{"int r = **p;", 5},
		{"int *a = *p; int r = *a + a[0];", 10},
		{"*y = 9; int r = *y;", 9},
		{"*y += 2; int r = *y;", 8},
		{"int a = (*y)++; int r = *y * 10 + a;", 76},
		{"int r = --*y;", 5},
		{"*c = 300; int r = *c;", 44},
		{"*c = 255; int r = ++*c;", 0},
		{"*l = -1; long r = *l;", -1},
		{"int r = x == *p && y != *p;", 1},
		{"int r = &*x == x && &x[1] == x + 1 && x + 1 != x;", 1},
		{"int r = &y[3] - y;", 3},
		{"int *a = 0; int r = a == NULL;", 1},
		{"int r = (x ^ x) + 4;", 4},
		{"int r = true + true + false;", 2},
		{"int r = *y && *z;", 1},
		{"int r = *y == 0 && (*z = 1); r = *z;", 7},
		{"int r = *y || (*z = 1); r = *z;", 7},
		{"int r = *y == 6 ? *z : (*x = 1);", 7},
		{"int r = (*y == 6 ? (*x = 1) : (*z = 1), *x * 10 + *z);", 17},
		{"int r = (*y = 3, *y);", 3},
		{"int r; if (*x == 5) r = 1; else r = 2;", 1},
		{"int r; if (*x == 4) { r = 1; } else if (*y == 6) { r = 3; } else r = 2;", 3},
		{"int r = 0; while (r < 10) r++;", 10},
		{"int r = 0; do r += 3; while (r < 10);", 12},
		{"int r = 0; for (int i = 0; i < 4; i++) r += i;", 6},
		{"int r = 0; for (int i = 0, j = 9; i < j; i++, --j) r += j;", 35},
		{"int r = 0; for (;;) { if (r == 5) break; r++; }", 5},
		{"int r = 0; int i = 0; while (i < 6) { i++; if (i & 1) continue; r += i; }", 12},
		{"int r = 0; int i = 0; do { i++; if (i == 2) continue; r += i; } while (i < 3);", 4},
		{"int r = 0; again: r++; if (r < 3) goto again;", 3},
		{"int r = 1; return; r = 2;", 1},
		{"int r = 1; if (r) { return r; } r = 2;", 1},
		{"int r = 1; { int a = 2; r += a; } { int a = 3; r += a; }", 6},
		{"int r = atomic_fetch_add(x, 2); r = r * 10 + *x;", 57},
		{"int r = atomic_fetch_sub_explicit(x, 2, memory_order_relaxed); r = r * 10 + *x;", 53},
		{"int r = atomic_fetch_or(x, 2); r = r * 10 + *x;", 57},
		{"int r = atomic_fetch_and(x, 4); r = r * 10 + *x;", 54},
		{"int r = atomic_fetch_xor(x, 1); r = r * 10 + *x;", 54},
		{"int r = atomic_exchange(x, -1); r = r * 10 + *x;", 49},
		{"atomic_store(x, 8); int r = atomic_load(x);", 8},
		{"atomic_init(x, ATOMIC_VAR_INIT(8)); int r = *x;", 8},
		{"int r = atomic_flag_test_and_set(c) * 10 + atomic_flag_test_and_set(c);", 1},
		{"*c = 1; atomic_flag_clear(c); int r = *c;", 0},
		{"int r = atomic_compare_exchange_strong(x, y, 9); r = r * 100 + *x * 10 + *y;", 55},
		{"*y = 5; int r = atomic_compare_exchange_strong(x, y, 9); r = r * 100 + *x * 10 + *y;", 195},
		{"int e = 4; int r = atomic_compare_exchange_strong(x, &e, 9); r = r * 100 + *x * 10 + e;", 55},
		{"int e = 5; int r = atomic_compare_exchange_strong(x, &e, 9); r = r * 100 + *x * 10 + e;", 195},
		{"int e = 5; int r = atomic_compare_exchange_strong(x, &e, *z); r = r * 100 + *x * 10 + e;", 175},
		{"int e = 4; int r = 50 + atomic_compare_exchange_strong(x, &e, *z); r = r * 100 + *x * 10 + e;", 5055},
		{"int r = __atomic_add_unless{mb}(y, 10, 6); r = r * 100 + *y;", 6},
		{"int r = atomic_add_unless(y, 10, 5); r = r * 100 + *y;", 116},
		{"WRITE_ONCE(*y, 3); int r = READ_ONCE(*y); smp_store_release(y, r + 1); r = smp_load_acquire(y);", 4},
		{"x = x + 0; int r = *x;", 5},
		{"int r = *(int *)(unsigned long)x;", 5},
		{"__int128 r = 1; r = r + *y;", 7},
	} {
		_, all := execute(t, c.body)
		if assert.Len(t, all, 1, c.body) {
			assert.Equal(t, ir.Int(c.r), all[0].regs["r"], c.body)
		}
	}
}

func TestWeakCompareExchangeMayFail(t *testing.T) {
	_, all := execute(t, "*y = 5; int r = atomic_compare_exchange_weak(x, y, 9);")
	got := map[int64]bool{}
	for _, o := range all {
		got[o.regs["r"].Int] = true
	}
	assert.Equal(t, map[int64]bool{0: true, 1: true}, got)
	assert.Len(t, all, 2)
}

// Events of one point of program order are unsequenced.
func TestEvents(t *testing.T) {
	for _, c := range []struct{ body, events string }{
		{"*y = 1;", "0 W NA y"},
		{"*x = 1;", "0 W NA x"},
		{"int r = *x + *y;", "0 R NA x, 0 R NA y"},
		{"*z = *x + *y;", "0 R NA x, 0 R NA y, 1 W NA z"},
		{"*y = *y + 1;", "0 R NA y, 1 W NA y"},
		{"int r = **p;", "0 R NA p, 1 R NA x"},
		{"**p = *y;", "0 R NA p, 0 R NA y, 1 W NA x"},
		{"int r = *x && *y;", "0 R NA x, 1 R NA y"},
		{"int r = *x ? *y : *z;", "0 R NA x, 1 R NA y"},
		{"int r = (*x, *y);", "0 R NA x, 1 R NA y"},
		{"int r = *x + (*y && *z);", "0 R NA x, 0 R NA y, 1 R NA z"},
		{"int a = *x; int r = *y;", "0 R NA x, 1 R NA y"},
		{"if (*x) *y = 1;", "0 R NA x, 1 W NA y"},
		{"atomic_thread_fence(memory_order_acq_rel);", "0 F NA|ACQ_REL"},
		{"atomic_signal_fence(memory_order_acq_rel);", ""},
		{"atomic_store(x, 1);", "0 W A|SC x"},
		{"atomic_store_explicit(x, 1, memory_order_release);", "0 W A|REL x"},
		{"int r = atomic_load_explicit(x, memory_order_consume);", "0 R A|CON x"},
		{"atomic_store_explicit(x, atomic_load_explicit(y, memory_order_acquire), memory_order_relaxed);", "0 R A|ACQ y, 1 W A|RLX x"},
		{"atomic_fetch_add_explicit(x, *y, memory_order_acq_rel);", "0 R NA y, 1 U A|ACQ_REL|RMW x"},
		{"int r = atomic_exchange(x, 1) + *y;", "0 U A|SC|RMW x, 0 R NA y"},
		{"atomic_compare_exchange_strong_explicit(x, y, 1, memory_order_acquire, memory_order_relaxed);",
			"0 R NA y, 1 R A|RLX x, 2 W NA y"},
		{"*y = 5; atomic_compare_exchange_strong_explicit(x, y, 1, memory_order_acquire, memory_order_relaxed);",
			"0 W NA y, 1 R NA y, 2 U A|ACQ|RMW x"},
		{"int e = 4; atomic_compare_exchange_strong(x, &e, 1);", "1 R A|SC x"},
		{"int e = 5; atomic_compare_exchange_strong(x, &e, 1);", "1 U A|SC|RMW x"},
		{"atomic_compare_exchange_strong(x, y, *z);", "0 R NA y, 1 R A|SC x, 2 W NA y"},
		{"*y = 5; atomic_compare_exchange_strong(x, y, *z);", "0 W NA y, 1 R NA y, 2 R NA z, 3 U A|SC|RMW x"},
		{"atomic_init(x, 1);", "0 W NA x"},
		{"int r = READ_ONCE(*x); WRITE_ONCE(*y, 1); smp_mb();", "0 R NA|Once x, 1 W NA|Once y, 2 F NA|Mb"},
		{"__store{release}(*y, 1); __fence{rmb}; int r = __load{acquire}(*y);", "0 W NA|Release y, 1 F NA|Rmb, 2 R NA|Acquire y"},
		{"atomic_add_unless(y, 1, 9);", "0 F NA|Mb, 1 U NA|RMW|Once y, 2 F NA|Mb"},
		{"atomic_add_unless(y, 1, 6);", "1 R NA|RMW|Once y"},
		{"rcu_read_lock(); rcu_read_unlock(); synchronize_rcu();", "0 F NA|Rcu-lock, 1 F NA|Rcu-unlock, 2 F NA|Sync-rcu"},
	} {
		_, all := execute(t, c.body)
		if assert.Len(t, all, 1, c.body) {
			assert.Equal(t, c.events, strings.Join(all[0].events, ", "), c.body)
		}
	}
}

func TestGlobalsAreLocations(t *testing.T) {
	p, err := lower("P0 () { x = 3; int r = x + *&y; atomic_store(&x, 4); }", "x", "y")
	require.NoError(t, err)
	all := sequential(t, p, map[ir.Value]ir.Value{{Sym: 2}: ir.Int(6)})
	require.Len(t, all, 1)
	assert.Equal(t, ir.Int(9), all[0].regs["r"])
	assert.Equal(t, "0 W NA x, 1 R NA x, 1 R NA y, 2 W A|SC x", strings.Join(all[0].events, ", "))
}

// The declaration of a location decides on the size of its accesses.
func TestCellDecidesSize(t *testing.T) {
	fn := mustParse(t, "P0 (atomic_int *x, int *y) { *x = 1; *y = 1; }")[0]
	p := &ir.Program{Tags: Tags()}
	p.Cells = []ir.Cell{{Symbol: p.Symbol(ir.Location, "x"), Type: ir.Type{Size: 8, Declared: true}}}
	b := ir.NewBuilder(p, 0)
	require.NoError(t, fn.Lower(b))
	require.NoError(t, b.Finish())
	code := p.Threads[0].Code
	assert.Equal(t, []uint8{8, 4}, []uint8{code[0].Micro[0].Size, code[1].Micro[0].Size})
}

func TestInitialRegistersAreLocals(t *testing.T) {
	fns := mustParse(t, "P0 () { int r; r = r + q; }")
	p := &ir.Program{Tags: Tags()}
	b := ir.NewBuilder(p, 0)
	b.SetReg("r", ir.Type{Size: 4}, ir.Int(3))
	b.SetReg("q", ir.Type{Size: 4}, ir.Int(4))
	require.NoError(t, fns[0].Lower(b))
	require.NoError(t, b.Finish())
	assert.Equal(t, ir.Int(7), sequential(t, p, nil)[0].regs["r"])
}

func TestLocations(t *testing.T) {
	fn := mustParse(t, "P0 (int *x, int **p) { int r = *x; atomic_store(&y, r); atomic_compare_exchange_strong(x, &r, 1); int s = z; }")[0]
	assert.Equal(t, []string{"x", "p", "y"}, fn.Locations())
	assert.Equal(t, ir.Type{Size: 8, Unsigned: true, Declared: true}, fn.Params[1].Cell())
}

func TestTagsFit(t *testing.T) {
	tags := Tags()
	assert.LessOrEqual(t, len(tags), 64)
	sorted := slices.Sorted(slices.Values(tags))
	assert.Equal(t, len(tags), len(slices.Compact(sorted)))
}

func TestDependencyGoesThroughXor(t *testing.T) {
	p, _ := execute(t, "int r = *y; *z = (r ^ r) + 1;")
	feeds := map[int32]bool{}
	for _, in := range p.Threads[0].Code {
		for _, m := range in.Micro {
			fed := m.Kind == ir.Load
			for _, s := range m.Src {
				fed = fed || s.Reg != ir.NoReg && feeds[s.Reg]
			}
			if m.Kind == ir.Store {
				assert.True(t, fed, "the store's data does not come from the load")
			}
			if m.Dst != ir.NoReg {
				feeds[m.Dst] = fed
			}
		}
	}
}

func TestLowerErrors(t *testing.T) {
	for _, c := range []struct{ src, err string }{
		{"P0 (int *x) { *x = r9; }", "t:1:20: r9 is not declared: expected a parameter or a local of P0 in scope, or a location of the initial state"},
		{"P0 (int *x) { r = 1; }", "t:1:15: r is not declared"},
		{"P0 (int *x) { { int r = 1; } *x = r; }", "t:1:35: r is not declared"},
		{"P0 (int *x) { int r; int r; }", "t:1:26: r is declared twice in P0"},
		{"P0 (int *x) { int r; { int r; } }", "t:1:28: r is declared twice in P0"},
		{"P0 (int *x) { int x; }", "t:1:19: x is a parameter of P0"},
		{"P0 (int *x) { fetch(x); }", "t:1:15: unknown function fetch: expected one of <stdatomic.h>"},
		{"P0 (int *x) { smp_mb_explicit(); }", "t:1:15: unknown function smp_mb_explicit"},
		{"P0 (int *x) { atomic_store(x); }", "t:1:15: atomic_store with 1 arguments: expected 2"},
		{"P0 (int *x) { atomic_store_explicit(x, 1); }", "t:1:15: atomic_store_explicit with 2 arguments: expected 3"},
		{"P0 (int *x) { atomic_store_explicit(x, 1, memory_order_relax); }", "t:1:43: memory_order_relax is not a memory order"},
		{"P0 (int *x) { atomic_store_explicit(x, 1, 5); }", "t:1:43: 5 is not a memory order"},
		{"P0 (int *x) { atomic_thread_fence(x); }", "t:1:35: x is not a memory order"},
		{"P0 (int *x) { spin_lock(x); }", "t:1:15: spin_lock: locks are not supported"},
		{"P0 (int *x) { __atomic_fetch_op{mb}(x, 1); }", "t:1:15: __atomic_fetch_op: this primitive of the Linux kernel is not supported"},
		{"P0 (int *x) { int r = atomic_store(x, 1); }", "t:1:23: the expression has no value: expected one of type int"},
		{"P0 (int *x) { if (atomic_store(x, 1)) ; }", "t:1:19: atomic_store(x, 1) has no value"},
		{"P0 (int *x) { int r; *x = &r; }", "t:1:27: r is a register, whose address is known only to compare-exchanges"},
		{"P0 (int *x) { *x = &x; }", "t:1:20: x is the address of a shared location itself"},
		{"P0 (atomic_int *x) { *x += 1; }", "t:1:25: += on an atomic object is not supported: expected atomic_fetch_add or its like"},
		{"P0 (_Atomic int *x) { (*x)++; }", "t:1:27: ++ on an atomic object is not supported"},
		{"P0 (void *x) { int r = *x; }", "t:1:24: cannot access a location of type void"},
		{"P0 (int *x) { int r = -x; }", "t:1:23: - of an address: expected an integer"},
		{"P0 (int *x) { int *r = x + x; }", "t:1:26: + of these operands: expected an address and an integer"},
		{"P0 (int *x) { break; }", "t:1:15: break outside a loop"},
		{"P0 (int *x) { goto out; }", "t:1:15: label out is not defined in P0"},
		{"P0 (int *x) { a: a: ; }", "t:1:18: label a is defined twice in P0"},
		{"P0 (int *x) { __fence{full}; }", `t:1:15: __fence with the annotation ["full"]: expected one of`},
		{"P0 (int *x) { __fence(); }", "t:1:15: __fence without an annotation: expected __fence{…}"},
		{"P0 (int *x) { smp_mb{mb}(); }", "t:1:15: smp_mb takes no annotation"},
		{"P0 (int *x) { int r; WRITE_ONCE(r, 1); }", "t:1:33: WRITE_ONCE of the local r"},
	} {
		_, err := lower(c.src)
		assert.ErrorContains(t, err, c.err, c.src)
	}
}

func ExampleFunction_Locations() {
	fns, _, err := Parse("P0 (int *x, int *y) { *x = *y; }", start)
	fmt.Println(fns[0].Locations(), err)
	// Output: [x y] <nil>
}
