package proptest

import (
	"context"
	"testing"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
)

// What an execution of a client costs beyond that of the same program without a judge.
func BenchmarkExecution(b *testing.B) {
	add := func(v *atomic.Int64) any { return v.Add(1, atomic.Relaxed) }
	step := func(s, _ int, result any) (int, bool) { return s + 1, result == int64(s+1) }
	s := Subject[*atomic.Int64, int]{
		New:  func(int) *atomic.Int64 { return new(atomic.Int64) },
		Init: func() int { return 0 },
		Operations: []Operation[*atomic.Int64, int]{{
			Name: "Add",
			Call: func(v *atomic.Int64, _, _ int) any { return add(v) },
			Step: step,
		}},
	}
	explore := func(b *testing.B, body func(x *explorer.T)) {
		for b.Loop() {
			r, err := explorer.Run(context.Background(), body)
			if err != nil || r.Executions != 1680 {
				b.Fatal(r, err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1680, "ns/execution")
	}
	b.Run("client", func(b *testing.B) {
		c := client{s.operations(), [][]call{make([]call, 3), make([]call, 3), make([]call, 3)}}
		r := newRun(&s, c)
		explore(b, r.body)
	})
	b.Run("program", func(b *testing.B) {
		explore(b, func(x *explorer.T) {
			v := s.New(3)
			for range 3 {
				x.Go("thread", func() {
					for range 3 {
						add(v)
					}
				})
			}
			x.Join()
		})
	})
}
