package atomic_test

import (
	"os/exec"
	"reflect"
	"runtime"
	native "sync/atomic"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/internal/recorder"
)

// integer is what the four integer types have in common; natively is sync/atomic's part of it.
type integer[T any] interface {
	Load(...atomic.Ordering) T
	Store(T, ...atomic.Ordering)
	Swap(T, ...atomic.Ordering) T
	CompareAndSwap(old, new T, order ...atomic.Ordering) bool
	CompareAndSwapWeak(old, new T, order ...atomic.Ordering) bool
	Add(T, ...atomic.Ordering) T
	And(T, ...atomic.Ordering) T
	Or(T, ...atomic.Ordering) T
}

type natively[T any] interface {
	Load() T
	Store(T)
	Swap(T) T
	CompareAndSwap(old, new T) bool
	Add(T) T
	And(T) T
	Or(T) T
}

var legal = struct{ loads, stores, updates, fences []atomic.Ordering }{
	loads:   []atomic.Ordering{atomic.Relaxed, atomic.Acquire, atomic.SeqCst},
	stores:  []atomic.Ordering{atomic.Relaxed, atomic.Release, atomic.SeqCst},
	updates: []atomic.Ordering{atomic.Relaxed, atomic.Acquire, atomic.Release, atomic.AcqRel, atomic.SeqCst},
	fences:  []atomic.Ordering{atomic.Acquire, atomic.Release, atomic.AcqRel, atomic.SeqCst},
}

func orders(t *rapid.T, from []atomic.Ordering) []atomic.Ordering {
	if rapid.Bool().Draw(t, "default") {
		return nil
	}
	return []atomic.Ordering{rapid.SampledFrom(from).Draw(t, "order")}
}

// agree runs random operations on an integer and on sync/atomic's, whose results must be the same.
func agree[T int32 | int64 | uint32 | uint64](t *rapid.T, x integer[T], want natively[T]) {
	values := rapid.OneOf(rapid.Just(T(0)), rapid.Just(^T(0)), rapid.Custom(func(t *rapid.T) T { return T(rapid.Int64().Draw(t, "n")) }))
	for range rapid.IntRange(1, 20).Draw(t, "operations") {
		n := values.Draw(t, "operand")
		switch rapid.IntRange(0, 7).Draw(t, "operation") {
		case 0:
			require.Equal(t, want.Load(), x.Load(orders(t, legal.loads)...))
		case 1:
			want.Store(n)
			x.Store(n, orders(t, legal.stores)...)
		case 2:
			require.Equal(t, want.Swap(n), x.Swap(n, orders(t, legal.updates)...))
		case 3:
			require.Equal(t, want.Add(n), x.Add(n, orders(t, legal.updates)...))
		case 4:
			require.Equal(t, want.And(n), x.And(n, orders(t, legal.updates)...))
		case 5:
			require.Equal(t, want.Or(n), x.Or(n, orders(t, legal.updates)...))
		case 6:
			old := rapid.SampledFrom([]T{want.Load(), n}).Draw(t, "old")
			require.Equal(t, want.CompareAndSwap(old, n), x.CompareAndSwap(old, n, orders(t, legal.updates)...))
		case 7:
			old := rapid.SampledFrom([]T{want.Load(), n}).Draw(t, "old")
			require.Equal(t, want.CompareAndSwap(old, n), x.CompareAndSwapWeak(old, n, orders(t, legal.updates)...))
		}
	}
	require.Equal(t, want.Load(), x.Load())
}

func TestIntegersAreSyncAtomics(t *testing.T) {
	check := func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) { agree[int32](t, new(atomic.Int32), new(native.Int32)) })
		rapid.Check(t, func(t *rapid.T) { agree[int64](t, new(atomic.Int64), new(native.Int64)) })
		rapid.Check(t, func(t *rapid.T) { agree[uint32](t, new(atomic.Uint32), new(native.Uint32)) })
		rapid.Check(t, func(t *rapid.T) { agree[uint64](t, new(atomic.Uint64), new(native.Uint64)) })
	}
	t.Run("native", check)
	t.Run("modelled", func(t *testing.T) {
		recorder.New(t)
		check(t)
	})
}

