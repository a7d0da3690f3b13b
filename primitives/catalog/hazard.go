package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	hazardpointers "github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/sequential"
)

var hazard = Protocol{
	Name:     "hazard",
	Title:    "hazard pointers",
	Subjects: []Subject{subject("register", sequential.Hazard)},
	Programs: []Program{
		{Name: "replace", Doc: "a reader uses a block that a writer replaces, retires and scans for", Body: hazardReplace},
		{Name: "slot-used-again", Doc: "a reader protects two blocks in turn in one slot, a writer retires the first", Body: hazardSlotUsedAgain},
		{Name: "two-writers", Doc: "two writers replace a block, each retires what it took out", Body: hazardTwoWriters},
		{Name: "retire-again", Doc: "a writer has looked at the slots before: it looks again", Body: hazardRetireAgain},
		{Name: "recycle", Doc: "a block that is out of use is filled and published again, while a reader is about to protect it", Body: hazardRecycle},
		{Name: "join-late", Doc: "readers join while a writer scans", Body: hazardJoinLate},
		{Name: "inherit", Doc: "a writer leaves a block that is announced, and whoever joins next frees it", Body: hazardInherit},
		{Name: "drain", Doc: "a writer leaves what is announced, while another drains: the block is freed once", Body: hazardDrain},
	},
	Equivalent: map[string]string{
		"Domain.Join/records.Load=stale":        "a record that Join does not see it does not use again: it makes another",
		"Domain.Join/records.Load#2=stale":      "the goroutine last knew records by the compare-and-swap that failed: what that read is as good as another look",
		"Participant.Protect/source.Load=stale": "it is a guess; what is announced is confirmed afterwards",
	},
	Mistakes: []Mistake{
		{Fails: "use after free", Program: Program{Name: "unprotected", Doc: "a reader loads the block without protecting it", Body: hazardUnprotected}},
		{Fails: "use after free", Program: Program{Name: "retire-before-unlink", Doc: "a writer retires the block while it can still be found", Body: hazardRetireBeforeUnlink}},
		{Fails: "a free and a read that neither happens before", Program: Program{Name: "use-after-clear", Doc: "a reader uses the block after Clear", Body: hazardUseAfterClear}},
		{Fails: "use after free", Program: Program{Name: "unconfirmed", Doc: "a reader announces the block, but does not look whether it is still there", Body: hazardUnconfirmed}},
		{Fails: "double free", Program: Program{Name: "retire-twice", Doc: "two writers retire the block that one of them took out", Body: hazardRetireTwice}},
	},
}

// hazardCleared ends a program: everything is freed, or the explorer reports what is not.
func hazardCleared(x *explorer.T, d *hazardpointers.Domain[int], sources ...*mem.Atomic[int]) {
	x.Join()
	d.Drain()
	for _, s := range sources {
		if h := s.Load(atomic.Relaxed); !h.IsNil() {
			h.Free()
		}
	}
}

// INV-HAZARD-1, INV-HAZARD-2, INV-HAZARD-3
func hazardReplace(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		seen := 0
		for range 2 {
			v := r.Protect(0, &a).Load()
			require.GreaterOrEqual(x, v, seen)
			seen = v
		}
		r.Leave()
	})
	x.Go("writer", func() {
		w.Retire(a.Swap(mem.New(2), atomic.Release))
		w.Scan()
		w.Leave()
	})
	hazardCleared(x, d, &a)
}

// INV-HAZARD-3
func hazardSlotUsedAgain(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a, b mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	b.Store(mem.New(10), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		if h := r.Protect(0, &a); !h.IsNil() {
			require.Equal(x, 1, h.Load())
		}
		require.Equal(x, 10, r.Protect(0, &b).Load())
		r.Clear(0)
	})
	x.Go("writer", func() {
		w.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
		w.Scan()
		require.LessOrEqual(x, w.Pending(), 1)
	})
	x.Join()
	w.Leave()
	r.Leave()
	hazardCleared(x, d, &b)
}

// INV-HAZARD-2, INV-HAZARD-5
func hazardTwoWriters(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(0), atomic.Relaxed)
	for i := range 2 {
		w := d.Join()
		x.Go("writer", func() {
			n := mem.New(0)
			for {
				h := w.Protect(0, &a)
				n.Store(h.Load() + 1)
				if a.CompareAndSwap(h, n, atomic.Release, atomic.Relaxed) {
					w.Clear(0)
					w.Retire(h)
					break
				}
			}
			if i == 0 {
				w.Scan()
			}
		})
		defer w.Leave()
	}
	x.Join()
	require.Equal(x, 2, a.Load(atomic.Relaxed).Load())
	a.Load(atomic.Relaxed).Free()
}

