package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	epochs "github.com/weakmem/litmus/primitives/epoch"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/sequential"
)

var epoch = Protocol{
	Name:     "epoch",
	Title:    "epoch-based reclamation",
	Subjects: []Subject{subject("register", sequential.Epoch)},
	Programs: []Program{
		{Name: "replace", Doc: "a reader uses a block that a writer replaces, retires and frees two epochs later", Body: epochReplace},
		{Name: "pin-again", Doc: "a reader has two sections, the second in any epoch", Body: epochPinAgain},
		{Name: "two-collectors", Doc: "one participant moves the epoch on while another retires", Body: epochTwoCollectors},
		{Name: "two-writers", Doc: "two writers replace a block, each retires what it took out", Body: epochTwoWriters},
		{Name: "collect-again", Doc: "a writer has looked at the announcements before: it looks again", Body: epochCollectAgain},
		{Name: "progress", Doc: "a reader that pins in the present epoch does not hold it up", Body: epochProgress},
		{Name: "join-late", Doc: "a reader joins while a writer collects", Body: epochJoinLate},
		{Name: "inherit", Doc: "a writer leaves garbage behind, and whoever joins next frees it", Body: epochInherit},
		{Name: "drain", Doc: "a writer leaves garbage, while another drains: it is freed once", Body: epochDrain},
		{Name: "three-collectors", Doc: "two others move the epoch on, one after the other, while a writer retires", Body: epochThreeCollectors},
	},
	Equivalent: map[string]string{
		"Domain.Join/records.Load=stale":   "a record that Join does not see it does not use again: it makes another",
		"Domain.Join/records.Load#2=stale": "the goroutine last knew records by the compare-and-swap that failed: what that read is as good as another look",
	},
	Mistakes: []Mistake{
		{Fails: "use after free", Program: Program{Name: "unpinned", Doc: "a reader loads the block without being pinned", Body: epochUnpinned}},
		{Fails: "use after free", Program: Program{Name: "retire-before-unlink", Doc: "a writer retires the block while it can still be found", Body: epochRetireBeforeUnlink}},
		{Fails: "a free and a read that neither happens before", Program: Program{Name: "use-after-unpin", Doc: "a reader keeps the block beyond its section", Body: epochUseAfterUnpin}},
		{Fails: "double free", Program: Program{Name: "retire-twice", Doc: "two writers retire the block that one of them took out", Body: epochRetireTwice}},
		{Fails: "a free and a read that neither happens before", Program: Program{Name: "one-epoch", Doc: "built wrongly: a block is freed one epoch after it was retired, not two", Body: epochOneEpoch}},
	},
}

// epochRead is a reader's section.
func epochRead(x *explorer.T, p *epochs.Participant, a *mem.Atomic[int], want int) {
	p.Pin()
	if h := a.Load(atomic.Acquire); !h.IsNil() {
		require.Equal(x, want, h.Load())
	}
	p.Unpin()
}

// epochUnlink takes the block out of a and retires it.
func epochUnlink(p *epochs.Participant, a *mem.Atomic[int]) {
	p.Retire(a.Swap(mem.Handle[int]{}, atomic.Relaxed))
}

// epochCleared ends a program: everything is freed, or the explorer reports what is not.
func epochCleared(x *explorer.T, d *epochs.Domain, ps ...*epochs.Participant) {
	x.Join()
	for _, p := range ps {
		p.Leave()
	}
	d.Drain()
}

// INV-EPOCH-1, INV-EPOCH-3, INV-EPOCH-4
func epochReplace(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		r.Pin()
		first := a.Load(atomic.Acquire)
		second := a.Load(atomic.Acquire)
		require.LessOrEqual(x, first.Load(), second.Load())
		r.Unpin()
	})
	x.Go("writer", func() {
		w.Retire(a.Swap(mem.New(2), atomic.Release))
		w.Collect()
		w.Collect()
	})
	epochCleared(x, &d, r, w)
	a.Load(atomic.Relaxed).Free()
}

// INV-EPOCH-2, INV-EPOCH-4
func epochPinAgain(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		epochRead(x, r, &a, 1)
		r.Pin()
		epochRead(x, r, &a, 1)
		r.Unpin()
	})
	x.Go("writer", func() {
		epochUnlink(w, &a)
		w.Collect()
		w.Collect()
	})
	epochCleared(x, &d, r, w)
}

// INV-EPOCH-1, INV-EPOCH-4
func epochTwoCollectors(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w, c := d.Join(), d.Join(), d.Join()
	x.Go("reader", func() { epochRead(x, r, &a, 1) })
	x.Go("writer", func() {
		epochUnlink(w, &a)
		w.Collect()
		w.Collect()
	})
	x.Go("collector", c.Collect)
	epochCleared(x, &d, r, w, c)
}

func epochTwoWriters(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(0), atomic.Relaxed)
	ps := []*epochs.Participant{d.Join(), d.Join()}
	for _, p := range ps {
		x.Go("writer", func() {
			n := mem.New(0)
			p.Pin()
			for {
				h := a.Load(atomic.Acquire)
				n.Store(h.Load() + 1)
				if a.CompareAndSwap(h, n, atomic.Release, atomic.Relaxed) {
					p.Unpin()
					p.Retire(h)
					break
				}
			}
			p.Collect()
		})
	}
	epochCleared(x, &d, ps...)
	require.Equal(x, 2, a.Load(atomic.Relaxed).Load())
	a.Load(atomic.Relaxed).Free()
}

