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
	if len(order) != sim.Gate() {
		return x.load(order)
	}
	return atomic.LoadInt32(&x.native)
}

func (x *Int32) load(order []Ordering) int32 {
	if loads.admit(order) && !sim.Active() {
		return atomic.LoadInt32(&x.native)
	}
	o := ordering("Int32.Load", loads, order)
	if th := sim.Current(); th != nil {
		return int32(th.Load(x.variable(), o).Bits)
	}
	return atomic.LoadInt32(&x.native)
}

// Store sets x to n. The ordering is relaxed, release or seq_cst.
func (x *Int32) Store(n int32, order ...Ordering) {
	if len(order) != sim.Gate() {
		x.store(n, order)
		return
	}
	atomic.StoreInt32(&x.native, n)
}

func (x *Int32) store(n int32, order []Ordering) {
	if stores.admit(order) && !sim.Active() {
		atomic.StoreInt32(&x.native, n)
		return
	}
	o := ordering("Int32.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), word(n), o)
		return
	}
	atomic.StoreInt32(&x.native, n)
}

// Swap sets x to n and returns the value that it replaced.
func (x *Int32) Swap(n int32, order ...Ordering) int32 {
	if len(order) != sim.Gate() {
		return x.swap(n, order)
	}
	return atomic.SwapInt32(&x.native, n)
}

func (x *Int32) swap(n int32, order []Ordering) int32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.SwapInt32(&x.native, n)
	}
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
	if len(order) != sim.Gate() {
		return x.compareAndSwap(old, new, order)
	}
	return atomic.CompareAndSwapInt32(&x.native, old, new)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Int32) CompareAndSwapWeak(old, new int32, order ...Ordering) bool {
	if len(order) != sim.Gate() {
		return x.compareAndSwapWeak(old, new, order)
	}
	return atomic.CompareAndSwapInt32(&x.native, old, new)
}

func (x *Int32) compareAndSwap(old, new int32, order []Ordering) bool {
	if admitExchange(order) && !sim.Active() {
		return atomic.CompareAndSwapInt32(&x.native, old, new)
	}
	success, failure := exchangeOrderings("Int32.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapInt32(&x.native, old, new)
}

func (x *Int32) compareAndSwapWeak(old, new int32, order []Ordering) bool {
	if admitExchange(order) && !sim.Active() {
		return atomic.CompareAndSwapInt32(&x.native, old, new)
	}
	success, failure := exchangeOrderings("Int32.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapInt32(&x.native, old, new)
}

// Add adds delta to x and returns the sum.
func (x *Int32) Add(delta int32, order ...Ordering) int32 {
	if len(order) != sim.Gate() {
		return x.add(delta, order)
	}
	return atomic.AddInt32(&x.native, delta)
}

func (x *Int32) add(delta int32, order []Ordering) int32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.AddInt32(&x.native, delta)
	}
	o := ordering("Int32.Add", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), add[int32], word(delta), sim.Word{}, o, Relaxed)
		return int32(old.Bits) + delta
	}
	return atomic.AddInt32(&x.native, delta)
}

// And keeps the bits of x that mask has, and returns the old value.
func (x *Int32) And(mask int32, order ...Ordering) int32 {
	if len(order) != sim.Gate() {
		return x.and(mask, order)
	}
	return atomic.AndInt32(&x.native, mask)
}

func (x *Int32) and(mask int32, order []Ordering) int32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.AndInt32(&x.native, mask)
	}
	o := ordering("Int32.And", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), and, word(mask), sim.Word{}, o, Relaxed)
		return int32(old.Bits)
	}
	return atomic.AndInt32(&x.native, mask)
}

// Or sets the bits of x that mask has, and returns the old value.
func (x *Int32) Or(mask int32, order ...Ordering) int32 {
	if len(order) != sim.Gate() {
		return x.or(mask, order)
	}
	return atomic.OrInt32(&x.native, mask)
}

func (x *Int32) or(mask int32, order []Ordering) int32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.OrInt32(&x.native, mask)
	}
	o := ordering("Int32.Or", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), or, word(mask), sim.Word{}, o, Relaxed)
		return int32(old.Bits)
	}
	return atomic.OrInt32(&x.native, mask)
}
