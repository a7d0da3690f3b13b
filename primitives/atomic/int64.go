package atomic

import (
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Int64 is an atomic int64. The zero value is zero.
type Int64 struct {
	_      [0]atomic.Int64 // its alignment, and no copies
	native int64
}

var int64Kind = sim.Kind{Name: "atomic.Int64"}

func (x *Int64) variable() sim.Var {
	return sim.Var{Addr: unsafe.Pointer(x), Kind: &int64Kind, Init: word(atomic.LoadInt64(&x.native))}
}

// Load returns the value of x. The ordering is relaxed, acquire or seq_cst.
func (x *Int64) Load(order ...Ordering) int64 {
	if sim.Gate() == 0 {
		return atomic.LoadInt64(&x.native)
	}
	return x.load(order)
}

func (x *Int64) load(order []Ordering) int64 {
	o := ordering("Int64.Load", loads, order)
	if th := sim.Current(); th != nil {
		return int64(th.Load(x.variable(), o).Bits)
	}
	return atomic.LoadInt64(&x.native)
}

// Store sets x to n. The ordering is relaxed, release or seq_cst.
func (x *Int64) Store(n int64, order ...Ordering) {
	if sim.Gate() == 0 {
		atomic.StoreInt64(&x.native, n)
		return
	}
	x.store(n, order)
}

func (x *Int64) store(n int64, order []Ordering) {
	o := ordering("Int64.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), word(n), o)
		return
	}
	atomic.StoreInt64(&x.native, n)
}

// Swap sets x to n and returns the value that it replaced.
func (x *Int64) Swap(n int64, order ...Ordering) int64 {
	if sim.Gate() == 0 {
		return atomic.SwapInt64(&x.native, n)
	}
	return x.swap(n, order)
}

func (x *Int64) swap(n int64, order []Ordering) int64 {
	o := ordering("Int64.Swap", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), exchange, word(n), sim.Word{}, o, Relaxed)
		return int64(old.Bits)
	}
	return atomic.SwapInt64(&x.native, n)
}

// CompareAndSwap sets x to new if it is old, and reports whether it was. The
// first ordering is that of success; the second that of failure, which only
// loads: if it is left out, it is the first less its release part.
func (x *Int64) CompareAndSwap(old, new int64, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapInt64(&x.native, old, new)
	}
	return x.compareAndSwap(old, new, order)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Int64) CompareAndSwapWeak(old, new int64, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapInt64(&x.native, old, new)
	}
	return x.compareAndSwapWeak(old, new, order)
}

func (x *Int64) compareAndSwap(old, new int64, order []Ordering) bool {
	success, failure := exchangeOrderings("Int64.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapInt64(&x.native, old, new)
}

func (x *Int64) compareAndSwapWeak(old, new int64, order []Ordering) bool {
	success, failure := exchangeOrderings("Int64.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapInt64(&x.native, old, new)
}

// Add adds delta to x and returns the sum.
func (x *Int64) Add(delta int64, order ...Ordering) int64 {
	if sim.Gate() == 0 {
		return atomic.AddInt64(&x.native, delta)
	}
	return x.add(delta, order)
}

func (x *Int64) add(delta int64, order []Ordering) int64 {
	o := ordering("Int64.Add", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), add[int64], word(delta), sim.Word{}, o, Relaxed)
		return int64(old.Bits) + delta
	}
	return atomic.AddInt64(&x.native, delta)
}

// And keeps the bits of x that mask has, and returns the old value.
func (x *Int64) And(mask int64, order ...Ordering) int64 {
	if sim.Gate() == 0 {
		return atomic.AndInt64(&x.native, mask)
	}
	return x.and(mask, order)
}

func (x *Int64) and(mask int64, order []Ordering) int64 {
	o := ordering("Int64.And", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), and, word(mask), sim.Word{}, o, Relaxed)
		return int64(old.Bits)
	}
	return atomic.AndInt64(&x.native, mask)
}

// Or sets the bits of x that mask has, and returns the old value.
func (x *Int64) Or(mask int64, order ...Ordering) int64 {
	if sim.Gate() == 0 {
		return atomic.OrInt64(&x.native, mask)
	}
	return x.or(mask, order)
}

func (x *Int64) or(mask int64, order []Ordering) int64 {
	o := ordering("Int64.Or", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), or, word(mask), sim.Word{}, o, Relaxed)
		return int64(old.Bits)
	}
	return atomic.OrInt64(&x.native, mask)
}
