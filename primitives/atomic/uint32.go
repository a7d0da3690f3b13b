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
	if len(order) != sim.Gate() {
		return x.load(order)
	}
	return atomic.LoadUint32(&x.native)
}

func (x *Uint32) load(order []Ordering) uint32 {
	if loads.admit(order) && !sim.Active() {
		return atomic.LoadUint32(&x.native)
	}
	o := ordering("Uint32.Load", loads, order)
	if th := sim.Current(); th != nil {
		return uint32(th.Load(x.variable(), o).Bits)
	}
	return atomic.LoadUint32(&x.native)
}

// Store sets x to n. The ordering is relaxed, release or seq_cst.
func (x *Uint32) Store(n uint32, order ...Ordering) {
	if len(order) != sim.Gate() {
		x.store(n, order)
		return
	}
	atomic.StoreUint32(&x.native, n)
}

func (x *Uint32) store(n uint32, order []Ordering) {
	if stores.admit(order) && !sim.Active() {
		atomic.StoreUint32(&x.native, n)
		return
	}
	o := ordering("Uint32.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), word(n), o)
		return
	}
	atomic.StoreUint32(&x.native, n)
}

// Swap sets x to n and returns the value that it replaced.
func (x *Uint32) Swap(n uint32, order ...Ordering) uint32 {
	if len(order) != sim.Gate() {
		return x.swap(n, order)
	}
	return atomic.SwapUint32(&x.native, n)
}

func (x *Uint32) swap(n uint32, order []Ordering) uint32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.SwapUint32(&x.native, n)
	}
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
	if len(order) != sim.Gate() {
		return x.compareAndSwap(old, new, order)
	}
	return atomic.CompareAndSwapUint32(&x.native, old, new)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Uint32) CompareAndSwapWeak(old, new uint32, order ...Ordering) bool {
	if len(order) != sim.Gate() {
		return x.compareAndSwapWeak(old, new, order)
	}
	return atomic.CompareAndSwapUint32(&x.native, old, new)
}

func (x *Uint32) compareAndSwap(old, new uint32, order []Ordering) bool {
	if admitExchange(order) && !sim.Active() {
		return atomic.CompareAndSwapUint32(&x.native, old, new)
	}
	success, failure := exchangeOrderings("Uint32.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapUint32(&x.native, old, new)
}

func (x *Uint32) compareAndSwapWeak(old, new uint32, order []Ordering) bool {
	if admitExchange(order) && !sim.Active() {
		return atomic.CompareAndSwapUint32(&x.native, old, new)
	}
	success, failure := exchangeOrderings("Uint32.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), word(old), word(new), success, failure)
	}
	return atomic.CompareAndSwapUint32(&x.native, old, new)
}

// Add adds delta to x and returns the sum. To subtract n, add ^uint32(n-1).
func (x *Uint32) Add(delta uint32, order ...Ordering) uint32 {
	if len(order) != sim.Gate() {
		return x.add(delta, order)
	}
	return atomic.AddUint32(&x.native, delta)
}

func (x *Uint32) add(delta uint32, order []Ordering) uint32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.AddUint32(&x.native, delta)
	}
	o := ordering("Uint32.Add", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), add[uint32], word(delta), sim.Word{}, o, Relaxed)
		return uint32(old.Bits) + delta
	}
	return atomic.AddUint32(&x.native, delta)
}

// And keeps the bits of x that mask has, and returns the old value.
func (x *Uint32) And(mask uint32, order ...Ordering) uint32 {
	if len(order) != sim.Gate() {
		return x.and(mask, order)
	}
	return atomic.AndUint32(&x.native, mask)
}

func (x *Uint32) and(mask uint32, order []Ordering) uint32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.AndUint32(&x.native, mask)
	}
	o := ordering("Uint32.And", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), and, word(mask), sim.Word{}, o, Relaxed)
		return uint32(old.Bits)
	}
	return atomic.AndUint32(&x.native, mask)
}

// Or sets the bits of x that mask has, and returns the old value.
func (x *Uint32) Or(mask uint32, order ...Ordering) uint32 {
	if len(order) != sim.Gate() {
		return x.or(mask, order)
	}
	return atomic.OrUint32(&x.native, mask)
}

func (x *Uint32) or(mask uint32, order []Ordering) uint32 {
	if updates.admit(order) && !sim.Active() {
		return atomic.OrUint32(&x.native, mask)
	}
	o := ordering("Uint32.Or", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), or, word(mask), sim.Word{}, o, Relaxed)
		return uint32(old.Bits)
	}
	return atomic.OrUint32(&x.native, mask)
}
