// Package recorder is a simulated thread for the tests of modelled memory: it
// runs operations one after another on memory of its own, and records them.
package recorder

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Thread is a sim.Thread. What another thread would have to do it leaves undone: an operation that blocks panics.
type Thread struct {
	Operations []string     // what was called: "Load atomic.Int32 acquire = 1"
	Choices    []int        // what Choose returns, first to last; then always 0
	Accesses   []sim.Access // what Plain was called with

	memory map[unsafe.Pointer]sim.Word
	counts map[unsafe.Pointer]int64
}

// Failed is the panic of Fail.
type Failed string

// Blocked is the panic of an operation that would wait: the name of what it waits for.
type Blocked string

// New makes the test's goroutine run a simulated thread, until the test ends.
func New(t testing.TB) *Thread {
	th := &Thread{memory: map[unsafe.Pointer]sim.Word{}, counts: map[unsafe.Pointer]int64{}}
	sim.Register(th)
	t.Cleanup(func() { sim.Register(nil) })
	return th
}

// Take returns what was recorded since it was last called.
func (t *Thread) Take() []string {
	taken := t.Operations
	t.Operations = nil
	return taken
}

func (t *Thread) record(operation string, v sim.Var, rest ...string) {
	t.Operations = append(t.Operations, strings.Join(append([]string{operation, v.Kind.Name}, rest...), " "))
}

func (t *Thread) value(v sim.Var) sim.Word {
	if w, ok := t.memory[v.Addr]; ok {
		return w
	}
	t.memory[v.Addr] = v.Init
	return v.Init
}

func order(o sim.Ordering) string {
	if o&sim.Silent != 0 {
		return "silent"
	}
	return o.String()
}

func format(v sim.Var, w sim.Word) string {
	if v.Kind.Format != nil {
		return v.Kind.Format(w)
	}
	return fmt.Sprint(int64(w.Bits))
}

// Load implements sim.Thread.
func (t *Thread) Load(v sim.Var, o sim.Ordering) sim.Word {
	w := t.value(v)
	t.record("Load", v, order(o), "=", format(v, w))
	return w
}

// Store implements sim.Thread.
func (t *Thread) Store(v sim.Var, w sim.Word, o sim.Ordering) {
	t.memory[v.Addr] = w
	t.record("Store", v, order(o), format(v, w))
}

// Update implements sim.Thread.
func (t *Thread) Update(v sim.Var, f sim.Update, a, b sim.Word, o, failed sim.Ordering) (sim.Word, sim.Verdict) {
	old := t.value(v)
	w, verdict := f(old, a, b)
	switch verdict {
	case sim.Block:
		panic(Blocked(v.Kind.Name))
	case sim.Write:
		t.memory[v.Addr] = w
		t.record("Update", v, order(o), format(v, old), "to", format(v, w))
	default:
		t.record("Update", v, order(failed), "keeps", format(v, old))
	}
	return old, verdict
}

// Fence implements sim.Thread.
func (t *Thread) Fence(o sim.Ordering) {
	t.Operations = append(t.Operations, "Fence "+o.String())
}

// Plain implements sim.Thread.
func (t *Thread) Plain(v sim.Var, a sim.Access) {
	t.Accesses = append(t.Accesses, a)
	t.record("Plain", v)
}

// Count implements sim.Thread.
func (t *Thread) Count(v sim.Var, delta int64) {
	t.counts[v.Addr] += delta
	t.record("Count", v, fmt.Sprint(delta))
}

// AwaitZero implements sim.Thread.
func (t *Thread) AwaitZero(v sim.Var) {
	if t.counts[v.Addr] != 0 {
		panic(Blocked(v.Kind.Name))
	}
	t.record("AwaitZero", v)
}

// Choose implements sim.Thread.
func (t *Thread) Choose(n int) int {
	t.Operations = append(t.Operations, fmt.Sprint("Choose ", n))
	if len(t.Choices) == 0 {
		return 0
	}
	c := t.Choices[0]
	t.Choices = t.Choices[1:]
	return c
}

// Go runs f at once.
func (t *Thread) Go(_ string, f func()) int {
	f()
	return 1
}

// Join implements sim.Thread.
func (t *Thread) Join(int) {}

// Await implements sim.Thread.
func (t *Thread) Await(cond func() bool) {
	if !cond() {
		panic(Blocked("a condition"))
	}
}

// Yield implements sim.Thread.
func (t *Thread) Yield() {}

// Fail implements sim.Thread.
func (t *Thread) Fail(message string) { panic(Failed(message)) }
