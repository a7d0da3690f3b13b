// Package rcu is read-copy-update: readers that take no lock and write nothing that is shared, writers that replace
// instead of change, and memory that is freed when no reader can still be at it.
//
// A [Pointer] publishes one version of some data at a time, in memory that the program frees itself (mem.Handle). A reader
// dereferences it inside a read-side section and may use the version until the section ends. A writer copies the current
// version, changes the copy, publishes it, waits for a grace period, and frees the old one; [Value] does that in one call,
// with the writers serialised. A grace period is over when every section that was open at its beginning is closed. A
// [Domain] has the readers and the grace periods: [Domain.Synchronize] waits for one, [Domain.Call] leaves a function to
// be run after one.
//
// There are two sorts of readers, both with a slot of their own, which only they write and only writers look at.
//
//   - An [EpochReader] marks each section: Lock writes the slot, Unlock clears it.
//   - A [QuiescentReader] is in a section all the time, except at the moments when it says that it holds no reference:
//     its sections cost nothing at all.
//
// Why it is correct. Grace periods are numbered. A slot holds the number of the newest that its reader knows to have begun,
// or that the reader reads nothing. Grace period n waits until no slot holds a number below n. Either it finds the section
// in its slot and waits for its end, which the release of the slot and its acquisition put before the end of the grace
// period (INV-RCU-5); or the section began too late to be found, and then two sequentially consistent fences, the reader's
// between its slot and the pointer, the writer's between the pointer and the slots, make it see the new version
// (INV-RCU-4). A quiescent reader needs no fence, since it has acquired the number of the grace period (INV-RCU-6).
//
// A section costs an epoch reader two writes to a cache line of its own, a quiescent reader nothing, whatever the number of
// readers and writers. A grace period costs a write that every reader sees and one look at each slot, and lasts as long as
// the longest section. Memory: a slot of two cache lines a reader, and the versions that wait for their grace period.
//
// See specs/rcu.md. Sources: P. McKenney and J. Slingwine, "Read-copy update: using execution history to solve
// concurrency problems", PDCS 1998; M. Desnoyers, P. McKenney, A. Stern, M. Dagenais and J. Walpole, "User-level
// implementations of read-copy update", IEEE TPDS 2012; J. Alglave, L. Maranget, P. McKenney, A. Parri and A. Stern,
// "Frightening small children and disconcerting grown-ups: concurrency in the Linux kernel", ASPLOS 2018.
package rcu

import (
	"slices"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/snapshot"
	"github.com/weakmem/litmus/primitives/wait"
)

// Domain is a set of readers, and the grace periods that wait for them. The zero value has no readers and is ready to use.
// It must not be copied after its first use.
type Domain struct {
	_     cpu.CacheLinePad
	begun atomic.Uint64 // the number of grace periods that have begun
	_     cpu.CacheLinePad

	slots     snapshot.Value[[]*slot]
	callbacks callbacks
}

// slot is where a reader tells writers what it is at. Only its reader writes it, on cache lines that no other reader uses.
type slot struct {
	seen atomic.Uint64 // one more than the number of grace periods that had begun, as far as the reader knows; or idle
}

// idle is the value of a slot whose reader is in no section.
const idle = 0

// Synchronize waits for a grace period: until every section that was open when it was called is closed. Then it runs the
// callbacks that were queued before, unless another goroutine has taken them. Called inside a section, it waits for
// itself, for ever.
func (d *Domain) Synchronize() {
	queued := d.callbacks.takeAll()
	period := d.begin()
	for _, s := range d.registered() {
		wait.Until(func() bool { return s.passed(period) })
	}
	run(queued)
}

// begin begins a grace period and returns its number.
func (d *Domain) begin() uint64 {
	atomic.Fence(atomic.SeqCst)           // INV-RCU-4: between what the caller unpublished, and the slots
	return d.begun.Add(1, atomic.Relaxed) // INV-RCU-3, INV-RCU-6: the fence releases
}

func (d *Domain) registered() []*slot {
	if all := d.slots.Load(); all != nil {
		return *all
	}
	return nil
}

// passed reports whether the reader is in no section that began before the grace period did.
func (s *slot) passed(period uint64) bool {
	seen := s.seen.Load(atomic.Acquire) // INV-RCU-5
	return seen == idle || seen > period
}

// enter begins a section and returns what the slot holds.
func (s *slot) enter(d *Domain) uint64 {
	seen := d.begun.Load(atomic.Relaxed) + 1 // INV-RCU-9
	s.seen.Store(seen, atomic.Relaxed)       // INV-RCU-3
	atomic.Fence(atomic.SeqCst)              // INV-RCU-4: between the slot, and the pointers that the section loads
	return seen
}

// leave ends a section.
func (s *slot) leave() {
	s.seen.Store(idle, atomic.Release) // INV-RCU-5
}

func (d *Domain) register(s *slot) {
	d.slots.Update(func(all *[]*slot) *[]*slot {
		var more []*slot
		if all != nil {
			more = slices.Clone(*all)
		}
		more = append(more, s)
		return &more
	})
}

func (d *Domain) unregister(s *slot) {
	d.slots.Update(func(all *[]*slot) *[]*slot {
		fewer := slices.DeleteFunc(slices.Clone(*all), func(other *slot) bool { return other == s })
		return &fewer
	})
}