// both runs a test natively and on a simulated thread.
func both(t *testing.T, f func(t *testing.T)) {
	t.Run("native", f)
	t.Run("modelled", func(t *testing.T) {
		recorder.New(t)
		f(t)
	})
}

func TestBool(t *testing.T) {
	both(t, func(t *testing.T) {
		var b atomic.Bool
		require.False(t, b.Load(atomic.Acquire))
		b.Store(true, atomic.Release)
		require.True(t, b.Load())
		require.True(t, b.Swap(false))
		require.False(t, b.CompareAndSwap(true, false))
		require.True(t, b.CompareAndSwap(false, true, atomic.Acquire, atomic.Relaxed))
		require.True(t, b.CompareAndSwapWeak(true, false, atomic.Release))
		require.False(t, b.Load())
	})
}

func TestPointer(t *testing.T) {
	both(t, func(t *testing.T) {
		var p atomic.Pointer[int]
		a, b := new(int), new(int)
		require.Nil(t, p.Load(atomic.Acquire))
		p.Store(a, atomic.Release)
		require.Same(t, a, p.Load())
		require.Same(t, a, p.Swap(b))
		require.False(t, p.CompareAndSwap(a, b))
		require.True(t, p.CompareAndSwap(b, a, atomic.AcqRel, atomic.Acquire))
		require.True(t, p.CompareAndSwapWeak(a, nil))
		require.Nil(t, p.Load())
	})
}

func TestValue(t *testing.T) {
	both(t, func(t *testing.T) {
		var v atomic.Value
		require.Nil(t, v.Load(atomic.Acquire))
		require.False(t, v.CompareAndSwap("a", "b"))
		require.True(t, v.CompareAndSwap(nil, "a"))
		v.Store("b", atomic.Release)
		require.Equal(t, "b", v.Load())
		require.Equal(t, "b", v.Swap("c"))
		require.False(t, v.CompareAndSwap("b", "d"))
		require.True(t, v.CompareAndSwapWeak("c", "d"))
		require.Equal(t, "d", v.Load(atomic.Relaxed))

		require.PanicsWithValue(t, "sync/atomic: store of nil value into Value", func() { v.Store(nil) })
		require.PanicsWithValue(t, "sync/atomic: swap of nil value into Value", func() { v.Swap(nil) })
		require.PanicsWithValue(t, "sync/atomic: swap of inconsistently typed value into Value", func() { v.Swap(1) })
		require.PanicsWithValue(t, "sync/atomic: compare and swap of nil value into Value", func() { v.CompareAndSwap("d", nil) })
		require.PanicsWithValue(t, "sync/atomic: compare and swap of inconsistently typed values", func() { v.CompareAndSwap(1, "d") })
		require.PanicsWithValue(t, "sync/atomic: compare and swap of inconsistently typed value into Value", func() { v.CompareAndSwap(1, 2) })

		var slices atomic.Value
		require.False(t, slices.CompareAndSwap([]int{1}, []int{2}))
		require.True(t, slices.CompareAndSwap(nil, []int{1}))
		require.Panics(t, func() { slices.CompareAndSwap([]int{1}, []int{2}) })
	})
}

func TestValueStoreOfAnotherType(t *testing.T) {
	var v atomic.Value
	v.Store(1)
	const message = "sync/atomic: store of inconsistently typed value into Value"
	require.PanicsWithValue(t, message, func() { v.Store("a") })
	recorder.New(t)
	require.PanicsWithValue(t, message, func() { v.Store("a") })
}

func TestWeakExchangeFailsThoughEqual(t *testing.T) {
	th := recorder.New(t)
	th.Choices = []int{1, 0}
	var x atomic.Uint64
	require.False(t, x.CompareAndSwapWeak(0, 5, atomic.AcqRel))
	require.Equal(t, []string{"Choose 2", "Update atomic.Uint64 acquire keeps 0"}, th.Take())
	require.True(t, x.CompareAndSwapWeak(0, 5, atomic.AcqRel))
	require.Equal(t, []string{"Choose 2", "Update atomic.Uint64 acq_rel 0 to 5"}, th.Take())
}

