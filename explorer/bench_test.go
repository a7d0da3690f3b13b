package explorer_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
)

// BenchmarkExplore explores whole programs:
//
//	go test ./explorer -run '^$' -bench Explore
func BenchmarkExplore(b *testing.B) {
	for _, p := range []struct {
		name string
		body body
	}{
		{"SB", storeBuffering(rlx, rlx)},
		{"SB 10000 times", repeated(10_000, storeBuffering(rlx, rlx))},
		{"ring 5", ring(5)},
		{"ring 8", ring(8)},
		{"ticket lock 5", ticketLock(5)},
		{"ticket lock 6", ticketLock(6)},
		{"spinlock 5", spinlock(5)},
		{"mutex 7", mutex(7)},
		{"mutex 9", mutex(9)},
		{"Treiber stack 3 2", treiberStack(3, 2, insisting)},
		{"Treiber stack 3 2 awaiting", treiberStack(3, 2, awaiting)},
		{"readers 16", readers(16)},
		{"readers 20", readers(20)},
		{"lastwrite 9", lastWrite(9)},
		{"ainc 9", increments(9)},
		{"binc 5", twoIncrements(5)},
		{"binc 6", twoIncrements(6)},
		{"writers 4 readers 4", writersAndReaders(4, 4)},
		{"writers 4 readers 6", writersAndReaders(4, 6)},
	} {
		for _, workers := range []int{1, 2} {
			b.Run(p.name+"/workers="+names[workers][len("thread "):], func(b *testing.B) {
				benchmark(b, p.body, explorer.Workers(workers))
			})
		}
	}
}

// repeated is a program n times over: the start of an exploration takes longer than a small program's executions.
func repeated(n int, b body) body {
	return func(x *explorer.T) {
		x.Choose(n)
		b(x)
	}
}

// BenchmarkSample runs random executions of store buffering:
//
//	go test ./explorer -run '^$' -bench Sample
func BenchmarkSample(b *testing.B) {
	for _, model := range explorer.Models() {
		b.Run(model, func(b *testing.B) {
			benchmark(b, storeBuffering(rlx, rlx), explorer.Model(model), explorer.Sample(100_000, 1))
		})
	}
	b.Run("rc11/PCT", func(b *testing.B) { benchmark(b, storeBuffering(rlx, rlx), explorer.PCT(3, 100_000, 1)) })
}

func benchmark(b *testing.B, program body, options ...explorer.Option) {
	var executions, blocked uint64
	b.ReportAllocs()
	for b.Loop() {
		r := explored(b, program, options...)
		require.Nil(b, r.Failure)
		require.Empty(b, r.Bounds)
		executions, blocked = executions+r.Executions, blocked+r.Blocked
	}
	n := float64(b.N)
	b.ReportMetric(float64(executions)/b.Elapsed().Seconds(), "executions/s")
	b.ReportMetric(float64(executions)/n, "executions")
	b.ReportMetric(float64(blocked)/n, "blocked")
}

// The memory that an exploration needs does not grow with the number of executions.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("a million executions")
	}
	heap := func(executions int) float64 {
		var peak uint64
		runs := 0
		program := lastWrite(10)
		r, err := explorer.Run(context.Background(), func(x *explorer.T) {
			if runs++; runs%(executions/10) == 0 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
			program(x)
		}, explorer.MaxExecutions(executions))
		require.NoError(t, err)
		require.Equal(t, executions, int(r.Executions+r.Blocked))
		return float64(peak)
	}
	heap(10_000) // for what is allocated once
	require.Less(t, heap(1_000_000), heap(1_000)+1<<20)
}