// INV-EPOCH-3, INV-EPOCH-5
func epochJoinLate(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	x.Go("reader", func() {
		r := d.Join()
		epochRead(x, r, &a, 1)
		r.Leave()
	})
	x.Go("writer", func() {
		w := d.Join()
		epochUnlink(w, &a)
		w.Collect()
		w.Leave()
	})
	epochCleared(x, &d)
}

// INV-EPOCH-6
func epochInherit(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() { epochRead(x, r, &a, 1) })
	x.Go("writer", func() {
		epochUnlink(w, &a)
		w.Leave()
	})
	x.Go("heir", func() {
		h := d.Join()
		h.Collect()
		h.Leave()
	})
	epochCleared(x, &d, r)
}

// INV-EPOCH-5, INV-EPOCH-6
func epochDrain(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r := d.Join()
	r.Pin()
	x.Go("writer", func() {
		w := d.Join()
		epochUnlink(w, &a)
		w.Leave()
	})
	x.Go("drain", d.Drain)
	x.Join()
	r.Unpin()
	d.Drain()
	r.Leave()
}

// INV-EPOCH-1, INV-EPOCH-3: it fails if an advance reads the epoch behind its fence.
func epochThreeCollectors(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w, c1, c2 := d.Join(), d.Join(), d.Join(), d.Join()
	x.Go("reader", func() {
		r.Pin()
		if h := a.Load(atomic.Acquire); !h.IsNil() {
			require.Equal(x, 1, h.Load())
		}
	})
	x.Go("collector", c1.Collect)
	x.Go("collector", c2.Collect)
	epochUnlink(w, &a)
	w.Collect()
	w.Collect()
	x.Join()
	r.Unpin()
	w.Collect()
	w.Collect()
}

// INV-EPOCH-2, INV-EPOCH-3
func epochCollectAgain(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() { epochRead(x, r, &a, 1) })
	x.Go("writer", func() {
		w.Collect()
		epochUnlink(w, &a)
		w.Collect()
		w.Collect()
	})
	epochCleared(x, &d, r, w)
}

func epochProgress(x *explorer.T) {
	var d epochs.Domain
	r, w, c := d.Join(), d.Join(), d.Join()
	elsewhere := func(p *epochs.Participant) { x.Join(x.Go("collector", p.Collect)) }

	r.Pin()
	r.Unpin()
	w.Retire(mem.New(1))
	elsewhere(w)
	r.Pin() // in the epoch that this led to
	elsewhere(w)
	require.Zero(x, w.Pending()) // INV-EPOCH-2
	r.Unpin()

	w.Retire(mem.New(2))
	w.Collect()
	elsewhere(c)
	w.Collect()                  // two epochs later
	require.Zero(x, w.Pending()) // INV-EPOCH-2
	epochCleared(x, &d, r, w, c)
}

func epochUnpinned(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	w := d.Join()
	x.Go("reader", func() {
		if h := a.Load(atomic.Acquire); !h.IsNil() {
			h.Load()
		}
	})
	epochUnlink(w, &a)
	w.Collect()
	w.Collect()
}

func epochRetireBeforeUnlink(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() { epochRead(x, r, &a, 1) })
	w.Retire(a.Load(atomic.Relaxed))
	w.Collect()
	w.Collect()
	a.Store(mem.Handle[int]{}, atomic.Relaxed)
}

func epochUseAfterUnpin(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	r, w := d.Join(), d.Join()
	x.Go("reader", func() {
		r.Pin()
		h := a.Load(atomic.Acquire)
		r.Unpin()
		if !h.IsNil() {
			h.Load()
		}
	})
	epochUnlink(w, &a)
	w.Collect()
	w.Collect()
	epochCleared(x, &d, r, w)
}

func epochRetireTwice(x *explorer.T) {
	var d epochs.Domain
	var a mem.Atomic[int]
	a.Store(mem.New(1), atomic.Relaxed)
	for range 2 {
		w := d.Join()
		x.Go("writer", func() {
			h := a.Load(atomic.Relaxed)
			a.Store(mem.Handle[int]{}, atomic.Relaxed)
			if !h.IsNil() {
				w.Retire(h)
				w.Collect()
				w.Collect()
			}
		})
	}
}

// epochOneEpoch is a domain of one reader and one writer whose reader pins in an epoch that is over already.
func epochOneEpoch(x *explorer.T) {
	var a mem.Atomic[int]
	var epoch, state atomic.Int64 // state: 0 is unpinned, n is pinned in n
	a.Store(mem.New(1), atomic.Relaxed)
	epoch.Store(1, atomic.Relaxed)
	x.Go("reader", func() {
		state.Store(epoch.Load(atomic.Relaxed), atomic.Relaxed)
		atomic.Fence(atomic.SeqCst)
		if h := a.Load(atomic.Acquire); !h.IsNil() {
			h.Load()
		}
		state.Store(0, atomic.Release)
	})
	old := a.Swap(mem.Handle[int]{}, atomic.Relaxed)
	now := epoch.Load(atomic.Relaxed)
	atomic.Fence(atomic.SeqCst)
	if s := state.Load(atomic.Acquire); s == 0 || s == now {
		epoch.Store(now+1, atomic.Release)
		old.Free()
	}
}
