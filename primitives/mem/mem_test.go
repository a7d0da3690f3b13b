package mem_test

import (
	"context"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/internal/recorder"
	"github.com/weakmem/litmus/primitives/mem"
)

func explore(t *testing.T, model string, body func(x *explorer.T)) *explorer.Report {
	t.Helper()
	r, err := explorer.Run(context.Background(), body, explorer.Model(model), explorer.MaxSteps(1000), explorer.MaxExecutions(100_000))
	require.NoError(t, err)
	return r
}

func verified(t *testing.T, body func(x *explorer.T)) {
	t.Helper()
	for _, model := range explorer.Models() {
		r := explore(t, model, body)
		if r.Failure != nil {
			t.Errorf("%s: %s", model, r.Failure.Failure.Message)
			continue
		}
		require.True(t, r.Verified, model)
	}
}

func fails(t *testing.T, message string, body func(x *explorer.T)) {
	t.Helper()
	for _, model := range explorer.Models() {
		r := explore(t, model, body)
		require.NotNil(t, r.Failure, "%s: no failure in %d executions", model, r.Executions)
		require.Contains(t, r.Failure.Failure.Message, message, model)
	}
}

type node struct {
	value int
	next  mem.Handle[node]
}

func TestNative(t *testing.T) {
	h := mem.New(node{value: 1})
	require.Equal(t, 1, h.Load().value)
	h.Store(node{value: 2, next: h})
	require.Equal(t, 2, h.Pointer().value)
	require.True(t, h.Load().next == h)
	require.False(t, h.IsNil())
	h.Free()
	require.PanicsWithValue(t, "mem: double free", h.Free)
	require.PanicsWithValue(t, "mem: use after free", func() { h.Load() })
	require.PanicsWithValue(t, "mem: use after free", func() { h.Store(node{}) })
	require.PanicsWithValue(t, "mem: use after free", func() { h.Pointer() })

	var none mem.Handle[node]
	require.True(t, none.IsNil())
	require.Panics(t, func() { none.Load() })
	require.Panics(t, none.Free)

	require.Zero(t, mem.Alloc[int]().Load())
}

func TestAtomic(t *testing.T) {
	check := func(t *testing.T) {
		var a mem.Atomic[int]
		require.True(t, a.Load().IsNil())
		one, two := mem.New(1), mem.New(2)
		a.Store(one, atomic.Release)
		require.True(t, a.Load(atomic.Acquire) == one)
		require.True(t, a.Swap(two) == one)
		require.False(t, a.CompareAndSwap(one, two))
		require.True(t, a.CompareAndSwap(two, one, atomic.AcqRel, atomic.Relaxed))
		require.True(t, a.CompareAndSwapWeak(one, mem.Handle[int]{}))
		require.True(t, a.Load().IsNil())
	}
	t.Run("native", check)
	t.Run("modelled", func(t *testing.T) {
		recorder.New(t)
		check(t)
	})
	require.Equal(t, unsafe.Sizeof(uintptr(0)), unsafe.Sizeof(mem.Atomic[int]{}))
}

func TestNilHandleUnderExploration(t *testing.T) {
	fails(t, "nil pointer", func(x *explorer.T) {
		var h mem.Handle[int]
		h.Load()
	})
}

func TestMisuseIsFound(t *testing.T) {
	fails(t, "use after free", func(x *explorer.T) {
		h := mem.New(1)
		h.Free()
		h.Load()
	})
	fails(t, "use after free", func(x *explorer.T) {
		h := mem.New(1)
		h.Free()
		h.Pointer()
	})
	fails(t, "double free", func(x *explorer.T) {
		h := mem.New(1)
		h.Free()
		h.Free()
	})
	fails(t, "uninitialised", func(x *explorer.T) {
		h := mem.Alloc[int]()
		h.Load()
	})
	fails(t, "never freed", func(x *explorer.T) { mem.New(1) })
	fails(t, "race", func(x *explorer.T) {
		h := mem.New(1)
		x.Go("reader", func() { h.Load() })
		h.Free()
	})
	fails(t, "race", func(x *explorer.T) {
		h := mem.New(1)
		x.Go("writer", func() { h.Store(2) })
		x.Go("reader", func() { h.Load() })
		x.Join()
		h.Free()
	})
}

// stack is Treiber's, whose pop reads the next field of a node that another pop may have taken.
type stack struct {
	head  mem.Atomic[node]
	frees bool
}

func (s *stack) push(v int) {
	n := mem.Alloc[node]()
	for {
		head := s.head.Load(atomic.Relaxed)
		n.Store(node{v, head})
		if s.head.CompareAndSwap(head, n, atomic.Release, atomic.Relaxed) {
			return
		}
	}
}

func (s *stack) pop() (v int, ok bool) {
	for {
		head := s.head.Load(atomic.Acquire)
		if head.IsNil() {
			return 0, false
		}
		n := head.Load()
		if s.head.CompareAndSwap(head, n.next, atomic.AcqRel, atomic.Relaxed) {
			if s.frees {
				head.Free()
			}
			return n.value, true
		}
	}
}

func TestStackNeedsReclamation(t *testing.T) {
	fails(t, "free", func(x *explorer.T) {
		s := stack{frees: true}
		s.push(1)
		s.push(2)
		for range 2 {
			x.Go("popper", func() { s.pop() })
		}
	})
	verified(t, func(x *explorer.T) {
		s := stack{frees: true}
		x.Go("pusher", func() { s.push(1) })
		x.Go("popper", func() { s.pop() })
		x.Join()
		s.pop()
	})
}

// A block may hold atomic variables, which are reached through Pointer.
func TestAtomicsInABlock(t *testing.T) {
	type counter struct{ n atomic.Int32 }
	verified(t, func(x *explorer.T) {
		h := mem.New(counter{})
		for range 2 {
			x.Go("adder", func() { h.Pointer().n.Add(1) })
		}
		x.Join()
		require.EqualValues(x, 2, h.Pointer().n.Load())
		h.Free()
	})
}

func BenchmarkLoad(b *testing.B) {
	b.Run("pointer", func(b *testing.B) {
		p, sum := new(int), 0
		for b.Loop() {
			sum += *p
		}
	})
	b.Run("handle", func(b *testing.B) {
		h, sum := mem.New(1), 0
		for b.Loop() {
			sum += h.Load()
		}
	})
}
