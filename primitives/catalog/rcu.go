package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
	rcus "github.com/weakmem/litmus/primitives/rcu"
	"github.com/weakmem/litmus/primitives/sequential"
)

var rcu = Protocol{
	Name:     "rcu",
	Title:    "read-copy-update with grace periods",
	Subjects: []Subject{subject("number", sequential.RCU)},
	Programs: []Program{
		{"epoch", "A reader marks its section; the version before is freed after it.", rcuEpoch},
		{"sections", "Two sections of one reader, two updates: a grace period waits for the section that began before it, whichever that is.", rcuSections},
		{"quiescent", "A reader announces a quiescent state between two reads.", rcuQuiescent},
		{"offline", "A reader goes offline and online again: no grace period waits in between, and none is missed after.", rcuOffline},
		{"mixed", "One reader of each sort, one update.", rcuMixed},
		{"announced", "Who has announced a quiescent state during a grace period is not waited for, though it reads on.", rcuAnnounced},
		{"later-section", "A section that begins during a grace period is not waited for.", rcuLaterSection},
		{"writers", "Two writers update: no update is lost, no version freed twice.", rcuWriters},
		{"deferred", "Callbacks of two goroutines: each runs once, when no section is left that may use what it frees.", rcuDeferred},
		{"remote", "One goroutine publishes and calls, another waits for the grace period and frees, a third reads.", rcuRemote},
		{"two-writers", "Two grace periods at once: who has announced the later one has seen what was published before both.", rcuTwoWriters},
		{"registration", "A reader registers, reads and leaves while a writer updates.", rcuRegistration},
	},
	Mistakes: []Mistake{
		{Program{"free-after-publish", "The old version is freed as soon as the new one is published, without a grace period.", rcuMistakeFree}, "race"},
		{Program{"mutate-published", "A writer changes the version that is published, instead of a copy.", rcuMistakeMutate}, "race"},
		{Program{"use-after-section", "A reader keeps a reference after its section.", rcuMistakeUseAfterSection}, "race"},
		{Program{"use-after-quiescent", "A reader keeps a reference over a quiescent state.", rcuMistakeUseAfterQuiescent}, "race"},
		{Program{"unserialised-writers", "Two writers copy the same version: one update is lost.", rcuMistakeWriters}, "an update is lost"},
		{Program{"publish-relaxed", "A version is published without release: a reader finds it before what is in it.", rcuMistakeRelaxed}, "race"},
		{Program{"no-grace-period", "Callbacks are queued, and nobody ever waits or polls: their memory is never freed.", rcuMistakeNoPeriod}, "never freed"},
		{Program{"synchronize-in-section", "A reader waits for a grace period inside a section: for itself.", rcuMistakeSynchronize}, "an await that no one will satisfy"},
	},
}

// rcuPair is a version: both halves are equal.
type rcuPair struct{ left, right int }

func (p rcuPair) next() rcuPair { return rcuPair{p.left + 1, p.right + 1} }

func rcuRead(x *explorer.T, v *rcus.Value[rcuPair]) int {
	h := v.Dereference()
	left := h.Load().left
	require.Equal(x, left, h.Load().right, "half of a version")
	return left
}

func rcuEpoch(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.EpochReader()
	x.Go("reader", func() {
		r.Lock()
		require.Contains(x, []int{0, 1}, rcuRead(x, v)) // INV-RCU-1, INV-RCU-4, INV-RCU-5
		r.Unlock()
	})
	v.Update(rcuPair.next)
	x.Join()
	require.Equal(x, 1, rcuRead(x, v))
	v.Close()
}

func rcuSections(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.EpochReader()
	x.Go("reader", func() {
		r.Lock()
		r.Lock()
		first := rcuRead(x, v)
		r.Unlock()
		require.LessOrEqual(x, first, rcuRead(x, v)) // INV-RCU-3: the inner Unlock ends nothing
		r.Unlock()
		r.Lock()
		require.LessOrEqual(x, first, rcuRead(x, v)) // INV-RCU-3, INV-RCU-5
		r.Unlock()
	})
	v.Update(rcuPair.next)
	v.Update(rcuPair.next)
	x.Join()
	v.Close()
}

func rcuQuiescent(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.QuiescentReader()
	x.Go("reader", func() {
		first := rcuRead(x, v) // INV-RCU-1
		r.Quiescent()
		require.LessOrEqual(x, first, rcuRead(x, v)) // INV-RCU-5, INV-RCU-6
		r.Offline()
	})
	v.Update(rcuPair.next)
	x.Join()
	v.Close()
}

func rcuOffline(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.QuiescentReader()
	r.Offline()
	x.Go("reader", func() {
		r.Online()
		first := rcuRead(x, v) // INV-RCU-4
		r.Offline()
		r.Online()
		require.LessOrEqual(x, first, rcuRead(x, v)) // INV-RCU-5
		r.Offline()
	})
	v.Update(rcuPair.next)
	x.Join()
	v.Close()
}

func rcuMixed(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	e, q := d.EpochReader(), d.QuiescentReader()
	x.Go("epoch", func() {
		e.Lock()
		require.Contains(x, []int{0, 1}, rcuRead(x, v))
		e.Unlock()
	})
	x.Go("quiescent", func() {
		require.Contains(x, []int{0, 1}, rcuRead(x, v))
		q.Close()
	})
	v.Update(rcuPair.next)
	x.Join()
	v.Close()
}

func rcuAnnounced(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	var begun, announced atomic.Bool
	x.Go("reader", func() {
		r := d.QuiescentReader()
		rcuRead(x, v)
		x.Await(func() bool { return begun.Load(atomic.Acquire) })
		r.Quiescent()
		announced.Store(true, atomic.Release)
		require.Equal(x, 1, rcuRead(x, v)) // INV-RCU-6
		r.Close()
	})
	v.UpdateLater(rcuPair.next)
	d.Poll()
	begun.Store(true, atomic.Release)
	x.Await(func() bool { return announced.Load(atomic.Acquire) })
	d.Poll() // INV-RCU-9: frees, or the last version but one is never freed
	x.Join()
	v.Close()
}

