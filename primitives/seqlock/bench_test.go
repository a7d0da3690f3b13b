package seqlock_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weakmem/litmus/primitives/seqlock"
)

// datum is four words.
type datum [4]uint64

var sink atomic.Uint64

// cell is a way to keep a datum.
type cell struct {
	name  string
	read  func() datum
	write func(datum)
}

func cells() []cell {
	s := seqlock.New(datum{})
	var d datum
	var rw sync.RWMutex
	var e datum
	var mu sync.Mutex
	var p atomic.Pointer[datum]
	p.Store(new(datum))
	return []cell{
		{"seqlock", s.Read, s.Write},
		{
			"sync.RWMutex",
			func() datum { rw.RLock(); defer rw.RUnlock(); return d },
			func(n datum) { rw.Lock(); d = n; rw.Unlock() },
		},
		{
			"sync.Mutex",
			func() datum { mu.Lock(); defer mu.Unlock(); return e },
			func(n datum) { mu.Lock(); e = n; mu.Unlock() },
		},
		{
			"atomic.Pointer",
			func() datum { return *p.Load() },
			func(n datum) { p.Store(&n) },
		},
	}
}

func readAll(b *testing.B, read func() datum) {
	b.RunParallel(func(pb *testing.PB) {
		sum := uint64(0)
		for pb.Next() {
			d := read()
			sum += d[0] + d[3]
		}
		sink.Add(sum)
	})
}

// BenchmarkRead has all processors read, and nobody write.
func BenchmarkRead(b *testing.B) {
	for _, c := range cells() {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			readAll(b, c.read)
		})
	}
}

// BenchmarkReadWhileWriting has one goroutine write every ten microseconds besides.
func BenchmarkReadWhileWriting(b *testing.B) {
	for _, c := range cells() {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			stop := make(chan struct{})
			var writer sync.WaitGroup
			writer.Go(func() {
				ticks := time.NewTicker(10 * time.Microsecond)
				defer ticks.Stop()
				for n := uint64(0); ; n++ {
					select {
					case <-stop:
						return
					case <-ticks.C:
						c.write(datum{n, n, n, n})
					}
				}
			})
			b.ResetTimer()
			readAll(b, c.read)
			b.StopTimer()
			close(stop)
			writer.Wait()
		})
	}
}

// BenchmarkWrite has one goroutine write, and nobody read.
func BenchmarkWrite(b *testing.B) {
	for _, c := range cells() {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for n := range uint64(b.N) {
				c.write(datum{n, n, n, n})
			}
		})
	}
}