// INV-HAZARD-5
func hazardJoinLate(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	x.Go("reader", func() {
		r := d.Join()
		if h := r.Protect(0, &a); !h.IsNil() {
			require.Equal(x, 1, h.Load())
		}
		r.Leave()
	})
	x.Go("writer", func() {
		w := d.Join()
		w.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
		w.Scan()
		w.Leave()
	})
	hazardCleared(x, d)
}

// INV-HAZARD-4
func hazardInherit(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		if h := r.Protect(0, &a); !h.IsNil() {
			require.Equal(x, 1, h.Load())
			r.Clear(0)
		}
	})
	x.Go("writer", func() {
		w.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
		w.Leave()
	})
	x.Go("heir", func() {
		h := d.Join()
		h.Scan()
		h.Leave()
	})
	x.Join()
	r.Leave()
	hazardCleared(x, d)
}

// INV-HAZARD-4, INV-HAZARD-5
func hazardDrain(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r := d.Join()
	r.Protect(0, &a)
	x.Go("writer", func() {
		w := d.Join()
		w.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
		w.Leave()
	})
	x.Go("drain", d.Drain)
	x.Join()
	r.Leave()
	hazardCleared(x, d)
}

// INV-HAZARD-2
func hazardRetireAgain(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		if h := r.Protect(0, &a); !h.IsNil() {
			require.Positive(x, h.Load())
		}
		r.Leave()
	})
	x.Go("writer", func() {
		w.Retire(a.Swap(mem.New(2), atomic.Release))
		w.Scan()
		w.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
		w.Leave()
	})
	hazardCleared(x, d)
}

// INV-HAZARD-1
func hazardRecycle(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		if h := r.Protect(0, &a); !h.IsNil() {
			require.Contains(x, []int{1, 2}, h.Load())
		}
		r.Leave()
	})
	x.Go("writer", func() {
		var spare mem.Handle[int]
		w.RetireFunc(a.Swap(mem.Handle[int]{}, atomic.Relaxed), func(h mem.Handle[int]) { spare = h })
		w.Scan()
		if !spare.IsNil() {
			spare.Store(2)
			a.Store(spare, atomic.Release)
			spare = mem.Handle[int]{}
		}
		x.Join(1) // the reader: spare is this goroutine's
		w.Leave()
		if !spare.IsNil() {
			spare.Free()
		}
	})
	hazardCleared(x, d, &a)
}

func hazardUnprotected(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	w := d.Join()
	x.Go("reader", func() {
		if h := a.Load(atomic.Acquire); !h.IsNil() {
			h.Load()
		}
	})
	w.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
	w.Scan()
}

func hazardRetireBeforeUnlink(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		if h := r.Protect(0, &a); !h.IsNil() {
			h.Load()
		}
	})
	w.Retire(a.Load(atomic.Relaxed))
	w.Scan()
	a.Store(mem.Handle[int]{}, atomic.Relaxed)
}

func hazardUseAfterClear(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		if h := r.Protect(0, &a); !h.IsNil() {
			r.Clear(0)
			h.Load()
		}
	})
	w.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
	w.Leave()
	hazardCleared(x, d)
}

func hazardUnconfirmed(x *explorer.T) {
	var a, slot mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	x.Go("reader", func() {
		h := a.Load(atomic.Acquire)
		slot.Store(h, atomic.Release)
		atomic.Fence(atomic.SeqCst)
		if !h.IsNil() {
			h.Load()
		}
	})
	old := a.Swap(mem.Handle[int]{}, atomic.Relaxed)
	atomic.Fence(atomic.SeqCst)
	if slot.Load(atomic.Acquire) != old {
		old.Free()
	}
}

func hazardRetireTwice(x *explorer.T) {
	d := hazardpointers.New[int](1)
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	for range 2 {
		w := d.Join()
		x.Go("writer", func() {
			h := a.Load(atomic.Relaxed)
			a.Store(mem.Handle[int]{}, atomic.Relaxed)
			if !h.IsNil() {
				w.Retire(h)
				w.Scan()
			}
		})
	}
}
