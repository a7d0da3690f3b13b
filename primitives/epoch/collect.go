package epoch

import (
	"github.com/weakmem/litmus/primitives/atomic"
)

// Collect moves the domain's epoch on, if everyone that is pinned has announced it, and frees what the participant retired
// two epochs ago. Retire collects when it is due; Collect is for who wants memory back earlier. What is retired before a
// Collect is freed by the second one, if nobody is pinned.
func (p *Participant) Collect() {
	p.own()
	d := p.domain
	// Relaxed: the fence acquires what the advance to this epoch released.
	now := d.epoch.Load(atomic.Relaxed)  // INV-EPOCH-3, INV-EPOCH-4
	atomic.Fence(atomic.SeqCst)          // INV-EPOCH-1, INV-EPOCH-3, INV-EPOCH-4
	p.seal(d.epoch.Load(atomic.Relaxed)) // INV-EPOCH-1: not before the fence, as now is
	if d.announced(now) && d.advance(now) {
		now++
	}
	p.free(now)
}

// announced reports whether everyone that is pinned has announced the epoch.
func (d *Domain) announced(epoch uint64) bool {
	for r := d.records.Load(atomic.Acquire); r != nil; r = r.next.Load() { // INV-EPOCH-5
		state := r.state.Load(atomic.Acquire) // INV-EPOCH-2, INV-EPOCH-4
		if state != unpinned && state != pinned(epoch) {
			return false
		}
	}
	return true
}

// advance moves the epoch on, if nobody has since it was now.
func (d *Domain) advance(now uint64) bool {
	return d.epoch.CompareAndSwap(now, now+1, atomic.Release, atomic.Relaxed) // INV-EPOCH-2, INV-EPOCH-4
}

// seal notes, for what was retired since the last time, an epoch: whoever has seen a later one finds it unlinked.
func (p *Participant) seal(epoch uint64) {
	for ; p.sealed < len(p.garbage); p.sealed++ {
		p.garbage[p.sealed].epoch = epoch
	}
}

// free frees what is out of use in an epoch. Epochs of one participant never go back, so that is the oldest part.
func (p *Participant) free(now uint64) {
	record := p.record
	p.record, p.freeing = nil, true
	n := 0
	for ; n < p.sealed && p.garbage[n].epoch+2 <= now; n++ {
		p.garbage[n].Free() // INV-EPOCH-1, INV-EPOCH-4
	}
	kept := copy(p.garbage, p.garbage[n:])
	clear(p.garbage[kept:])
	p.garbage = p.garbage[:kept]
	p.sealed -= n
	p.record, p.freeing = record, false
}
