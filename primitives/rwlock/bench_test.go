package rwlock_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/rwlock"
)

type locker interface {
	RLock()
	RUnlock()
	Lock()
	Unlock()
}

// All processors read a word, and with 1 round in writes of each, if that is not 0, write it: go test -bench . -cpu 1,2
// shows whether readers scale.
func benchmark(b *testing.B, l locker, writes int) {
	value := 0
	b.RunParallel(func(pb *testing.PB) {
		sum := 0
		for i := 1; pb.Next(); i++ {
			if writes != 0 && i%writes == 0 {
				l.Lock()
				value++
				l.Unlock()
				continue
			}
			l.RLock()
			sum += value
			l.RUnlock()
		}
		runtime.KeepAlive(sum)
	})
}

func BenchmarkRead(b *testing.B) {
	b.Run("ours-rwlock", func(b *testing.B) { benchmark(b, new(rwlock.Lock), 0) })
	b.Run("sync.RWMutex", func(b *testing.B) { benchmark(b, new(sync.RWMutex), 0) })
}

// One operation in a thousand writes.
func BenchmarkReadMostly(b *testing.B) {
	b.Run("ours-rwlock", func(b *testing.B) { benchmark(b, new(rwlock.Lock), 1000) })
	b.Run("sync.RWMutex", func(b *testing.B) { benchmark(b, new(sync.RWMutex), 1000) })
}

// One operation in two writes.
func BenchmarkReadWrite(b *testing.B) {
	b.Run("ours-rwlock", func(b *testing.B) { benchmark(b, new(rwlock.Lock), 2) })
	b.Run("sync.RWMutex", func(b *testing.B) { benchmark(b, new(sync.RWMutex), 2) })
}
