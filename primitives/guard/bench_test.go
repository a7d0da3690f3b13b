package guard_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weakmem/litmus/primitives/guard"
)

// datum is four words.
type datum [4]uint64

func (d *datum) sum() uint64 { return d[0] + d[1] + d[2] + d[3] }

var sink atomic.Uint64

// reads has all processors load, and sum what they load.
func reads(b *testing.B, name string, load func() datum) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			sum := uint64(0)
			for pb.Next() {
				d := load()
				sum += d.sum()
			}
			sink.Add(sum)
		})
	})
}

func readsLocked(b *testing.B) {
	var d datum
	var rw sync.RWMutex
	reads(b, "sync.RWMutex", func() datum { rw.RLock(); defer rw.RUnlock(); return d })
	var mu sync.Mutex
	reads(b, "sync.Mutex", func() datum { mu.Lock(); defer mu.Unlock(); return d })
}

// BenchmarkVariableLoad is how readers get at data that were published once.
func BenchmarkVariableLoad(b *testing.B) {
	v := guard.NewVariable[datum](1)
	v.Publish(datum{1, 2, 3, 4})
	reads(b, "guard.Variable", func() datum { d, _ := v.Load(); return d })
	readsLocked(b)
	var once sync.Once
	d := datum{}
	reads(b, "sync.Once", func() datum { once.Do(func() { d[0] = 1 }); return d })
}

// BenchmarkCopyLoad is how readers get at data that change now and then.
func BenchmarkCopyLoad(b *testing.B) {
	var c guard.Copy[datum]
	c.Store(datum{1, 2, 3, 4})
	reads(b, "guard.Copy", c.Load)
	readsLocked(b)
	var v atomic.Value
	v.Store(datum{1, 2, 3, 4})
	reads(b, "atomic.Value", func() datum { return v.Load().(datum) })
}

// BenchmarkWordsLoad loads four atomic words, and looks whether they are of one version.
func BenchmarkWordsLoad(b *testing.B) {
	b.Run("guard.Words", func(b *testing.B) {
		w := guard.NewWords(len(datum{}))
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			sum := uint64(0)
			d := new(datum)
			for pb.Next() {
				w.Load(d[:])
				sum += d.sum()
			}
			sink.Add(sum)
		})
	})
	readsLocked(b)
}

// updates has all processors add one to the first word.
func updates(b *testing.B, name string, update func()) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				update()
			}
		})
	})
}

func BenchmarkCopyUpdate(b *testing.B) {
	var c guard.Copy[datum]
	increment := func(d datum) datum { d[0]++; return d }
	updates(b, "guard.Copy", func() { c.Update(increment) })
	var d datum
	var mu sync.Mutex
	updates(b, "sync.Mutex", func() { mu.Lock(); defer mu.Unlock(); d[0]++ })
	var v atomic.Value
	v.Store(datum{})
	updates(b, "atomic.Value", func() {
		for {
			old := v.Load()
			if v.CompareAndSwap(old, increment(old.(datum))) {
				return
			}
		}
	})
}

// handOver has one goroutine publish as fast as it can while another loads b.N times.
func handOver(b *testing.B, name string, publish func(datum), load func() datum) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		var stop atomic.Bool
		var writer sync.WaitGroup
		writer.Go(func() {
			for n := uint64(0); !stop.Load(); n++ {
				publish(datum{n, n, n, n})
			}
		})
		b.ResetTimer()
		sum := uint64(0)
		for range b.N {
			d := load()
			sum += d.sum()
		}
		b.StopTimer()
		stop.Store(true)
		writer.Wait()
		sink.Add(sum)
	})
}

// BenchmarkElement is a load of the latest value while another goroutine publishes without rest.
func BenchmarkElement(b *testing.B) {
	w, r := guard.NewElement(datum{})
	handOver(b, "guard.Element", w.Publish, func() datum { d, _ := r.Load(); return d })
	var d datum
	var mu sync.Mutex
	handOver(b, "sync.Mutex", func(n datum) { mu.Lock(); d = n; mu.Unlock() }, func() datum { mu.Lock(); defer mu.Unlock(); return d })
	latest := make(chan datum, 1)
	last := datum{}
	handOver(b, "channel", func(n datum) {
		for {
			select {
			case latest <- n:
				return
			default:
			}
			select {
			case <-latest: // what nobody has taken is out of date
			default:
			}
		}
	}, func() datum {
		select {
		case last = <-latest:
		default:
		}
		return last
	})
}
