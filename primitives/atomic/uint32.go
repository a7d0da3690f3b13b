package atomic

import (
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Uint32 is an atomic uint32. The zero value is zero.
type Uint32 struct {
	_      [0]atomic.Uint32 // its alignment, and no copies
	native uint32
}

var uint32Kind = sim.Kind{Name: "atomic.Uint32"}

func (x *Uint32) variable() sim.Var {
	return sim.Var{Addr: unsafe.Pointer(x), Kind: &uint32Kind, Init: word(atomic.LoadUint32(&x.native))}
}

// Load returns the value of x. The ordering is relaxed, acquire or seq_cst.
func (x *Uint32) Load(order ...Ordering) uint32 {
	if sim.Gate() == 0 {
		return atomic.LoadUint32(&x.native)
	}
	return x.load(order)
}

func (x *Uint32) load(order []Ordering) uint32 {
	o := ordering("Uint32.Load", loads, order)
	if th := sim.Current(); th != nil {
		return uint32(th.Load(x.variable(), o).Bits)
	}
	return atomic.LoadUint32(&x.native)
}

// Store sets x to n. The ordering is relaxed, release or seq_cst.
func (x *Uint32) Store(n uint32, order ...Ordering) {
	if sim.Gate() == 0 {
		atomic.StoreUint32(&x.native, n)
		return
	}
	x.store(n, order)
}

func (x *Uint32) store(n uint32, order []Ordering) {
	o := ordering("Uint32.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), word(n), o)
		return
	}
	atomic.StoreUint32(&x.native, n)
}

// Swap sets x to n and returns the value that it replaced.
func (x *Uint32) Swap(n uint32, order ...Ordering) uint32 {
	if sim.Gate() == 0 {
		return atomic.SwapUint32(&x.native, n)
	}
	return x.swap(n, order)
}

func (x *Uint32) swap(n uint32, order []Ordering) uint32 {
	o := ordering("Uint32.Swap", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), exchange, word(n), sim.Word{}, o, Relaxed)
		return uint32(old.Bits)
	}
	return atomic.SwapUint32(&x.native, n)
}

// CompareAndSwap sets x to new if it is old, and reports whether it was. The
// first ordering is that of success; the second that of failure, which only
// loads: if it is left out, it is the first less its release part.
func (x *Uint32) CompareAndSwap(old, new uint32, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapUint32(&x.native, old, new)
	}
	return x.compareAndSwap(old, new, order)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Uint32) CompareAndSwapWeak(old, new uint32, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapUint32(&x.native, old, new)
	}
	return x.compareAndSwapWeak(old, new, order)
}

func (x *Uint32) compareAndSwap(old, new uint32, order []Ordering) bool {
	success, failure := exchangeOrderings("Uint32.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapUint32(&x.native, old, new)
}

func (x *Uint32) compareAndSwapWeak(old, new uint32, order []Ordering) bool {
	success, failure := exchangeOrderings("Uint32.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapUint32(&x.native, old, new)
}

// Add adds delta to x and returns the sum. To subtract n, add ^uint32(n-1).
func (x *Uint32) Add(delta uint32, order ...Ordering) uint32 {
	if sim.Gate() == 0 {
		return atomic.AddUint32(&x.native, delta)
	}
	return x.add(delta, order)
}

func (x *Uint32) add(delta uint32, order []Ordering) uint32 {
	o := ordering("Uint32.Add", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), add[uint32], word(delta), sim.Word{}, o, Relaxed)
		return uint32(old.Bits) + delta
	}
	return atomic.AddUint32(&x.native, delta)
}

// And keeps the bits of x that mask has, and returns the old value.
func (x *Uint32) And(mask uint32, order ...Ordering) uint32 {
	if sim.Gate() == 0 {
		return atomic.AndUint32(&x.native, mask)
	}
	return x.and(mask, order)
}

func (x *Uint32) and(mask uint32, order []Ordering) uint32 {
	o := ordering("Uint32.And", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), and, word(mask), sim.Word{}, o, Relaxed)
		return uint32(old.Bits)
	}
	return atomic.AndUint32(&x.native, mask)
}

// Or sets the bits of x that mask has, and returns the old value.
func (x *Uint32) Or(mask uint32, order ...Ordering) uint32 {
	if sim.Gate() == 0 {
		return atomic.OrUint32(&x.native, mask)
	}
	return x.or(mask, order)
}

func (x *Uint32) or(mask uint32, order []Ordering) uint32 {
	o := ordering("Uint32.Or", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), or, word(mask), sim.Word{}, o, Relaxed)
		return uint32(old.Bits)
	}
	return atomic.OrUint32(&x.native, mask)
}
