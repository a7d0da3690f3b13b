package deque

import (
	"math/bits"

	"github.com/weakmem/litmus/primitives/atomic"
)

// array is a ring of slots for items at any indices of which the lowest and the highest are less than its length apart.
// Slots are atomic, since a thief may read one that the owner overwrites: it then fails to take what it read.
type array[T any] struct {
	slots []atomic.Pointer[T] // their number is a power of two
}

// newArray returns an array of at least so many slots.
func newArray[T any](length int) *array[T] {
	return &array[T]{make([]atomic.Pointer[T], 1<<bits.Len(uint(length-1)))}
}

func (a *array[T]) len() int64 { return int64(len(a.slots)) }

func (a *array[T]) slot(index int64) *atomic.Pointer[T] {
	return &a.slots[index&(a.len()-1)]
}
