// Package kind has the sim.Kinds of generic variables: one for each name and
// type argument, since kinds are compared by address and Go has no generic variables.
package kind

import (
	"reflect"
	"regexp"
	"sync"
	"sync/atomic"

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
	return Of[T](name, formatPointer[T])
}

// Of returns the kind of variables of that name and type argument. All calls
// for it give the same format.
func Of[T any](name string, format func(sim.Word) string) *sim.Kind {
	k := key{name, reflect.TypeFor[T]()}
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

// path is what comes before the package names of type arguments.
var path = regexp.MustCompile(`[^\[\],*]+/`)

func formatPointer[T any](w sim.Word) string {
	if w.Ptr == nil {
		return "nil"
	}
	return "&" + path.ReplaceAllString(reflect.TypeFor[T]().String(), "")
}
