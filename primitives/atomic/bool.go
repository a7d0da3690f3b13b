package atomic

import (
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Bool is an atomic bool. The zero value is false.
type Bool struct {
	_      noCopy
	native uint32
}

var boolKind = sim.Kind{Name: "atomic.Bool", Format: formatBool}

func (x *Bool) variable() sim.Var {
	return sim.Var{Addr: unsafe.Pointer(x), Kind: &boolKind, Init: sim.Bits(uint64(atomic.LoadUint32(&x.native)))}
}

func number(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

func boolean(b bool) sim.Word { return sim.Bits(uint64(number(b))) }

func formatBool(w sim.Word) string {
	if w.Bits != 0 {
		return "true"
	}
	return "false"
}

// Load returns the value of x. The ordering is relaxed, acquire or seq_cst.
func (x *Bool) Load(order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.LoadUint32(&x.native) != 0
	}
	return x.load(order)
}

func (x *Bool) load(order []Ordering) bool {
	o := ordering("Bool.Load", loads, order)
	if th := sim.Current(); th != nil {
		return th.Load(x.variable(), o).Bits != 0
	}
	return atomic.LoadUint32(&x.native) != 0
}

// Store sets x to b. The ordering is relaxed, release or seq_cst.
func (x *Bool) Store(b bool, order ...Ordering) {
	if sim.Gate() == 0 {
		atomic.StoreUint32(&x.native, number(b))
		return
	}
	x.store(b, order)
}

func (x *Bool) store(b bool, order []Ordering) {
	o := ordering("Bool.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), boolean(b), o)
		return
	}
	atomic.StoreUint32(&x.native, number(b))
}

// Swap sets x to b and returns the value that it replaced.
func (x *Bool) Swap(b bool, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.SwapUint32(&x.native, number(b)) != 0
	}
	return x.swap(b, order)
}

func (x *Bool) swap(b bool, order []Ordering) bool {
	o := ordering("Bool.Swap", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), exchange, boolean(b), sim.Word{}, o, Relaxed)
		return old.Bits != 0
	}
	return atomic.SwapUint32(&x.native, number(b)) != 0
}

// CompareAndSwap sets x to new if it is old, and reports whether it was. The
// first ordering is that of success; the second that of failure, which only
// loads: if it is left out, it is the first less its release part.
func (x *Bool) CompareAndSwap(old, new bool, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapUint32(&x.native, number(old), number(new))
	}
	return x.compareAndSwap(old, new, order)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Bool) CompareAndSwapWeak(old, new bool, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapUint32(&x.native, number(old), number(new))
	}
	return x.compareAndSwapWeak(old, new, order)
}

func (x *Bool) compareAndSwap(old, new bool, order []Ordering) bool {
	success, failure := exchangeOrderings("Bool.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), boolean(old), boolean(new), success, failure)
	}
	return atomic.CompareAndSwapUint32(&x.native, number(old), number(new))
}

func (x *Bool) compareAndSwapWeak(old, new bool, order []Ordering) bool {
	success, failure := exchangeOrderings("Bool.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), boolean(old), boolean(new), success, failure)
	}
	return atomic.CompareAndSwapUint32(&x.native, number(old), number(new))
}
