package atomic

import (
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Value is an atomic value of any one type. The zero value holds nil. As with
// sync/atomic's, storing nil panics, and so does storing a value of another type than the one it holds.
//
// Under exploration, Store compares types only with what the Value held before
// the exploration: a store reads nothing, and to make it read would change what weak memory allows it.
type Value struct {
	_      noCopy
	native atomic.Value
}

var valueKind = sim.Kind{Name: "atomic.Value", Format: formatValue}

func (x *Value) variable() sim.Var {
	return sim.Var{Addr: unsafe.Pointer(x), Kind: &valueKind, Init: interfaceWord(x.native.Load())}
}

// interfaceWords is how the compiler lays out an any. The descriptor of a type that values have is never collected.
type interfaceWords struct {
	descriptor uintptr
	data       unsafe.Pointer
}

// interfaceWord makes a word of an interface without allocating: the bits are its type's.
func interfaceWord(v any) sim.Word {
	w := (*interfaceWords)(unsafe.Pointer(&v))
	return sim.Word{Bits: uint64(w.descriptor), Ptr: w.data}
}

func wordInterface(w sim.Word) (v any) {
	*(*interfaceWords)(unsafe.Pointer(&v)) = interfaceWords{uintptr(w.Bits), w.Ptr}
	return v
}

func formatValue(w sim.Word) string { return fmt.Sprint(wordInterface(w)) }

// Load returns what x holds, or nil. The ordering is relaxed, acquire or seq_cst.
func (x *Value) Load(order ...Ordering) any {
	if sim.Gate() == 0 {
		return x.native.Load()
	}
	return x.load(order)
}

func (x *Value) load(order []Ordering) any {
	o := ordering("Value.Load", loads, order)
	if th := sim.Current(); th != nil {
		return wordInterface(th.Load(x.variable(), o))
	}
	return x.native.Load()
}

// Store makes x hold v. The ordering is relaxed, release or seq_cst.
func (x *Value) Store(v any, order ...Ordering) {
	if sim.Gate() == 0 {
		x.native.Store(v)
		return
	}
	x.store(v, order)
}

func (x *Value) store(v any, order []Ordering) {
	o := ordering("Value.Store", stores, order)
	th := sim.Current()
	if th == nil {
		x.native.Store(v)
		return
	}
	if v == nil {
		panic("sync/atomic: store of nil value into Value")
	}
	held, w := x.variable(), interfaceWord(v)
	if held.Init.Bits != 0 && held.Init.Bits != w.Bits {
		panic("sync/atomic: store of inconsistently typed value into Value")
	}
	th.Store(held, w, o)
}

// Swap makes x hold v and returns what it held, or nil.
func (x *Value) Swap(v any, order ...Ordering) any {
	if sim.Gate() == 0 {
		return x.native.Swap(v)
	}
	return x.swap(v, order)
}

func (x *Value) swap(v any, order []Ordering) any {
	o := ordering("Value.Swap", updates, order)
	th := sim.Current()
	if th == nil {
		return x.native.Swap(v)
	}
	if v == nil {
		panic("sync/atomic: swap of nil value into Value")
	}
	was, did := th.Update(x.variable(), exchangeValue, interfaceWord(v), sim.Word{}, o, Relaxed)
	if did == sim.Keep {
		panic("sync/atomic: swap of inconsistently typed value into Value")
	}
	return wordInterface(was)
}

// CompareAndSwap makes x hold new if it holds what equals old, and reports
// whether it did. It panics if old and what x holds are of one type that has no
// equality. The orderings are those of [Int32.CompareAndSwap].
func (x *Value) CompareAndSwap(old, new any, order ...Ordering) bool {
	return x.compareAndSwap("Value.CompareAndSwap", old, new, order, false)
}

// CompareAndSwapWeak is CompareAndSwap, except that under exploration it may
// also fail though x holds old, as C11's weak compare-exchange may.
func (x *Value) CompareAndSwapWeak(old, new any, order ...Ordering) bool {
	return x.compareAndSwap("Value.CompareAndSwapWeak", old, new, order, true)
}

func (x *Value) compareAndSwap(operation string, old, new any, order []Ordering, weak bool) bool {
	th := sim.Current()
	if th == nil {
		return x.native.CompareAndSwap(old, new)
	}
	success, failure := exchangeOrderings(operation, order)
	expected, w := interfaceWord(old), interfaceWord(new)
	if new == nil {
		panic("sync/atomic: compare and swap of nil value into Value")
	}
	if old != nil && expected.Bits != w.Bits {
		panic("sync/atomic: compare and swap of inconsistently typed values")
	}
	if old != nil && !reflect.ValueOf(old).Comparable() {
		was, _ := th.Update(x.variable(), failExchange, expected, w, success, failure)
		sameType(was, w)
		return wordInterface(was) == old // which panics, as it does natively, unless they differ before that
	}
	f := sim.Update(compareExchangeValue)
	if weak && sim.Spurious(th) {
		f = failExchange
	}
	was, did := th.Update(x.variable(), f, expected, w, success, failure)
	sameType(was, w)
	return did == sim.Write
}

func sameType(was, new sim.Word) {
	if was.Bits != 0 && was.Bits != new.Bits {
		panic("sync/atomic: compare and swap of inconsistently typed value into Value")
	}
}

func exchangeValue(old, new, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 && old.Bits != new.Bits {
		return old, sim.Keep
	}
	return new, sim.Write
}

func compareExchangeValue(old, expected, new sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != expected.Bits || wordInterface(old) != wordInterface(expected) {
		return old, sim.Keep
	}
	return new, sim.Write
}