func rcuLaterSection(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.EpochReader()
	var begun, entered atomic.Bool
	x.Go("reader", func() {
		r.Lock()
		rcuRead(x, v)
		r.Unlock()
		x.Await(func() bool { return begun.Load(atomic.Acquire) })
		r.Lock()
		entered.Store(true, atomic.Release)
		require.Equal(x, 1, rcuRead(x, v))
		r.Unlock()
	})
	v.UpdateLater(rcuPair.next)
	d.Poll()
	begun.Store(true, atomic.Release)
	x.Await(func() bool { return entered.Load(atomic.Acquire) })
	d.Poll() // INV-RCU-9: as above
	x.Join()
	v.Close()
}

func rcuWriters(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	for range 2 {
		x.Go("writer", func() {
			v.Update(rcuPair.next)
		})
	}
	x.Join()
	require.Equal(x, 2, rcuRead(x, v), "an update is lost") // INV-RCU-7
	v.Close()
}

func rcuDeferred(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.EpochReader()
	x.Go("writer", func() {
		r.Lock()
		rcuRead(x, v)
		v.UpdateLater(rcuPair.next) // INV-RCU-8
		r.Unlock()
		d.Poll()
	})
	v.UpdateLater(rcuPair.next)
	d.Synchronize()
	x.Join()
	d.Synchronize() // INV-RCU-8: nothing is left, or it is never freed
	require.Zero(x, d.Poll())
	require.Equal(x, 2, rcuRead(x, v))
	v.Close()
}

func rcuRemote(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.EpochReader()
	x.Go("reader", func() {
		r.Lock()
		require.Contains(x, []int{0, 1}, rcuRead(x, v)) // INV-RCU-4
		r.Unlock()
	})
	x.Go("writer", func() { v.UpdateLater(rcuPair.next) })
	d.Synchronize() // INV-RCU-8: frees what the writer has left by then
	x.Join()
	d.Synchronize()
	v.Close()
}

func rcuTwoWriters(x *explorer.T) {
	var d rcus.Domain
	v, w := rcus.NewValue(&d, rcuPair{}), rcus.NewValue(&d, rcuPair{})
	r := d.QuiescentReader()
	x.Go("reader", func() {
		r.Quiescent()
		rcuRead(x, v) // INV-RCU-6
		rcuRead(x, w)
		r.Close()
	})
	x.Go("writer", func() { v.Update(rcuPair.next) })
	w.Update(rcuPair.next)
	x.Join()
	v.Close()
	w.Close()
}

func rcuRegistration(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	x.Go("reader", func() {
		r := d.EpochReader()
		r.Lock()
		rcuRead(x, v) // INV-RCU-4
		r.Unlock()
		r.Close()
	})
	v.Update(rcuPair.next)
	x.Join()
	v.Close()
}

func rcuMistakeFree(x *explorer.T) {
	var d rcus.Domain
	var p rcus.Pointer[int]
	p.Publish(mem.New(1))
	r := d.EpochReader()
	x.Go("reader", func() {
		r.Lock()
		p.Dereference().Load()
		r.Unlock()
	})
	old := p.DereferenceProtected()
	p.Publish(mem.New(2))
	old.Free()
	x.Join()
	p.DereferenceProtected().Free()
}

func rcuMistakeMutate(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.EpochReader()
	x.Go("reader", func() {
		r.Lock()
		rcuRead(x, v)
		r.Unlock()
	})
	version := v.Dereference()
	version.Store(version.Load().next()) // against INV-RCU-2
	x.Join()
	v.Close()
}

func rcuMistakeUseAfterSection(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.EpochReader()
	x.Go("reader", func() {
		r.Lock()
		version := v.Dereference()
		r.Unlock()
		version.Load()
	})
	v.Update(rcuPair.next)
	x.Join()
	v.Close()
}

func rcuMistakeUseAfterQuiescent(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	r := d.QuiescentReader()
	x.Go("reader", func() {
		version := v.Dereference()
		r.Quiescent()
		version.Load()
		r.Close()
	})
	v.Update(rcuPair.next)
	x.Join()
	v.Close()
}

func rcuMistakeWriters(x *explorer.T) {
	var p rcus.Pointer[int]
	first := mem.New(0)
	p.Publish(first)
	var versions [2]atomic.Cell[mem.Handle[int]]
	for i := range versions {
		x.Go("writer", func() {
			next := mem.New(p.Dereference().Load() + 1)
			p.Publish(next)
			versions[i].Store(next)
		})
	}
	x.Join()
	require.Equal(x, 2, p.Dereference().Load(), "an update is lost")
	first.Free()
	for i := range versions {
		versions[i].Load().Free()
	}
}

func rcuMistakeRelaxed(x *explorer.T) {
	var p mem.Atomic[int]
	x.Go("reader", func() {
		if version := p.Load(atomic.Acquire); !version.IsNil() {
			version.Load()
		}
	})
	version := mem.New(1)
	p.Store(version, atomic.Relaxed)
	x.Join()
	version.Free()
}

func rcuMistakeNoPeriod(x *explorer.T) {
	var d rcus.Domain
	v := rcus.NewValue(&d, rcuPair{})
	v.UpdateLater(rcuPair.next)
	v.Close()
}

func rcuMistakeSynchronize(x *explorer.T) {
	var d rcus.Domain
	r := d.EpochReader()
	r.Lock()
	d.Synchronize()
	r.Unlock()
}
