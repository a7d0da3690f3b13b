package hazard

import (
	"fmt"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
)

// Participant is a goroutine's part in a domain. One goroutine uses it at a time. It must not be copied.
type Participant[T any] struct {
	_         noCopy
	_         cpu.CacheLinePad // from other participants
	domain    *Domain[T]
	record    *record[T] // nil: left, or freeing
	retired   []retired[T]
	limit     int // of retired, at which to scan
	announced map[mem.Handle[T]]struct{}
	freeing   bool
}

type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

func (p *Participant[T]) own() *record[T] {
	if p.record == nil {
		p.refuse()
	}
	return p.record
}

func (p *Participant[T]) refuse() {
	if p.freeing {
		panic("hazard: a participant is used by what it frees")
	}
	panic("hazard: a participant is used after Leave")
}

func (p *Participant[T]) slot(i int) *mem.Atomic[T] {
	slots := p.own().slots
	if uint(i) >= uint(len(slots)) {
		noSlot(i, len(slots))
	}
	return &slots[i].handle
}

func noSlot(i, n int) {
	panic(fmt.Sprintf("hazard: slot %d: participants of this domain have slots 0 to %d", i, n-1))
}

// Protect returns what source holds, which may be nil, and keeps the block from being freed until the slot is used again
// or cleared. What the slot protected before is protected no more.
//
// source must be a variable from which a block is removed before it is retired. If it is in a block itself, that block
// must be protected too.
func (p *Participant[T]) Protect(slot int, source *mem.Atomic[T]) mem.Handle[T] {
	s := p.slot(slot)
	h := source.Load(atomic.Relaxed) // INV-HAZARD-1: a guess, followed only if it is confirmed
	for {
		s.Store(h, atomic.Release)               // INV-HAZARD-3: what the slot protected before was used before
		atomic.Fence(atomic.SeqCst)              // INV-HAZARD-2
		confirmed := source.Load(atomic.Acquire) // INV-HAZARD-1
		if confirmed == h {
			return h
		}
		h = confirmed
	}
}

// Clear ends the protection of what the slot announces.
func (p *Participant[T]) Clear(slot int) {
	p.slot(slot).Store(mem.Handle[T]{}, atomic.Release) // INV-HAZARD-3
}

// Retire frees the block as soon as nobody announces it. It must have been removed from all variables that others
// protect it from, and is retired once.
func (p *Participant[T]) Retire(h mem.Handle[T]) { p.RetireFunc(h, nil) }

// RetireFunc is Retire with a function to call instead of [mem.Handle.Free]. It is called by whichever participant finds
// the block free to go, in Retire, Scan, Leave or Drain, and must not use it.
func (p *Participant[T]) RetireFunc(h mem.Handle[T], reclaim func(mem.Handle[T])) {
	p.own()
	if h.IsNil() {
		panic("hazard: Retire: the handle is nil, a block is needed")
	}
	p.retired = append(p.retired, retired[T]{h, reclaim})
	if len(p.retired) >= p.limit {
		p.Scan()
	}
}

// Pending returns how many blocks the participant has retired that are not yet freed, with those it took over.
func (p *Participant[T]) Pending() int { return len(p.retired) }