func TestOrderingsReachTheExplorer(t *testing.T) {
	th := recorder.New(t)
	var x atomic.Int32
	x.Load()
	x.Load(atomic.Acquire)
	x.Store(1, atomic.Release)
	x.Add(-2, atomic.Relaxed)
	x.CompareAndSwap(7, 8)
	x.CompareAndSwap(7, 8, atomic.Release)
	x.CompareAndSwap(7, 8, atomic.AcqRel)
	x.CompareAndSwap(7, 8, atomic.Relaxed, atomic.SeqCst)
	atomic.Fence(atomic.AcqRel)
	require.Equal(t, []string{
		"Load atomic.Int32 seq_cst = 0",
		"Load atomic.Int32 acquire = 0",
		"Store atomic.Int32 release 1",
		"Update atomic.Int32 relaxed 1 to -1",
		"Update atomic.Int32 seq_cst keeps -1",
		"Update atomic.Int32 relaxed keeps -1",
		"Update atomic.Int32 acquire keeps -1",
		"Update atomic.Int32 seq_cst keeps -1",
		"Fence acq_rel",
	}, th.Take())
}

func TestValuesInReports(t *testing.T) {
	th := recorder.New(t)
	var u atomic.Uint64
	u.Store(^uint64(0), atomic.Relaxed)
	var b atomic.Bool
	b.Store(true, atomic.Relaxed)
	var p atomic.Pointer[exec.Cmd]
	p.Swap(new(exec.Cmd), atomic.Relaxed)
	var v atomic.Value
	v.Store(3, atomic.Relaxed)
	require.Equal(t, []string{
		"Store atomic.Uint64 relaxed 18446744073709551615",
		"Store atomic.Bool relaxed true",
		"Update atomic.Pointer relaxed nil to &exec.Cmd",
		"Store atomic.Value relaxed 3",
	}, th.Take())
}

func TestIllegalOrderings(t *testing.T) {
	var (
		i32  atomic.Int32
		i64  atomic.Int64
		u32  atomic.Uint32
		u64  atomic.Uint64
		flag atomic.Bool
		p    atomic.Pointer[int]
		v    atomic.Value
	)
	const silent = atomic.Ordering(17)
	for _, c := range []struct {
		call    func()
		message string
	}{
		{func() { i32.Load(atomic.Release) }, "atomic: Int32.Load with ordering release: expected relaxed, acquire or seq_cst"},
		{func() { i64.Store(1, atomic.Acquire) }, "atomic: Int64.Store with ordering acquire: expected relaxed, release or seq_cst"},
		{func() { u32.Load(atomic.AcqRel) }, "atomic: Uint32.Load with ordering acq_rel: expected relaxed, acquire or seq_cst"},
		{func() { u64.Add(1, 0) }, "atomic: Uint64.Add with ordering plain: expected relaxed, acquire, release, acq_rel or seq_cst"},
		{func() { u64.Swap(1, silent) }, "atomic: Uint64.Swap with ordering Ordering(17): expected relaxed, acquire, release, acq_rel or seq_cst"},
		{func() { i32.And(1, 200) }, "atomic: Int32.And with ordering Ordering(200): expected relaxed, acquire, release, acq_rel or seq_cst"},
		{func() { flag.Store(true, atomic.AcqRel) }, "atomic: Bool.Store with ordering acq_rel: expected relaxed, release or seq_cst"},
		{func() { p.Load(atomic.Acquire, atomic.Acquire) }, "atomic: Pointer.Load with 2 orderings: expected one at most"},
		{func() { v.Load(atomic.Release) }, "atomic: Value.Load with ordering release: expected relaxed, acquire or seq_cst"},
		{func() { i32.CompareAndSwap(0, 1, 0) }, "atomic: Int32.CompareAndSwap with ordering plain: expected relaxed, acquire, release, acq_rel or seq_cst"},
		{func() { i32.CompareAndSwap(0, 1, atomic.AcqRel, atomic.Release) },
			"atomic: Int32.CompareAndSwap that fails with ordering release: expected relaxed, acquire or seq_cst"},
		{func() { p.CompareAndSwapWeak(nil, nil, atomic.AcqRel, atomic.AcqRel) },
			"atomic: Pointer.CompareAndSwapWeak that fails with ordering acq_rel: expected relaxed, acquire or seq_cst"},
		{func() { v.CompareAndSwap(nil, 1, atomic.SeqCst, atomic.SeqCst, atomic.SeqCst) },
			"atomic: Value.CompareAndSwap with 3 orderings: expected two at most"},
		{func() { atomic.Fence(atomic.Relaxed) }, "atomic: Fence with ordering relaxed: expected acquire, release, acq_rel or seq_cst"},
		{func() { atomic.Fence(99) }, "atomic: Fence with ordering Ordering(99): expected acquire, release, acq_rel or seq_cst"},
	} {
		t.Run(c.message, func(t *testing.T) {
			c.call() // nothing is explored
			recorder.New(t)
			require.PanicsWithValue(t, recorder.Failed(c.message), c.call)
		})
	}
}

