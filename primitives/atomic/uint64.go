package atomic

import (
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Uint64 is an atomic uint64. The zero value is zero.
type Uint64 struct {
	_      [0]atomic.Uint64 // its alignment, and no copies
	native uint64
}

var uint64Kind = sim.Kind{Name: "atomic.Uint64", Format: formatUnsigned}

func (x *Uint64) variable() sim.Var {
	return sim.Var{Addr: unsafe.Pointer(x), Kind: &uint64Kind, Init: word(atomic.LoadUint64(&x.native))}
}

// Load returns the value of x. The ordering is relaxed, acquire or seq_cst.
func (x *Uint64) Load(order ...Ordering) uint64 {
	if sim.Gate() == 0 {
		return atomic.LoadUint64(&x.native)
	}
	return x.load(order)
}

func (x *Uint64) load(order []Ordering) uint64 {
	o := ordering("Uint64.Load", loads, order)
	if th := sim.Current(); th != nil {
		return uint64(th.Load(x.variable(), o).Bits)
	}
	return atomic.LoadUint64(&x.native)
}

// Store sets x to n. The ordering is relaxed, release or seq_cst.
func (x *Uint64) Store(n uint64, order ...Ordering) {
	if sim.Gate() == 0 {
		atomic.StoreUint64(&x.native, n)
		return
	}
	x.store(n, order)
}

func (x *Uint64) store(n uint64, order []Ordering) {
	o := ordering("Uint64.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), word(n), o)
		return
	}
	atomic.StoreUint64(&x.native, n)
}

// Swap sets x to n and returns the value that it replaced.
func (x *Uint64) Swap(n uint64, order ...Ordering) uint64 {
	if sim.Gate() == 0 {
		return atomic.SwapUint64(&x.native, n)
	}
	return x.swap(n, order)
}

func (x *Uint64) swap(n uint64, order []Ordering) uint64 {
	o := ordering("Uint64.Swap", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), exchange, word(n), sim.Word{}, o, Relaxed)
		return uint64(old.Bits)
	}
	return atomic.SwapUint64(&x.native, n)
}

// CompareAndSwap sets x to new if it is old, and reports whether it was. The
// first ordering is that of success; the second that of failure, which only
// loads: if it is left out, it is the first less its release part.
func (x *Uint64) CompareAndSwap(old, new uint64, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapUint64(&x.native, old, new)
	}
	return x.compareAndSwap(old, new, order)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Uint64) CompareAndSwapWeak(old, new uint64, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapUint64(&x.native, old, new)
	}
	return x.compareAndSwapWeak(old, new, order)
}

func (x *Uint64) compareAndSwap(old, new uint64, order []Ordering) bool {
	success, failure := exchangeOrderings("Uint64.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapUint64(&x.native, old, new)
}

func (x *Uint64) compareAndSwapWeak(old, new uint64, order []Ordering) bool {
	success, failure := exchangeOrderings("Uint64.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapUint64(&x.native, old, new)
}

// Add adds delta to x and returns the sum. To subtract n, add ^uint64(n-1).
func (x *Uint64) Add(delta uint64, order ...Ordering) uint64 {
	if sim.Gate() == 0 {
		return atomic.AddUint64(&x.native, delta)
	}
	return x.add(delta, order)
}

func (x *Uint64) add(delta uint64, order []Ordering) uint64 {
	o := ordering("Uint64.Add", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), add[uint64], word(delta), sim.Word{}, o, Relaxed)
		return uint64(old.Bits) + delta
	}
	return atomic.AddUint64(&x.native, delta)
}

// And keeps the bits of x that mask has, and returns the old value.
func (x *Uint64) And(mask uint64, order ...Ordering) uint64 {
	if sim.Gate() == 0 {
		return atomic.AndUint64(&x.native, mask)
	}
	return x.and(mask, order)
}

func (x *Uint64) and(mask uint64, order []Ordering) uint64 {
	o := ordering("Uint64.And", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), and, word(mask), sim.Word{}, o, Relaxed)
		return uint64(old.Bits)
	}
	return atomic.AndUint64(&x.native, mask)
}

// Or sets the bits of x that mask has, and returns the old value.
func (x *Uint64) Or(mask uint64, order ...Ordering) uint64 {
	if sim.Gate() == 0 {
		return atomic.OrUint64(&x.native, mask)
	}
	return x.or(mask, order)
}

func (x *Uint64) or(mask uint64, order []Ordering) uint64 {
	o := ordering("Uint64.Or", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), or, word(mask), sim.Word{}, o, Relaxed)
		return uint64(old.Bits)
	}
	return atomic.OrUint64(&x.native, mask)
}
