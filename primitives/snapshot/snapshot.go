// Package snapshot is a pointer to immutable data that is replaced as a whole, for configurations, routing tables and
// caches: read all the time by many goroutines, changed now and then.
//
// A [Value] holds a pointer to the current version. A reader loads the pointer once and works with that version for as long
// as it likes: no lock, no counter, no write to anything that another goroutine reads. A writer builds a new version aside
// and puts it in the place of the old one. Versions are never changed, and the garbage collector frees a version when
// nobody refers to it any more, so that the question of when that is safe, which package rcu answers, does not arise.
//
// It is correct since a version is written before the store that releases its pointer, and read after the load that
// acquires it (INV-SNAPSHOT-1); since nobody writes to it after that (INV-SNAPSHOT-2); and since all writes of the pointer
// that depend on its value are single updates of it (INV-SNAPSHOT-3).
//
// A read costs one load, however many readers there are. A write costs a new version: time and memory grow with the size of
// the data. Update is lock-free: of n concurrent ones, one succeeds and the others build their versions again.
//
// See specs/snapshot.md. The construction is that of single-word objects from compare-and-swap, by M. Herlihy, "A
// methodology for implementing highly concurrent data objects", TOPLAS 1993, with a garbage collector for the memory.
package snapshot

import "github.com/weakmem/litmus/primitives/atomic"

// Value holds a pointer to the current version of a T. The zero Value holds nil. It is one word, and must not be copied
// after its first use.
//
// What a version holds must not be changed once it is in a Value: INV-SNAPSHOT-2.
type Value[T any] struct {
	current atomic.Pointer[T]
}

// New returns a Value that holds v.
func New[T any](v *T) *Value[T] {
	var value Value[T]
	value.current.Store(v, atomic.Relaxed) // INV-SNAPSHOT-1: whoever hands the Value on hands on what is in it
	return &value
}

// Load returns the current version. It is wait-free.
func (v *Value[T]) Load() *T {
	return v.current.Load(atomic.Acquire) // INV-SNAPSHOT-1, INV-SNAPSHOT-4
}

// Store makes next the current version, whatever the one before is.
func (v *Value[T]) Store(next *T) {
	v.current.Store(next, atomic.Release) // INV-SNAPSHOT-1
}

// Swap makes next the current version and returns the one that it replaces.
func (v *Value[T]) Swap(next *T) *T {
	return v.current.Swap(next, atomic.AcqRel) // INV-SNAPSHOT-1, INV-SNAPSHOT-3
}

// CompareAndSwap makes next the current version if old is, and reports whether it was. Versions are compared as pointers:
// equal contents do not make them equal. As long as the caller refers to old, no other version has its address.
func (v *Value[T]) CompareAndSwap(old, next *T) bool {
	return v.current.CompareAndSwap(old, next, atomic.Release, atomic.Relaxed) // INV-SNAPSHOT-1, INV-SNAPSHOT-3
}

// Update makes f(current) the current version and returns it. f gets the current version, which it must not change, and
// returns a new one; or the same, which changes nothing. If another goroutine replaces the version meanwhile, f is called
// again, with the newer one: it must have no effect but its result.
func (v *Value[T]) Update(f func(current *T) *T) *T {
	for {
		old := v.current.Load(atomic.Acquire) // INV-SNAPSHOT-1
		next := f(old)
		if next == old {
			return old
		}
		if v.current.CompareAndSwap(old, next, atomic.Release, atomic.Relaxed) { // INV-SNAPSHOT-1, INV-SNAPSHOT-3
			return next
		}
	}
}
