package explorer_test

import (
	"fmt"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// The programs that executions are counted of, and that benchmarks run. Each
// function returns a body.

type body = func(*explorer.T)

const (
	rlx    = atomic.Relaxed
	acq    = atomic.Acquire
	rel    = atomic.Release
	acqRel = atomic.AcqRel
	sc     = atomic.SeqCst
)

var names = func() (names [64]string) {
	for i := range names {
		names[i] = fmt.Sprint("thread ", i)
	}
	return
}()

// together starts n equal threads and waits for them all.
func together(x *explorer.T, n int, f func(i int)) {
	for i := range n {
		x.Go(names[i], func() { f(i) })
	}
	x.Join()
}

func storeBuffering(store, load atomic.Ordering) body {
	return func(x *explorer.T) {
		var a, b atomic.Int32
		x.Go("P0", func() { a.Store(1, store); b.Load(load) })
		x.Go("P1", func() { b.Store(1, store); a.Load(load) })
		x.Join()
	}
}

func messagePassing(store, load atomic.Ordering) body {
	return func(x *explorer.T) {
		var data, flag atomic.Int32
		x.Go("P0", func() { data.Store(1, rlx); flag.Store(1, store) })
		x.Go("P1", func() { flag.Load(load); data.Load(rlx) })
		x.Join()
	}
}

func messagePassingPlain(store, load atomic.Ordering) body {
	return func(x *explorer.T) {
		var data atomic.Cell[int]
		var flag atomic.Int32
		x.Go("P0", func() { data.Store(1); flag.Store(1, store) })
		x.Go("P1", func() {
			if flag.Load(load) == 1 && data.Load() != 1 {
				x.Error("the flag came before the data")
			}
		})
		x.Join()
	}
}

func loadBuffering(x *explorer.T) {
	var a, b atomic.Int32
	x.Go("P0", func() { a.Load(rlx); b.Store(1, rlx) })
	x.Go("P1", func() { b.Load(rlx); a.Store(1, rlx) })
	x.Join()
}

func coherentReads(x *explorer.T) {
	var a atomic.Int32
	x.Go("P0", func() { a.Store(1, rlx); a.Store(2, rlx) })
	x.Go("P1", func() { a.Load(rlx); a.Load(rlx) })
	x.Join()
}

func twoPlusTwoWrites(o atomic.Ordering) body {
	return func(x *explorer.T) {
		var a, b atomic.Int32
		x.Go("P0", func() { a.Store(1, o); b.Store(2, o) })
		x.Go("P1", func() { b.Store(1, o); a.Store(2, o) })
		x.Join()
	}
}

func independentReads(store, load atomic.Ordering) body {
	return func(x *explorer.T) {
		var a, b atomic.Int32
		x.Go("P0", func() { a.Store(1, store) })
		x.Go("P1", func() { b.Store(1, store) })
		x.Go("P2", func() { a.Load(load); b.Load(load) })
		x.Go("P3", func() { b.Load(load); a.Load(load) })
		x.Join()
	}
}

// ring passes items from one producer to one consumer through two slots of
// plain memory; each side waits for the other.
func ring(items int) body {
	return func(x *explorer.T) {
		var head, tail atomic.Int32
		var slots [2]atomic.Cell[int]
		x.Go("producer", func() {
			for i := range items {
				x.Await(func() bool { return i-int(head.Load(acq)) < len(slots) })
				slots[i%len(slots)].Store(i + 1)
				tail.Store(int32(i+1), rel)
			}
		})
		x.Go("consumer", func() {
			for i := range items {
				x.Await(func() bool { return int(tail.Load(acq)) > i })
				if got := slots[i%len(slots)].Load(); got != i+1 {
					x.Errorf("item %d is %d", i+1, got)
				}
				head.Store(int32(i+1), rel)
			}
		})
		x.Join()
	}
}

func ticketLock(threads int) body {
	return func(x *explorer.T) {
		var next, owner atomic.Int32
		var entered atomic.Cell[int]
		together(x, threads, func(int) {
			mine := next.Add(1, rlx) - 1
			x.Await(func() bool { return owner.Load(acq) == mine })
			entered.Store(entered.Load() + 1)
			owner.Store(mine+1, rel)
		})
	}
}

func spinlock(threads int) body {
	return func(x *explorer.T) {
		var held atomic.Bool
		var entered atomic.Cell[int]
		together(x, threads, func(int) {
			for !held.CompareAndSwap(false, true, acq) {
				explorer.Yield()
			}
			entered.Store(entered.Load() + 1)
			held.Store(false, rel)
		})
	}
}

func mutex(threads int) body {
	return func(x *explorer.T) {
		var m sync.Mutex
		var entered atomic.Cell[int]
		together(x, threads, func(int) {
			m.Lock()
			entered.Store(entered.Load() + 1)
			m.Unlock()
		})
	}
}

func increments(threads int) body {
	return func(x *explorer.T) {
		var n atomic.Int32
		together(x, threads, func(int) { n.Add(1, rlx) })
	}
}

func twoIncrements(threads int) body {
	return func(x *explorer.T) {
		var a, b atomic.Int32
		together(x, threads, func(int) { a.Add(1, rlx); b.Add(1, rlx) })
	}
}

func readers(n int) body {
	return func(x *explorer.T) {
		var a atomic.Int32
		x.Go("writer", func() { a.Store(1, rlx) })
		together(x, n, func(int) { a.Load(rlx) })
	}
}

func lastWrite(writers int) body {
	return func(x *explorer.T) {
		var a atomic.Int32
		together(x, writers, func(i int) { a.Store(int32(i+1), rlx) })
		a.Load(rlx)
	}
}

func writersAndReaders(writers, readers int) body {
	return func(x *explorer.T) {
		var a atomic.Int32
		together(x, writers+readers, func(i int) {
			if i < writers {
				a.Store(int32(i+1), rlx)
			} else {
				a.Load(rlx)
			}
		})
	}
}

type stackNode struct {
	next  atomic.Cell[*stackNode]
	value int
}

// treiberStack is pushed to by some threads and popped from by others, once by
// each (Treiber, 1986). retry says how attempts are repeated that fail.
func treiberStack(pushers, poppers int, retry func(x *explorer.T, attempt func() bool)) body {
	return func(x *explorer.T) {
		var top atomic.Pointer[stackNode]
		nodes := make([]stackNode, pushers)
		push := func(n *stackNode) bool {
			old := top.Load(acq)
			n.next.Store(old)
			return top.CompareAndSwap(old, n, acqRel)
		}
		pop := func() bool {
			old := top.Load(acq)
			return old == nil || top.CompareAndSwap(old, old.next.Load(), acqRel)
		}
		together(x, pushers+poppers, func(i int) {
			if i < pushers {
				retry(x, func() bool { return push(&nodes[i]) })
			} else {
				retry(x, pop)
			}
		})
	}
}

// insisting makes each attempt that fails an execution of its own.
func insisting(_ *explorer.T, attempt func() bool) {
	for !attempt() {
	}
}

func yielding(_ *explorer.T, attempt func() bool) {
	for !attempt() {
		explorer.Yield()
	}
}

func awaiting(x *explorer.T, attempt func() bool) { x.Await(attempt) }
