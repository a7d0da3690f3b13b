package atomic

import (
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/primitives/internal/kind"
)

// Pointer is an atomic pointer to a T. The zero value is nil.
type Pointer[T any] struct {
	_      [0]*T // so that pointers to different types do not convert
	_      noCopy
	native unsafe.Pointer
}

func (x *Pointer[T]) variable() sim.Var {
	return sim.Var{
		Addr: unsafe.Pointer(x),
		Kind: kind.Pointer[T]("atomic.Pointer"),
		Init: sim.Pointer(atomic.LoadPointer(&x.native)),
	}
}

// Load returns the value of x. The ordering is relaxed, acquire or seq_cst.
func (x *Pointer[T]) Load(order ...Ordering) *T {
	if sim.Gate() == 0 {
		return (*T)(atomic.LoadPointer(&x.native))
	}
	return x.load(order)
}

func (x *Pointer[T]) load(order []Ordering) *T {
	o := ordering("Pointer.Load", loads, order)
	if th := sim.Current(); th != nil {
		return (*T)(th.Load(x.variable(), o).Ptr)
	}
	return (*T)(atomic.LoadPointer(&x.native))
}

// Store sets x to p. The ordering is relaxed, release or seq_cst.
func (x *Pointer[T]) Store(p *T, order ...Ordering) {
	if sim.Gate() == 0 {
		atomic.StorePointer(&x.native, unsafe.Pointer(p))
		return
	}
	x.store(p, order)
}

func (x *Pointer[T]) store(p *T, order []Ordering) {
	o := ordering("Pointer.Store", stores, order)
	if th := sim.Current(); th != nil {
		th.Store(x.variable(), sim.Pointer(unsafe.Pointer(p)), o)
		return
	}
	atomic.StorePointer(&x.native, unsafe.Pointer(p))
}

// Swap sets x to p and returns the value that it replaced.
func (x *Pointer[T]) Swap(p *T, order ...Ordering) *T {
	if sim.Gate() == 0 {
		return (*T)(atomic.SwapPointer(&x.native, unsafe.Pointer(p)))
	}
	return x.swap(p, order)
}

func (x *Pointer[T]) swap(p *T, order []Ordering) *T {
	o := ordering("Pointer.Swap", updates, order)
	if th := sim.Current(); th != nil {
		old, _ := th.Update(x.variable(), exchange, sim.Pointer(unsafe.Pointer(p)), sim.Word{}, o, Relaxed)
		return (*T)(old.Ptr)
	}
	return (*T)(atomic.SwapPointer(&x.native, unsafe.Pointer(p)))
}

// CompareAndSwap sets x to new if it is old, and reports whether it was. The
// first ordering is that of success; the second that of failure, which only
// loads: if it is left out, it is the first less its release part.
func (x *Pointer[T]) CompareAndSwap(old, new *T, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapPointer(&x.native, unsafe.Pointer(old), unsafe.Pointer(new))
	}
	return x.compareAndSwap(old, new, order)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x is old, as C11's weak compare-exchange may.
func (x *Pointer[T]) CompareAndSwapWeak(old, new *T, order ...Ordering) bool {
	if sim.Gate() == 0 {
		return atomic.CompareAndSwapPointer(&x.native, unsafe.Pointer(old), unsafe.Pointer(new))
	}
	return x.compareAndSwapWeak(old, new, order)
}

func (x *Pointer[T]) compareAndSwap(old, new *T, order []Ordering) bool {
	success, failure := exchangeOrderings("Pointer.CompareAndSwap", order)
	if th := sim.Current(); th != nil {
		return compareAndSwap(th, x.variable(), sim.Pointer(unsafe.Pointer(old)), sim.Pointer(unsafe.Pointer(new)), success, failure)
	}
	return atomic.CompareAndSwapPointer(&x.native, unsafe.Pointer(old), unsafe.Pointer(new))
}

func (x *Pointer[T]) compareAndSwapWeak(old, new *T, order []Ordering) bool {
	success, failure := exchangeOrderings("Pointer.CompareAndSwapWeak", order)
	if th := sim.Current(); th != nil {
		return compareAndSwapWeak(th, x.variable(), sim.Pointer(unsafe.Pointer(old)), sim.Pointer(unsafe.Pointer(new)), success, failure)
	}
	return atomic.CompareAndSwapPointer(&x.native, unsafe.Pointer(old), unsafe.Pointer(new))
}
