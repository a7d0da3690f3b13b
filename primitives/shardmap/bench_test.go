package shardmap_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/shardmap"
)

type lockedMap struct {
	mu      sync.RWMutex
	entries map[int]int
}

func (m *lockedMap) Load(key int) (int, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.entries[key]
	return v, ok
}

func (m *lockedMap) Store(key, value int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries[key] = value
}

func (m *lockedMap) Delete(key int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, key)
}

type syncMap struct{ sync.Map }

func (m *syncMap) Load(key int) (int, bool) {
	v, ok := m.Map.Load(key)
	if !ok {
		return 0, false
	}
	return v.(int), true
}

func (m *syncMap) Store(key, value int) { m.Map.Store(key, value) }
func (m *syncMap) Delete(key int)       { m.Map.Delete(key) }

type concurrentMap interface {
	Load(key int) (int, bool)
	Store(key, value int)
	Delete(key int)
}

// BenchmarkMap is methods on random ones of 4,096 keys, by all goroutines: of 100, so many that write, a store or, every other
// time, a delete.
func BenchmarkMap(b *testing.B) {
	const size = 1 << 12
	for _, mix := range []struct {
		name   string
		writes uint
	}{{"reads", 0}, {"10% writes", 10}, {"50% writes", 50}} {
		b.Run(mix.name, func(b *testing.B) {
			for _, kind := range []struct {
				name string
				make func() concurrentMap
			}{
				{"shardmap", func() concurrentMap { return shardmap.New[int, int]() }},
				{"sync.Map", func() concurrentMap { return new(syncMap) }},
				{"rwmutex", func() concurrentMap { return &lockedMap{entries: map[int]int{}} }},
			} {
				b.Run(kind.name, func(b *testing.B) {
					m := kind.make()
					for key := range size {
						m.Store(key, key)
					}
					b.ResetTimer()
					b.RunParallel(func(pb *testing.PB) {
						random := rand.New(rand.NewPCG(rand.Uint64(), 0))
						for pb.Next() {
							n := random.Uint64()
							key := int(n % size)
							switch {
							case uint(n>>32)%100 >= mix.writes:
								m.Load(key)
							case n>>62&1 == 0:
								m.Store(key, key)
							default:
								m.Delete(key)
							}
						}
					})
				})
			}
		})
	}
}
