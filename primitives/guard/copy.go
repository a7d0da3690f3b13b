package guard

import "github.com/weakmem/litmus/primitives/atomic"

// Copy is data that is changed by copy and swap. Any number of goroutines read and change it. The zero value holds T's.
//
// What is in a Copy is shared by all who load it, as far as it holds pointers: what they point to must not be changed.
type Copy[T any] struct {
	current atomic.Pointer[atomic.Cell[T]] // nil: T's zero value
}

// Load returns the present version.
func (c *Copy[T]) Load() T {
	version := c.current.Load(atomic.Acquire) // INV-GUARD-3
	return content(version)
}

func content[T any](version *atomic.Cell[T]) (v T) {
	if version == nil {
		return v
	}
	return version.Load()
}

// Store makes v the present version, whatever was there.
func (c *Copy[T]) Store(v T) {
	version := new(atomic.Cell[T])
	version.Store(v)
	c.current.Store(version, atomic.Release) // INV-GUARD-3
}

// Update makes change of the present version the next, and returns it. If another goroutine changes c in the meantime, change
// is called again, with what is there then. It must have no other effects.
func (c *Copy[T]) Update(change func(T) T) T {
	next := new(atomic.Cell[T])
	for {
		version := c.current.Load(atomic.Acquire) // INV-GUARD-3
		v := change(content(version))
		next.Store(v)
		if c.current.CompareAndSwap(version, next, atomic.Release, atomic.Relaxed) { // INV-GUARD-3, INV-GUARD-4
			return v
		}
	}
}
