// Package msqueue is the queue of Michael and Scott: unbounded, first in first out, for any number of producers and
// consumers, without locks.
//
// Values go in at the tail of a linked list and come out at its head. The node at the head is a dummy, whose value was
// taken before. An Enqueue links its node behind the last one by a compare-and-swap of that node's link, from nil: this is
// the moment at which the value is in the queue. Then it moves the tail on. The tail may thus lag behind the list, by one
// node; whoever enqueues next and finds it so moves it first. A Dequeue moves the head on by a compare-and-swap; who
// succeeds owns the value of the new dummy.
//
// It is correct because links only ever change from nil, so that all agree on one list; because the link to a node is
// released by who made the node and acquired by who takes its value; and because tail is released and acquired, so that
// who appends to a list has seen every link of it, and finds its own value afterwards. Nodes are garbage collected: an
// address comes back only when nobody compares with it any more, and the original's counters and its second look at the
// tail are not needed. Nor does Dequeue look at the tail: it may pass a tail that lags.
//
// Enqueue allocates one node; Dequeue and IsEmpty allocate nothing. All are lock-free. A call that is not disturbed costs
// two compare-and-swaps or one; n calls at once make up to n attempts each.
//
// The specification is specs/msqueue.md. The algorithm is that of M. M. Michael and M. L. Scott, "Simple, Fast, and
// Practical Non-Blocking and Blocking Concurrent Queue Algorithms", PODC 1996.
package msqueue

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Queue is a first-in first-out queue of any length. New makes one; it must not be copied. All methods may be called by
// any goroutine.
type Queue[T any] struct {
	head atomic.Pointer[node[T]] // the dummy: its successor has the value that is next
	_    cpu.CacheLinePad
	tail atomic.Pointer[node[T]] // the last node, or the last but one
	_    cpu.CacheLinePad
}

type node[T any] struct {
	next  atomic.Pointer[node[T]]
	value atomic.Cell[T] // written by who enqueues, then taken by who makes the node the dummy
}

// New returns an empty queue.
func New[T any]() *Queue[T] {
	q, dummy := new(Queue[T]), new(node[T])
	q.head.Store(dummy, atomic.Relaxed) // INV-MSQUEUE-6: what publishes q publishes this
	q.tail.Store(dummy, atomic.Relaxed) // INV-MSQUEUE-3: likewise
	return q
}

// Enqueue puts v at the end of the queue. It happens before the Dequeue that returns v.
func (q *Queue[T]) Enqueue(v T) {
	n := new(node[T])
	n.value.Store(v)
	for {
		last := q.tail.Load(atomic.Acquire)                                   // INV-MSQUEUE-3
		if last.next.CompareAndSwap(nil, n, atomic.Release, atomic.Relaxed) { // INV-MSQUEUE-1, INV-MSQUEUE-2
			q.tail.CompareAndSwap(last, n, atomic.Release, atomic.Relaxed) // INV-MSQUEUE-3; if it fails, another has helped
			return
		}
		next := last.next.Load(atomic.Relaxed)                            // INV-MSQUEUE-2: it has its last value
		q.tail.CompareAndSwap(last, next, atomic.Release, atomic.Relaxed) // INV-MSQUEUE-3, INV-MSQUEUE-4
	}
}

// Dequeue takes the value at the front of the queue. It returns false if the queue is empty.
func (q *Queue[T]) Dequeue() (v T, ok bool) {
	for {
		dummy := q.head.Load(atomic.Acquire)    // INV-MSQUEUE-6
		next := dummy.next.Load(atomic.Acquire) // INV-MSQUEUE-1
		if next == nil {
			return v, false
		}
		if q.head.CompareAndSwap(dummy, next, atomic.Release, atomic.Relaxed) { // INV-MSQUEUE-5, INV-MSQUEUE-6
			v = next.value.Load()
			var zero T
			next.value.Store(zero) // else the dummy would keep v from the garbage collector
			return v, true
		}
	}
}

// IsEmpty reports whether the queue was empty at a moment during the call. It orders nothing: by the time it returns,
// others may have put values in or taken them out.
func (q *Queue[T]) IsEmpty() bool {
	dummy := q.head.Load(atomic.Acquire)          // INV-MSQUEUE-6
	return dummy.next.Load(atomic.Relaxed) == nil // INV-MSQUEUE-2: the value is not looked at
}