func TestOtherGoroutinesStayNative(t *testing.T) {
	var x atomic.Int32
	var c atomic.Cell[int]
	th := recorder.New(t)
	done := make(chan bool)
	go func() {
		x.Store(1)
		x.Store(2, atomic.Release)
		c.Store(3)
		close(done)
	}()
	<-done
	require.Empty(t, th.Take())
	require.EqualValues(t, 2, x.Load())
	require.Equal(t, 3, c.Load())
}

func TestCell(t *testing.T) {
	both(t, func(t *testing.T) {
		var c atomic.Cell[string]
		require.Equal(t, "", c.Load())
		c.Store("a")
		require.Equal(t, "a", c.Load())
	})
	th := recorder.New(t)
	var c atomic.Cell[int]
	c.Store(c.Load() + 1)
	require.Equal(t, []string{"Plain atomic.Cell", "Plain atomic.Cell"}, th.Take())
	var none atomic.Cell[struct{}]
	none.Store(none.Load())
	require.Empty(t, th.Take())
}

func TestSizes(t *testing.T) {
	for _, c := range []struct{ ours, theirs any }{
		{atomic.Int32{}, native.Int32{}},
		{atomic.Int64{}, native.Int64{}},
		{atomic.Uint32{}, native.Uint32{}},
		{atomic.Uint64{}, native.Uint64{}},
		{atomic.Bool{}, native.Bool{}},
		{atomic.Pointer[string]{}, native.Pointer[string]{}},
		{atomic.Value{}, native.Value{}},
		{atomic.Cell[int16]{}, int16(0)},
	} {
		ours, theirs := reflect.TypeOf(c.ours), reflect.TypeOf(c.theirs)
		require.Equal(t, theirs.Size(), ours.Size(), ours)
		require.Equal(t, theirs.Align(), ours.Align(), ours)
	}
}

// The explorer tells variables by their addresses, so that a variable must not move with the stack that it is declared on.
func TestVariablesDoNotMove(t *testing.T) {
	moved := make(chan bool)
	go func() { // a goroutine starts with a small stack
		var (
			i atomic.Int32
			b atomic.Bool
			p atomic.Pointer[int]
			v atomic.Value
			c atomic.Cell[int]
			l int
		)
		addresses := func() [5]uintptr {
			return [5]uintptr{
				uintptr(unsafe.Pointer(&i)), uintptr(unsafe.Pointer(&b)), uintptr(unsafe.Pointer(&p)),
				uintptr(unsafe.Pointer(&v)), uintptr(unsafe.Pointer(&c)),
			}
		}
		i.Store(1)
		b.Store(true)
		p.Store(nil)
		v.Store(1)
		c.Store(1)
		before, local := addresses(), uintptr(unsafe.Pointer(&l))
		grow(1000)
		moved <- local != uintptr(unsafe.Pointer(&l))
		moved <- before != addresses()
	}()
	require.True(t, <-moved, "the stack did not move, and the test shows nothing")
	require.False(t, <-moved)
}

//go:noinline
func grow(n int) byte {
	var frame [1024]byte
	if n > 0 {
		frame[n%1024] = grow(n - 1)
	}
	runtime.KeepAlive(&frame)
	return frame[0]
}

func TestVetFindsCopies(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go vet")
	}
	out, err := exec.Command("go", "vet", "-copylocks", "./testdata/copies").CombinedOutput()
	require.Error(t, err)
	for _, name := range []string{"Int32", "Int64", "Uint32", "Uint64", "Bool", "Pointer[int]", "Value", "Cell[int]"} {
		require.Contains(t, string(out), "passes lock by value: github.com/weakmem/litmus/primitives/atomic."+name)
	}
}
