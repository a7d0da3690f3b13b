package enumerate

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/model"
)

// cTest writes a C test over atomic locations x, y, … from the bodies of its
// threads, which use st(x,1,rel), ld(y,acq) and fa(x,1,rlx).
func cTest(init string, threads ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "C counted\n{ %s }\n", init)
	r := strings.NewReplacer("st(", "atomic_store_explicit(", "ld(", "atomic_load_explicit(", "fa(", "atomic_fetch_add_explicit(",
		"rlx", "memory_order_relaxed", "acq", "memory_order_acquire", "rel", "memory_order_release", "sc", "memory_order_seq_cst")
	for i, body := range threads {
		fmt.Fprintf(&b, "P%d (atomic_int* x, atomic_int* y, int* d) { %s }\n", i, r.Replace(body))
	}
	b.WriteString("exists (x=1)\n")
	return b.String()
}

func times(n int, body func(i int) string) []string {
	var threads []string
	for i := range n {
		threads = append(threads, body(i))
	}
	return threads
}

func factorial(n int) int {
	if n == 0 {
		return 1
	}
	return n * factorial(n-1)
}

func power(a, n int) int {
	if n == 0 {
		return 1
	}
	return a * power(a, n-1)
}

// A complete search that never repeats itself finds exactly these numbers of
// consistent executions.
func TestExecutionCounts(t *testing.T) {
	type row struct {
		name          string
		threads       []string
		sc, tso, rc11 int
	}
	rows := []row{
		{"SB rlx", []string{"st(x,1,rlx); int a = ld(y,rlx);", "st(y,1,rlx); int a = ld(x,rlx);"}, 3, 4, 4},
		{"SB rel acq", []string{"st(x,1,rel); int a = ld(y,acq);", "st(y,1,rel); int a = ld(x,acq);"}, 3, 4, 4},
		{"SB sc", []string{"st(x,1,sc); int a = ld(y,sc);", "st(y,1,sc); int a = ld(x,sc);"}, 3, 3, 3},
		{"MP rlx", []string{"st(x,1,rlx); st(y,1,rlx);", "int a = ld(y,rlx); int b = ld(x,rlx);"}, 3, 3, 4},
		{"MP rel acq", []string{"st(x,1,rlx); st(y,1,rel);", "int a = ld(y,acq); int b = ld(x,rlx);"}, 3, 3, 3},
		{"MP plain data", []string{"*d = 1; st(y,1,rel);", "int a = ld(y,acq); int b = 0; if (a) { b = *d; }"}, 2, 2, 2},
		{"LB rlx", []string{"int a = ld(x,rlx); st(y,1,rlx);", "int a = ld(y,rlx); st(x,1,rlx);"}, 3, 3, 3},
		{"CoRR", []string{"st(x,1,rlx); st(x,2,rlx);", "int a = ld(x,rlx); int b = ld(x,rlx);"}, 6, 6, 6},
		{"2+2W rlx", []string{"st(x,1,rlx); st(y,2,rlx);", "st(y,1,rlx); st(x,2,rlx);"}, 3, 3, 4},
		{"2+2W sc", []string{"st(x,1,sc); st(y,2,sc);", "st(y,1,sc); st(x,2,sc);"}, 3, 3, 3},
	}
	for _, o := range []struct {
		name, st, ld string
		rc11         int
	}{{"rlx", "rlx", "rlx", 16}, {"rel acq", "rel", "acq", 16}, {"sc", "sc", "sc", 15}} {
		rows = append(rows, row{"IRIW " + o.name, []string{
			"st(x,1," + o.st + ");", "st(y,1," + o.st + ");",
			"int a = ld(x," + o.ld + "); int b = ld(y," + o.ld + ");",
			"int a = ld(y," + o.ld + "); int b = ld(x," + o.ld + ");",
		}, 15, 15, o.rc11})
	}
	same := func(name string, n int, threads []string) {
		rows = append(rows, row{name, threads, n, n, n})
	}
	for n := 2; n <= 6; n++ {
		same(fmt.Sprintf("ainc %d", n), factorial(n), times(n, func(int) string { return "int a = fa(x,1,rlx);" }))
		same(fmt.Sprintf("lastwrite %d", n), factorial(n), times(n, func(i int) string { return fmt.Sprintf("st(x,%d,rlx);", i+1) }))
	}
	for n := 2; n <= 4; n++ {
		same(fmt.Sprintf("binc %d", n), power(factorial(n), 2),
			times(n, func(int) string { return "int a = fa(x,1,rlx); int b = fa(y,1,rlx);" }))
	}
	for n := 1; n <= 8; n++ {
		same(fmt.Sprintf("readers %d", n), power(2, n),
			append(times(n, func(int) string { return "int a = ld(x,rlx);" }), "st(x,1,rlx);"))
	}
	for _, wr := range [][2]int{{2, 4}, {3, 3}, {3, 5}, {4, 4}} {
		w, r := wr[0], wr[1]
		same(fmt.Sprintf("%d writers, %d readers", w, r), factorial(w)*power(w+1, r), append(
			times(w, func(i int) string { return fmt.Sprintf("st(x,%d,rlx);", i+1) }),
			times(r, func(int) string { return "int a = ld(x,rlx);" })...))
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			test := parse(t, cTest("x=0; y=0; d=0;", row.threads...))
			for name, want := range map[string]int{"sc": row.sc, "tso": row.tso, "rc11": row.rc11} {
				r, err := Run(context.Background(), test, []model.Model{load(t, name)}, Options{})
				require.NoError(t, err)
				require.Equal(t, want, r[0].Positive+r[0].Negative, name)
			}
		})
	}
}

// Message passing of plain data races with a relaxed flag, and does not with a synchronising one.
func TestRacesAreUndefined(t *testing.T) {
	for _, name := range []string{"rc11", "c11"} {
		for flag, races := range map[[2]string]bool{
			{"rlx", "rlx"}: true, {"rel", "rlx"}: true, {"rlx", "acq"}: true, {"rel", "acq"}: false, {"sc", "sc"}: false,
		} {
			test := parse(t, cTest("x=0; y=0; d=0;", "*d = 1; st(y,1,"+flag[0]+");",
				"int a = ld(y,"+flag[1]+"); int b = 0; if (a) { b = *d; }"))
			r, err := Run(context.Background(), test, []model.Model{load(t, name)}, Options{})
			require.NoError(t, err)
			require.Equal(t, races, r[0].Undefined, "%s %v", name, flag)
			if races {
				require.NotEmpty(t, r[0].Flags[0].Pairs)
			}
		}
	}
}
