package enumerate

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// Families of tests that grow in one number, to see how the search grows.

// columns writes an AArch64 test from its threads' instructions; Xn of thread
// t holds the address of the location that addresses[t][n] names.
func columns(addresses []map[int]string, threads [][]string, condition string) string {
	var init, table strings.Builder
	rows := 0
	for t, regs := range addresses {
		for r := range 32 {
			if loc := regs[r]; loc != "" {
				fmt.Fprintf(&init, " %d:X%d=%s;", t, r, loc)
			}
		}
		rows = max(rows, len(threads[t]))
	}
	for r := -1; r < rows; r++ {
		for t, code := range threads {
			cell := ""
			if r < 0 {
				cell = fmt.Sprintf("P%d", t)
			} else if r < len(code) {
				cell = code[r]
			}
			end := "|"
			if t == len(threads)-1 {
				end = ";\n"
			}
			fmt.Fprintf(&table, " %s %s", cell, end)
		}
	}
	return fmt.Sprintf("AArch64 growing\n{%s }\n%s%s\n", init.String(), table.String(), condition)
}

// storeBufferRing has n threads; each stores to its location and loads the next one's.
func storeBufferRing(n int) string {
	var addresses []map[int]string
	var threads [][]string
	var zero []string
	for i := range n {
		addresses = append(addresses, map[int]string{1: fmt.Sprintf("x%d", i), 3: fmt.Sprintf("x%d", (i+1)%n)})
		threads = append(threads, []string{"MOV W0,#1", "STR W0,[X1]", "LDR W2,[X3]"})
		zero = append(zero, fmt.Sprintf("%d:X2=0", i))
	}
	return columns(addresses, threads, "exists ("+strings.Join(zero, ` /\ `)+")")
}

// readersOfIndependentWrites has two writers, of x and of y, and n readers of
// both, every other one in the other order; with barriers they must agree.
func readersOfIndependentWrites(n int) string {
	addresses := []map[int]string{{1: "x"}, {1: "y"}}
	threads := [][]string{{"MOV W0,#1", "STR W0,[X1]"}, {"MOV W0,#1", "STR W0,[X1]"}}
	var seen []string
	for i := range n {
		first, second := "x", "y"
		if i%2 == 1 {
			first, second = "y", "x"
		}
		addresses = append(addresses, map[int]string{1: first, 3: second})
		threads = append(threads, []string{"LDR W0,[X1]", "DMB SY", "LDR W2,[X3]"})
		seen = append(seen, fmt.Sprintf(`%d:X0=1 /\ %d:X2=0`, i+2, i+2))
	}
	return columns(addresses, threads, "exists ("+strings.Join(seen, ` /\ `)+")")
}

// exclusiveIncrements has n threads that each add one to x by a pair of exclusives.
func exclusiveIncrements(n int) string {
	var addresses []map[int]string
	var threads [][]string
	var done []string
	for i := range n {
		addresses = append(addresses, map[int]string{1: "x"})
		threads = append(threads, []string{"LDXR W0,[X1]", "ADD W2,W0,#1", "STXR W3,W2,[X1]"})
		done = append(done, fmt.Sprintf("%d:X3=0", i))
	}
	return columns(addresses, threads, fmt.Sprintf(`exists (x=%d /\ %s)`, n, strings.Join(done, ` /\ `)))
}

var families = []struct {
	name     string
	from, to int
	text     func(n int) string
}{
	{"SB-ring", 2, 8, storeBufferRing},
	{"IRIW-readers", 2, 6, readersOfIndependentWrites},
	{"exclusives", 2, 4, exclusiveIncrements},
}

// The closed forms of the families' executions: a ring's reads each see their
// write or not; readers between barriers see the two writes in one order.
func TestFamiliesAreWhatTheySay(t *testing.T) {
	for n := 2; n <= 6; n++ {
		test := parse(t, storeBufferRing(n))
		r, err := Run(context.Background(), test, []model.Model{load(t, "aarch64"), load(t, "sc")}, Options{})
		require.NoError(t, err)
		require.Equal(t, power(2, n), r[0].Positive+r[0].Negative)
		require.Equal(t, power(2, n)-1, r[1].Positive+r[1].Negative)
	}
	for n := 2; n <= 4; n++ {
		test := parse(t, readersOfIndependentWrites(n))
		r, err := Run(context.Background(), test, []model.Model{load(t, "aarch64")}, Options{})
		require.NoError(t, err)
		// All 4ⁿ but those where one reader has x before y and another y before x.
		inOrder, other := n-n/2, n/2
		disagree := (power(4, inOrder) - power(3, inOrder)) * (power(4, other) - power(3, other))
		require.Equal(t, power(4, n)-disagree, r[0].Positive+r[0].Negative)
		require.Zero(t, r[0].Positive)
	}
	for n := 2; n <= 4; n++ {
		test := parse(t, exclusiveIncrements(n))
		r, err := Run(context.Background(), test, []model.Model{load(t, "aarch64")}, Options{})
		require.NoError(t, err)
		require.Equal(t, factorial(n), r[0].Positive)
	}
}

// BenchmarkRun decides each member of each family under aarch64, its local runs
// included, and reports how many candidates were judged to the end.
func BenchmarkRun(b *testing.B) {
	m, err := models.Load("aarch64")
	require.NoError(b, err)
	for _, f := range families {
		for n := f.from; n <= f.to; n++ {
			b.Run(fmt.Sprintf("%s/n=%d", f.name, n), func(b *testing.B) {
				test := parse(b, f.text(n))
				e := NewEngine(Options{})
				b.ReportAllocs()
				var r []*Result
				for b.Loop() {
					if r, err = e.Run(context.Background(), test, []model.Model{m}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(r[0].Candidates), "candidates/op")
				b.ReportMetric(float64(r[0].Positive+r[0].Negative), "executions/op")
			})
		}
	}
}
