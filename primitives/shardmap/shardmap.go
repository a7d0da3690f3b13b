// Package shardmap is a map for many goroutines: Go maps, each with a lock of its own, among which keys are spread by their
// hash. Goroutines wait for one another only if their keys are in one shard.
//
// A method on one key locks one shard, and while it has the lock nobody else is in that shard: so it happens at one moment,
// and the methods on one key are in one order, each before the next. Methods that only read take the lock for reading.
// Range and Len visit one shard after another and are of no one moment; they say what they promise.
//
// A method on a key costs a hash, a lock without contention, and what the Go map costs. What is shared is a line of cache
// for each shard: with s shards, two goroutines with random keys meet with probability 1/s. Readers of one shard do not
// wait for one another, but they all write to its lock. Nothing allocates but the maps themselves, as they grow, and
// Range.
//
// Where keys are written once and read ever after, or goroutines have disjoint sets of keys, sync.Map takes no lock to read.
// This map is for the rest, and its keys and values have types.
//
// The specification is specs/shardmap.md. Striped locks for a hash table: M. Herlihy and N. Shavit, "The Art of
// Multiprocessor Programming", 2008, section 13.2; C. S. Ellis, "Concurrency in Linear Hashing", TODS 1987.
package shardmap

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"runtime"
)

// Map maps keys to values. New and NewWithHash make one; it must not be copied. All methods may be called by any
// goroutine.
type Map[K comparable, V any] struct {
	shards []shard[K, V] // their number is a power of two
	hash   func(K) uint64
	seed   maphash.Seed // if hash is nil
}

// New returns an empty map, with as many shards as suit the number of processors, and a hash with a seed of its own.
func New[K comparable, V any]() *Map[K, V] {
	return &Map[K, V]{shards: newShards[K, V](8 * runtime.GOMAXPROCS(0)), seed: maphash.MakeSeed()}
}

// NewWithHash returns an empty map with so many shards, rounded up to a power of two, the lowest bits of hash choosing among
// them. Equal keys must have equal hashes. Under exploration hash must return the same each time, which that of New does
// not.
func NewWithHash[K comparable, V any](shards int, hash func(K) uint64) *Map[K, V] {
	if shards < 1 {
		panic(fmt.Sprintf("shardmap.NewWithHash: %d shards; there must be at least 1", shards))
	}
	if hash == nil {
		panic("shardmap.NewWithHash: hash is nil; New has a hash of its own")
	}
	return &Map[K, V]{shards: newShards[K, V](shards), hash: hash}
}

func newShards[K comparable, V any](least int) []shard[K, V] {
	return make([]shard[K, V], 1<<bits.Len(uint(least-1)))
}

func (m *Map[K, V]) shard(key K) *shard[K, V] {
	var h uint64
	if m.hash != nil {
		h = m.hash(key)
	} else {
		h = maphash.Comparable(m.seed, key)
	}
	return &m.shards[h&uint64(len(m.shards)-1)] // INV-SHARDMAP-2
}

// Load returns the value of key, and whether it has one.
func (m *Map[K, V]) Load(key K) (value V, ok bool) {
	s := m.shard(key)
	s.mu.RLock() // INV-SHARDMAP-1
	defer s.mu.RUnlock()
	value, ok = s.read()[key]
	return value, ok
}

// Store sets the value of key.
func (m *Map[K, V]) Store(key K, value V) {
	s := m.shard(key)
	s.mu.Lock() // INV-SHARDMAP-1
	defer s.mu.Unlock()
	s.write()[key] = value
}

// LoadOrStore returns the value of key and true, if it has one, and otherwise gives it value and returns that and false.
func (m *Map[K, V]) LoadOrStore(key K, value V) (actual V, loaded bool) {
	s := m.shard(key)
	s.mu.Lock() // INV-SHARDMAP-1, INV-SHARDMAP-3
	defer s.mu.Unlock()
	if actual, loaded = s.read()[key]; loaded {
		return actual, true
	}
	s.write()[key] = value
	return value, false
}

// Swap sets the value of key, and returns the one that it had before, and whether it had one.
func (m *Map[K, V]) Swap(key K, value V) (previous V, loaded bool) {
	s := m.shard(key)
	s.mu.Lock() // INV-SHARDMAP-1, INV-SHARDMAP-3
	defer s.mu.Unlock()
	entries := s.write()
	previous, loaded = entries[key]
	entries[key] = value
	return previous, loaded
}

// Delete takes key out of the map.
func (m *Map[K, V]) Delete(key K) { m.LoadAndDelete(key) }

// LoadAndDelete takes key out of the map, and returns the value that it had, and whether it had one.
func (m *Map[K, V]) LoadAndDelete(key K) (value V, loaded bool) {
	s := m.shard(key)
	s.mu.Lock() // INV-SHARDMAP-1, INV-SHARDMAP-3
	defer s.mu.Unlock()
	if value, loaded = s.read()[key]; loaded {
		delete(s.write(), key)
	}
	return value, loaded
}

// CompareAndSwap sets the value of key to new if it is old, and reports whether it was. As with sync.Map, values must be of
// a type that can be compared: else it panics.
func (m *Map[K, V]) CompareAndSwap(key K, old, new V) (swapped bool) {
	s := m.shard(key)
	s.mu.Lock() // INV-SHARDMAP-1, INV-SHARDMAP-3
	defer s.mu.Unlock()
	if !s.has(key, old) {
		return false
	}
	s.write()[key] = new
	return true
}

// CompareAndDelete takes key out of the map if its value is old, and reports whether it was. As with sync.Map, values must
// be of a type that can be compared: else it panics.
func (m *Map[K, V]) CompareAndDelete(key K, old V) (deleted bool) {
	s := m.shard(key)
	s.mu.Lock() // INV-SHARDMAP-1, INV-SHARDMAP-3
	defer s.mu.Unlock()
	if !s.has(key, old) {
		return false
	}
	delete(s.write(), key)
	return true
}
