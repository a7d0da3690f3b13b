package guard

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Variable is plain data of several versions behind a guard variable. One goroutine publishes, any number read.
//
// Versions are numbered from 1 and never change: memory for all of them is there from the start.
type Variable[T any] struct {
	published progress
	versions  []atomic.Cell[T]
}

// progress is how many versions have been published. It has a type for its method: one of a generic type would be allocated
// where it is handed to wait.
type progress struct{ atomic.Int64 }

// NewVariable returns a variable that can be published so many times, which must be at least 1, and has not been yet.
func NewVariable[T any](versions int) *Variable[T] {
	if versions < 1 {
		panic(fmt.Sprintf("guard.NewVariable: expected at least 1 version, not %d", versions))
	}
	return &Variable[T]{versions: make([]atomic.Cell[T], versions)}
}

// Publish makes v the next version and returns its number. It panics if all versions have been published. It must not be
// called by two goroutines at once.
func (p *Variable[T]) Publish(v T) (version int) {
	n := p.published.Load(atomic.Relaxed) // INV-GUARD-2
	if n == int64(len(p.versions)) {
		panic(fmt.Sprintf("guard.Variable.Publish: all %d versions have been published", n))
	}
	p.versions[n].Store(v)
	p.published.Store(n+1, atomic.Release) // INV-GUARD-1
	return int(n + 1)
}

// Load returns the latest version and its number, or 0 and the zero value if nothing has been published.
func (p *Variable[T]) Load() (v T, version int) {
	n := p.published.Load(atomic.Acquire) // INV-GUARD-1
	if n == 0 {
		return v, 0
	}
	return p.versions[n-1].Load(), int(n)
}

// Wait waits until the numbered version has been published, and returns it. It panics if there is no such version.
func (p *Variable[T]) Wait(version int) T {
	if version < 1 || version > len(p.versions) {
		panic(fmt.Sprintf("guard.Variable.Wait: expected a version from 1 to %d, not %d", len(p.versions), version))
	}
	wait.ForArg(&p.published, int64(version), (*progress).hasReached)
	return p.versions[version-1].Load()
}

func (p *progress) hasReached(version int64) bool {
	return p.Load(atomic.Acquire) >= version // INV-GUARD-1
}
