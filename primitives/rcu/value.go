package rcu

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/sync"
)

// Value is data that is read in sections of the readers of a domain and updated by copying. It keeps its versions' memory:
// who uses nothing else cannot free too early.
type Value[T any] struct {
	_       cpu.CacheLinePad
	current Pointer[T]
	_       cpu.CacheLinePad
	domain  *Domain
	writers sync.Mutex
}

// NewValue returns a Value whose readers are those of d, and whose first version is v.
func NewValue[T any](d *Domain, v T) *Value[T] {
	value := &Value[T]{domain: d}
	value.current.Publish(mem.New(v))
	return value
}

// Dereference returns the current version, to be used until the caller's section ends, and not to be changed. It never
// waits.
func (v *Value[T]) Dereference() mem.Handle[T] { return v.current.Dereference() }

// Update publishes f of the current version, waits for a grace period and frees the version before. f must not change what
// its argument refers to. Updates are made one after another; f must not make one. Called inside a section, Update waits
// for itself.
func (v *Value[T]) Update(f func(T) T) {
	old := v.replace(f)
	v.domain.Synchronize()
	old.Free() // INV-RCU-5
}

// UpdateLater is Update without the wait: it leaves the version before to be freed by Domain.Call. It may be called inside
// a section.
func (v *Value[T]) UpdateLater(f func(T) T) {
	v.domain.Call(v.replace(f).Free) // INV-RCU-5, INV-RCU-8
}

func (v *Value[T]) replace(f func(T) T) mem.Handle[T] {
	v.writers.Lock()
	defer v.writers.Unlock()
	old := v.current.DereferenceProtected()
	v.current.Publish(mem.New(f(old.Load()))) // INV-RCU-2, INV-RCU-7
	return old
}

// Close frees the current version. No reader may use the Value any more, nor any writer.
func (v *Value[T]) Close() { v.current.DereferenceProtected().Free() }
