// Package kind has the sim.Kinds of generic variables: one for each name and
// type argument, since kinds are compared by address and Go has no generic variables.
package kind

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// kinds is never changed but replaced, so that those who look take no lock.
type kinds map[key]*sim.Kind

type key struct {
	name    string
	element reflect.Type
}

var (
	all atomic.Pointer[kinds]
	mu  sync.Mutex
)

// Pointer returns the kind of variables of that name that hold a *T in
// Word.Ptr. It prints what they point at by its type: what is there changes.
func Pointer[T any](name string) *sim.Kind {
	return intern(name, reflect.TypeFor[T](), formatPointer[T])
}

// Boxed returns the kind of variables of that name that hold, in Word.Ptr, a
// pointer to a T which is never changed. It prints the T.
func Boxed[T any](name string) *sim.Kind {
	return intern(name, reflect.TypeFor[T](), formatBoxed[T])
}

func intern(name string, element reflect.Type, format func(sim.Word) string) *sim.Kind {
	k := key{name, element}
	if known := all.Load(); known != nil {
		if found := (*known)[k]; found != nil {
			return found
		}
	}
	mu.Lock()
	defer mu.Unlock()
	next := kinds{}
	if known := all.Load(); known != nil {
		for k, v := range *known {
			next[k] = v
		}
	}
	if next[k] == nil {
		next[k] = &sim.Kind{Name: name, Format: format}
	}
	all.Store(&next)
	return next[k]
}

func formatPointer[T any](w sim.Word) string {
	if w.Ptr == nil {
		return "nil"
	}
	return "&" + reflect.TypeFor[T]().String()
}

func formatBoxed[T any](w sim.Word) string {
	if w.Ptr == nil {
		return "none"
	}
	return fmt.Sprint(*(*T)(unsafe.Pointer(w.Ptr)))
}
