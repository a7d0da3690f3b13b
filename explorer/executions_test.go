package explorer_test

import (
	"context"
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/trace"
)

// large makes TestExecutions run the programs of more than executionsByDefault executions, too:
//
//	go test ./explorer -run TestExecutions -large -timeout 30m
var large = flag.Bool("large", false, "count the executions of large programs, too")

const (
	executionsByDefault = 50_000
	executionsInShort   = 5_000
)

const race = -1 // in place of a number of executions

// counted is a program and how many executions it has. Where a search may
// do with fewer, atMost is set.
type counted struct {
	name          string
	body          body
	sc, tso, rc11 int
	atMost        bool
}

func same(name string, b body, n int) counted { return counted{name, b, n, n, n, false} }

func programs() []counted {
	all := []counted{
		{"SB relaxed", storeBuffering(rlx, rlx), 3, 4, 4, false},
		{"SB release acquire", storeBuffering(rel, acq), 3, 4, 4, false},
		{"SB seq_cst", storeBuffering(sc, sc), 3, 3, 3, false},
		{"MP relaxed", messagePassing(rlx, rlx), 3, 3, 4, false},
		{"MP release acquire", messagePassing(rel, acq), 3, 3, 3, false},
		{"MP plain data", messagePassingPlain(rel, acq), 2, 2, 2, false},
		{"MP plain data relaxed flag", messagePassingPlain(rlx, rlx), 2, 2, race, false},
		{"LB", loadBuffering, 3, 3, 3, false},
		{"CoRR", coherentReads, 6, 6, 6, false},
		{"2+2W relaxed", twoPlusTwoWrites(rlx), 3, 3, 4, false},
		{"2+2W seq_cst", twoPlusTwoWrites(sc), 3, 3, 3, false},
		{"IRIW relaxed", independentReads(rlx, rlx), 15, 15, 16, false},
		{"IRIW release acquire", independentReads(rel, acq), 15, 15, 16, false},
		{"IRIW seq_cst", independentReads(sc, sc), 15, 15, 15, false},
		same("ring 3", ring(3), 9),
		same("ring 4", ring(4), 27),
		same("ring 5", ring(5), 81),
		same("ring 6", ring(6), 243),
		same("ring 8", ring(8), 2187),
		same("writers 2 readers 4", writersAndReaders(2, 4), 162),
		same("writers 3 readers 3", writersAndReaders(3, 3), 384),
		same("writers 3 readers 5", writersAndReaders(3, 5), 6144),
		same("writers 4 readers 4", writersAndReaders(4, 4), 15_000),
		same("writers 5 readers 4", writersAndReaders(5, 4), 155_520),
	}
	add := func(name string, program func(int) body, from, to int, count func(int) int) {
		for n := from; n <= to; n++ {
			all = append(all, same(name+" "+names[n][len("thread "):], program(n), count(n)))
		}
	}
	add("ticket lock", ticketLock, 2, 6, factorial)
	add("spinlock", spinlock, 2, 5, factorial)
	add("mutex", mutex, 3, 9, factorial)
	add("ainc", increments, 2, 10, factorial)
	add("binc", twoIncrements, 2, 6, func(n int) int { return factorial(n) * factorial(n) })
	add("readers", readers, 1, 20, func(n int) int { return 1 << n })
	add("lastwrite", lastWrite, 2, 9, factorial)
	for _, s := range []struct {
		pushers, poppers, all, reduced int
	}{
		{1, 1, 2, 2},
		{2, 1, 22, 18},
		{1, 2, 7, 5},
		{2, 2, 220, 88},
		{3, 1, 1002, 606},
		{3, 2, 34_968, 6204},
		{2, 3, 4978, 412},
		{4, 0, 0, 3120},
		{5, 0, 0, 530_400},
	} {
		name := "Treiber stack " + names[s.pushers][len("thread "):] + " " + names[s.poppers][len("thread "):]
		if s.all > 0 {
			all = append(all, same(name, treiberStack(s.pushers, s.poppers, insisting), s.all))
		}
		for _, r := range []counted{
			same(name+" yielding", treiberStack(s.pushers, s.poppers, yielding), s.reduced),
			same(name+" awaiting", treiberStack(s.pushers, s.poppers, awaiting), s.reduced),
		} {
			r.atMost = true
			all = append(all, r)
		}
	}
	return all
}

func factorial(n int) int {
	if n < 2 {
		return 1
	}
	return n * factorial(n-1)
}

func TestExecutions(t *testing.T) {
	for _, p := range programs() {
		t.Run(p.name, func(t *testing.T) {
			for _, m := range []struct {
				model string
				want  int
			}{{"sc", p.sc}, {"tso", p.tso}, {"rc11", p.rc11}} {
				if m.want > executionsByDefault && !*large || m.want > executionsInShort && testing.Short() {
					t.Skip("large: run with -large")
				}
				r := explored(t, p.body, explorer.Model(m.model))
				if m.want == race {
					requireFailure(t, r, trace.Race)
					continue
				}
				requireVerified(t, r)
				if p.atMost {
					require.LessOrEqual(t, int(r.Executions), m.want, m.model)
				} else {
					require.Equal(t, m.want, int(r.Executions), m.model)
				}
			}
		})
	}
}

func explored(t testing.TB, b body, options ...explorer.Option) *explorer.Report {
	t.Helper()
	r, err := explorer.Run(context.Background(), b, options...)
	require.NoError(t, err)
	return r
}

func requireVerified(t testing.TB, r *explorer.Report) {
	t.Helper()
	if r.Failure != nil {
		require.FailNow(t, r.Model+": it fails", "%s: %s", r.Failure.Failure.Kind, r.Failure.Failure.Message)
	}
	require.True(t, r.Verified, r.String())
}

func requireFailure(t testing.TB, r *explorer.Report, kind trace.FailureKind) *trace.Failure {
	t.Helper()
	require.NotNil(t, r.Failure, "no failure found: %s", r)
	f := r.Failure.Failure
	require.Equal(t, kind, f.Kind, f.Message)
	require.False(t, r.Verified)
	return f
}
