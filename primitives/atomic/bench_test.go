package atomic_test

import (
	native "sync/atomic"
	"testing"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Each operation beside sync/atomic's: go test -bench . ./primitives/atomic

func BenchmarkLoad(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var x native.Int64
		for b.Loop() {
			x.Load()
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.Load()
		}
	})
	b.Run("acquire", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.Load(atomic.Acquire)
		}
	})
}

func BenchmarkStore(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var x native.Int64
		for b.Loop() {
			x.Store(1)
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.Store(1)
		}
	})
	b.Run("release", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.Store(1, atomic.Release)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var x native.Int64
		for b.Loop() {
			x.Add(1)
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.Add(1)
		}
	})
	b.Run("relaxed", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.Add(1, atomic.Relaxed)
		}
	})
}

func BenchmarkCompareAndSwap(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var x native.Int64
		for b.Loop() {
			x.CompareAndSwap(0, 0)
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.CompareAndSwap(0, 0)
		}
	})
	b.Run("acquire", func(b *testing.B) {
		var x atomic.Int64
		for b.Loop() {
			x.CompareAndSwap(0, 0, atomic.Acquire, atomic.Relaxed)
		}
	})
}

func BenchmarkBoolStore(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var x native.Bool
		for b.Loop() {
			x.Store(true)
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Bool
		for b.Loop() {
			x.Store(true)
		}
	})
}

func BenchmarkPointerLoad(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var x native.Pointer[int]
		for b.Loop() {
			x.Load()
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Pointer[int]
		for b.Loop() {
			x.Load()
		}
	})
	b.Run("acquire", func(b *testing.B) {
		var x atomic.Pointer[int]
		for b.Loop() {
			x.Load(atomic.Acquire)
		}
	})
}

func BenchmarkPointerCompareAndSwap(b *testing.B) {
	p := new(int)
	b.Run("sync", func(b *testing.B) {
		var x native.Pointer[int]
		x.Store(p)
		for b.Loop() {
			x.CompareAndSwap(p, p)
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Pointer[int]
		x.Store(p)
		for b.Loop() {
			x.CompareAndSwap(p, p)
		}
	})
}

func BenchmarkValueLoad(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var x native.Value
		x.Store(1)
		for b.Loop() {
			x.Load()
		}
	})
	b.Run("default", func(b *testing.B) {
		var x atomic.Value
		x.Store(1)
		for b.Loop() {
			x.Load()
		}
	})
}

func BenchmarkCell(b *testing.B) {
	b.Run("plain", func(b *testing.B) {
		x := new(int)
		for b.Loop() {
			*x++
		}
	})
	b.Run("cell", func(b *testing.B) {
		var x atomic.Cell[int]
		for b.Loop() {
			x.Store(x.Load() + 1)
		}
	})
}
