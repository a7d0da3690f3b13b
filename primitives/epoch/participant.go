package epoch

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Batch is how many times a participant retires between two collections.
const Batch = 64

// Participant is a goroutine's part in a domain. One goroutine uses it at a time. It must not be copied.
type Participant struct {
	_       noCopy
	_       cpu.CacheLinePad // from other participants
	domain  *Domain
	record  *record // nil: left, or freeing
	depth   int     // of Pin
	garbage []garbage
	sealed  int // so much of garbage, its oldest part, has an epoch
	freeing bool
}

type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

func (p *Participant) own() *record {
	if p.record == nil {
		p.refuse()
	}
	return p.record
}

func (p *Participant) refuse() {
	if p.freeing {
		panic("epoch: a participant is used by what it frees")
	}
	panic("epoch: a participant is used after Leave")
}

// Pin begins a section in which what the participant finds in shared structures is not freed. Sections may be nested: the
// outermost counts.
func (p *Participant) Pin() {
	r := p.own()
	p.depth++
	if p.depth > 1 {
		return
	}
	now := p.domain.epoch.Load(atomic.Relaxed) // INV-EPOCH-2: an old epoch holds up others, no more
	r.state.Store(pinned(now), atomic.Relaxed) // INV-EPOCH-2
	atomic.Fence(atomic.SeqCst)                // INV-EPOCH-3
}

// Unpin ends the section: what was found in it must not be used any more. It panics if the participant is not pinned.
func (p *Participant) Unpin() {
	r := p.own()
	if p.depth == 0 {
		panic("epoch: Unpin without Pin")
	}
	p.depth--
	if p.depth == 0 {
		r.state.Store(unpinned, atomic.Release) // INV-EPOCH-4
	}
}

// Retire frees g as soon as nobody can hold it any more. It must have been removed from where others find it, and is
// retired once. A [Func] must not use the participant that calls it.
//
// Every Batch retirements the participant collects. As long as everyone who is pinned at one of its collections has unpinned
// by the next, and it is not pinned itself at them, it holds at most 3*Batch of garbage. One that stays pinned, by whatever
// it is delayed, holds up all frees of the domain until it goes on, and garbage grows without bound.
func (p *Participant) Retire(g Freer) {
	p.own()
	if g == nil {
		panic("epoch: Retire: nothing is given to be freed")
	}
	p.garbage = append(p.garbage, garbage{Freer: g})
	if len(p.garbage)-p.sealed >= Batch {
		p.Collect()
	}
}

// Pending returns how much the participant has retired that is not yet freed, with what it took over.
func (p *Participant) Pending() int { return len(p.garbage) }
