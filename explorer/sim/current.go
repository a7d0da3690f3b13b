package sim

import (
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// gate is what Gate returns, on a cache line that nothing else is written to: every native operation reads it.
var gate struct {
	_      [64]byte
	closed int64
	_      [64]byte
}

// registry maps goroutines to simulated threads. Readers take no lock.
var registry struct {
	mu    sync.Mutex
	table atomic.Pointer[table]
}

type table struct {
	entries []atomic.Pointer[Goroutine] // a power of two; a quarter full at most
	shift   uint8
}

// Goroutine is a goroutine that runs simulated threads, one at a time.
type Goroutine struct {
	id     uintptr
	thread Thread
}

// Here returns the calling goroutine, for [Enter].
func Here() *Goroutine { return &Goroutine{id: goroutine()} }

// Set makes the goroutine run a thread, and returns the one before. It is called on the goroutine itself, or while that does not run.
func (g *Goroutine) Set(th Thread) Thread {
	was := g.thread
	g.thread = th
	return was
}

// Active reports whether any exploration runs in the process: where it is false, Current returns nil.
func Active() bool { return Gate() != 0 }

// Gate returns 0 in a process that explores nothing, else -1: it is Active for
// functions that must stay within the compiler's budget for inlining.
func Gate() int { return int(atomic.LoadInt64(&gate.closed)) }

// Current returns the simulated thread that the caller runs on; nil if it runs on none.
func Current() Thread {
	if Gate() == 0 {
		return nil
	}
	return lookup()
}

func lookup() Thread {
	t := registry.table.Load()
	g := goroutine()
	for i := slot(g, t.shift); ; i++ {
		e := t.entries[i&uint(len(t.entries)-1)].Load()
		if e == nil {
			return nil
		}
		if e.id == g {
			return e.thread
		}
	}
}

func slot(g uintptr, shift uint8) uint {
	return uint((uint64(g) * 0x9E3779B97F4A7C15) >> shift)
}

// Register makes the calling goroutine run a simulated thread, or, with nil, none.
func Register(th Thread) {
	g := Here()
	g.thread = th
	if th == nil {
		Leave(g)
	} else {
		Enter(g)
	}
}

// Enter makes goroutines known, with the threads that they run.
func Enter(gs ...*Goroutine) { change(gs, gs) }

// Leave makes goroutines unknown: what they call is native again.
func Leave(gs ...*Goroutine) { change(gs, nil) }

func change(out, in []*Goroutine) {
	registry.mu.Lock()
	defer registry.mu.Unlock()
	var live []*Goroutine
	if old := registry.table.Load(); old != nil {
		for i := range old.entries {
			if e := old.entries[i].Load(); e != nil && !slices.ContainsFunc(out, func(g *Goroutine) bool { return g.id == e.id }) {
				live = append(live, e)
			}
		}
	}
	live = append(live, in...)
	// A new table each time: goroutines come and go far less often than they look.
	bits := uint8(4)
	for 1<<bits < 4*len(live) {
		bits++
	}
	t := &table{make([]atomic.Pointer[Goroutine], 1<<bits), 64 - bits}
	for _, e := range live {
		i := slot(e.id, t.shift)
		for t.entries[i&uint(len(t.entries)-1)].Load() != nil {
			i++
		}
		t.entries[i&uint(len(t.entries)-1)].Store(e)
	}
	registry.table.Store(t)
	if len(live) != 0 {
		atomic.StoreInt64(&gate.closed, -1)
	} else {
		atomic.StoreInt64(&gate.closed, 0)
	}
}

// Bits makes a word of an integer.
func Bits(n uint64) Word { return Word{Bits: n} }

// Pointer makes a word of a pointer.
func Pointer(p unsafe.Pointer) Word { return Word{Ptr: p} }
