package rcu_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/rcu"
)

func increment(n int) int { return n + 1 }

func TestPointer(t *testing.T) {
	var p rcu.Pointer[int]
	require.True(t, p.Dereference().IsNil())
	one := mem.New(1)
	p.Publish(one)
	require.Equal(t, one, p.Dereference())
	require.Equal(t, one, p.DereferenceProtected())
}

func TestValue(t *testing.T) {
	var d rcu.Domain
	v := rcu.NewValue(&d, 1)
	first := v.Dereference()
	v.Update(increment)
	require.Equal(t, 2, v.Dereference().Load())
	require.PanicsWithValue(t, "mem: use after free", func() { first.Load() })
	second := v.Dereference()
	v.UpdateLater(increment)
	require.Equal(t, 2, second.Load()) // INV-RCU-8: not before Poll
	require.Equal(t, 1, d.Poll())
	require.PanicsWithValue(t, "mem: use after free", func() { second.Load() })
	third := v.Dereference()
	v.Close()
	require.PanicsWithValue(t, "mem: use after free", func() { third.Load() })
}

// A panic of the function that makes the new version leaves the old one, and lets the next writer go on.
func TestUpdatePanics(t *testing.T) {
	var d rcu.Domain
	v := rcu.NewValue(&d, 1)
	require.PanicsWithValue(t, "no", func() { v.Update(func(int) int { panic("no") }) })
	v.Update(increment)
	require.Equal(t, 2, v.Dereference().Load())
}

// Poll waits for no reader: what a section may use is freed after it.
func TestPollAndSections(t *testing.T) {
	var d rcu.Domain
	v := rcu.NewValue(&d, 1)
	r := d.EpochReader()
	require.Zero(t, d.Poll())
	r.Lock()
	r.Lock()
	version := v.Dereference()
	v.UpdateLater(increment)
	require.Zero(t, d.Poll())
	r.Unlock()
	require.Zero(t, d.Poll()) // INV-RCU-3: the inner Unlock ends nothing
	require.Equal(t, 1, version.Load())
	v.UpdateLater(increment) // after the grace period began: it waits for the next
	r.Unlock()
	require.Equal(t, 1, d.Poll())
	require.Equal(t, 1, d.Poll())
	require.Zero(t, d.Poll())
	require.Equal(t, 3, v.Dereference().Load())
	r.Close()
}

func TestPollAndQuiescentStates(t *testing.T) {
	var d rcu.Domain
	r := d.QuiescentReader()
	called := 0
	d.Call(func() { called++ })
	require.Zero(t, d.Poll())
	r.Quiescent()
	r.Quiescent()
	require.Equal(t, 1, d.Poll())
	d.Call(func() { called++ })
	require.Zero(t, d.Poll())
	r.Offline()
	require.Equal(t, 1, d.Poll())
	r.Online()
	d.Call(func() { called++ })
	require.Zero(t, d.Poll())
	r.Close()
	require.Equal(t, 1, d.Poll())
	require.Equal(t, 3, called)
}

// Callbacks run in no section, without the lock: they may use the domain.
func TestCallbacksMayCallBack(t *testing.T) {
	var d rcu.Domain
	var order []string
	d.Call(func() {
		order = append(order, "first")
		d.Call(func() { order = append(order, "second") })
		d.Synchronize()
	})
	d.Synchronize()
	require.Equal(t, []string{"first", "second"}, order)
}

func TestMisuse(t *testing.T) {
	var d rcu.Domain
	e := d.EpochReader()
	require.PanicsWithValue(t, "rcu: Unlock of a reader that is in no section", e.Unlock)
	e.Lock()
	require.PanicsWithValue(t, "rcu: Close of a reader that is in a section", e.Close)
	e.Unlock()
	e.Close()
	require.PanicsWithValue(t, "rcu: Lock of a reader that is closed", e.Lock)
	require.PanicsWithValue(t, "rcu: Unlock of a reader that is closed", e.Unlock)
	require.PanicsWithValue(t, "rcu: Close of a reader that is closed", e.Close)

	q := d.QuiescentReader()
	require.PanicsWithValue(t, "rcu: Online of a reader that is online", q.Online)
	q.Offline()
	require.PanicsWithValue(t, "rcu: Offline of a reader that is offline", q.Offline)
	require.PanicsWithValue(t, "rcu: Quiescent of a reader that is offline", q.Quiescent)
	q.Close()
	require.PanicsWithValue(t, "rcu: Online of a reader that is closed", q.Online)
	require.PanicsWithValue(t, "rcu: Close of a reader that is closed", q.Close)
	d.Synchronize() // waits for none of them
}

// version is too large to be read at once: torn, its halves differ.
type version struct{ left, right [8]int }

func next(v version) version {
	for i := range v.left {
		v.left[i]++
		v.right[i]++
	}
	return v
}

func check(t *testing.T, v *rcu.Value[version], last int) int {
	h := v.Dereference()
	left := h.Load().left
	if right := h.Load().right; left != right || left[0] < last {
		t.Errorf("after version %d: %v, %v", last, left, right)
	}
	return left[0]
}

// Readers of both sorts that come and go, writers that wait and writers that do not.
func TestNatively(t *testing.T) {
	updates := 500
	if testing.Short() {
		updates = 50
	}
	var d rcu.Domain
	v := rcu.NewValue(&d, version{})
	var done atomic.Bool
	var readers, writers sync.WaitGroup
	readers.Go(func() {
		for last := 0; !done.Load(); {
			r := d.EpochReader()
			for range 3 {
				r.Lock()
				last = check(t, v, last)
				r.Unlock()
				runtime.Gosched()
			}
			r.Close()
		}
	})
	readers.Go(func() {
		r := d.QuiescentReader()
		defer r.Close()
		for last := 0; !done.Load(); {
			last = check(t, v, last)
			r.Quiescent()
			runtime.Gosched()
		}
	})
	writers.Go(func() {
		for range updates {
			v.Update(next)
		}
	})
	writers.Go(func() {
		for range updates {
			v.UpdateLater(next)
			d.Poll()
		}
	})
	writers.Wait()
	done.Store(true)
	readers.Wait()
	d.Synchronize()
	require.Equal(t, 2*updates, v.Dereference().Load().left[0]) // INV-RCU-7
	v.Close()
}

func TestReadersAllocateNothing(t *testing.T) {
	var d rcu.Domain
	v := rcu.NewValue(&d, 1)
	e, q := d.EpochReader(), d.QuiescentReader()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		e.Lock()
		v.Dereference().Load()
		e.Unlock()
		v.Dereference().Load()
		q.Quiescent()
		q.Offline()
		q.Online()
	}))
}
