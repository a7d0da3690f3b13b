package atomic

import (
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Int32 is an atomic int32. The zero value is zero.
type Int32 struct {
	_      [0]atomic.Int32 // its alignment, and no copies
	native int32
}

var int32Kind = sim.Kind{Name: "atomic.Int32"}

func (x *Int32) variable() sim.Var {
	return sim.Var{Addr: unsafe.Pointer(x), Kind: &int32Kind, Init: word(atomic.LoadInt32(&x.native))}
}

// Load returns the value of x. The ordering is relaxed, acquire or seq_cst.
func (x *Int32) Load(order ...Ordering) int32 {
	if sim.Gate() == 0 {
		return atomic.LoadInt32(&x.native)
	}
	return x.load(order)
}

func (x *Int32) load(order []Ordering) int32 {
	o := ordering("Int32.Load", loads, order)
	if th := sim.Current(); th != nil {
		return int32(th.Load(x.variable(), o).Bits)
	}
	return atomic.LoadInt32(&x.native)
}

// Store sets x to n. The ordering is relaxed, release or seq_cst.
func (x *Int32) Store(n int32, order ...Ordering) {
	if sim.Gate() == 0 {
		atomic.StoreInt32(&x.native, n)
		return
	}
	x.store(n, order)
}

func (x *Int32) store(n int32, order []Ordering) {
	o := ordering("Int32.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), word(n), o)
		return
	}
	atomic.StoreInt32(&x.native, n)
}

// Swap sets x to n and returns the value that it replaced.
func (x *Int32) Swap(n int32, order ...Ordering) int32 {
	if sim.Gate() == 0 {
		return atomic.SwapInt32(&x.native, n)
	}
	return x.swap(n, order)
}

func (x *Int32) swap(n int32, order []Ordering) int32 {
	o := ordering("Int32.Swap", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), exchange, word(n), sim.Word{}, o, Relaxed)
		return int32(old.Bits)
	}
	return atomic.SwapInt32(&x.native, n)
}

// CompareAndSwap sets x to new if it is old, and reports whether it was. The
// first ordering is that of success; the second that of failure, which only
// loads: if it is left out, it is the first less its release part.
func (x *Int32) CompareAndSwap(old, new int32, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapInt32(&x.native, old, new)
	}
	return x.compareAndSwap(old, new, order)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Int32) CompareAndSwapWeak(old, new int32, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapInt32(&x.native, old, new)
	}
	return x.compareAndSwapWeak(old, new, order)
}

func (x *Int32) compareAndSwap(old, new int32, order []Ordering) bool {
	success, failure := exchangeOrderings("Int32.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapInt32(&x.native, old, new)
}

func (x *Int32) compareAndSwapWeak(old, new int32, order []Ordering) bool {
	success, failure := exchangeOrderings("Int32.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapInt32(&x.native, old, new)
}

// Add adds delta to x and returns the sum.
func (x *Int32) Add(delta int32, order ...Ordering) int32 {
	if sim.Gate() == 0 {
		return atomic.AddInt32(&x.native, delta)
	}
	return x.add(delta, order)
}

func (x *Int32) add(delta int32, order []Ordering) int32 {
	o := ordering("Int32.Add", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), add[int32], word(delta), sim.Word{}, o, Relaxed)
		return int32(old.Bits) + delta
	}
	return atomic.AddInt32(&x.native, delta)
}

// And keeps the bits of x that mask has, and returns the old value.
func (x *Int32) And(mask int32, order ...Ordering) int32 {
	if sim.Gate() == 0 {
		return atomic.AndInt32(&x.native, mask)
	}
	return x.and(mask, order)
}

func (x *Int32) and(mask int32, order []Ordering) int32 {
	o := ordering("Int32.And", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), and, word(mask), sim.Word{}, o, Relaxed)
		return int32(old.Bits)
	}
	return atomic.AndInt32(&x.native, mask)
}

// Or sets the bits of x that mask has, and returns the old value.
func (x *Int32) Or(mask int32, order ...Ordering) int32 {
	if sim.Gate() == 0 {
		return atomic.OrInt32(&x.native, mask)
	}
	return x.or(mask, order)
}

func (x *Int32) or(mask int32, order []Ordering) int32 {
	o := ordering("Int32.Or", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), or, word(mask), sim.Word{}, o, Relaxed)
		return int32(old.Bits)
	}
	return atomic.OrInt32(&x.native, mask)
}
