package counter_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weakmem/litmus/primitives/counter"
)

func adds(b *testing.B, name string, add func(worker int)) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		var workers atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			worker := int(workers.Add(1))
			for pb.Next() {
				add(worker)
			}
		})
	})
}

// BenchmarkAdd has all processors add: run it with -cpu 1,2.
func BenchmarkAdd(b *testing.B) {
	s := counter.NewStriped(runtime.GOMAXPROCS(0))
	adds(b, "counter.Striped", func(worker int) { s.Add(worker, 1) })
	var c counter.Counter
	adds(b, "counter.Counter", func(int) { c.Add(1) })
	var n atomic.Int64
	adds(b, "atomic.Int64", func(int) { n.Add(1) })
	var mu sync.Mutex
	m := 0
	adds(b, "sync.Mutex", func(int) { mu.Lock(); m++; mu.Unlock() })
	var rw sync.Map
	rw.Store("requests", new(atomic.Int64))
	adds(b, "sync.Map of atomic.Int64", func(int) {
		n, _ := rw.Load("requests")
		n.(*atomic.Int64).Add(1)
	})
}

// BenchmarkSum reads a counter that nobody adds to, of eight stripes.
func BenchmarkSum(b *testing.B) {
	s := counter.NewStriped(8)
	var c counter.Counter
	var n atomic.Int64
	for _, r := range []struct {
		name string
		read func() int64
	}{
		{"counter.Striped", s.Sum},
		{"counter.Counter", c.Load},
		{"atomic.Int64", n.Load},
	} {
		b.Run(r.name, func(b *testing.B) {
			for b.Loop() {
				r.read()
			}
		})
	}
}
