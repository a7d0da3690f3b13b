package hazard

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
)

// Scan frees what the participant has retired and no slot of the domain announces. Retire scans when it is due; Scan is
// for who wants memory back earlier.
func (p *Participant[T]) Scan() {
	record := p.own()
	if len(p.retired) == 0 {
		return
	}
	slots := p.collect()
	p.record, p.freeing = nil, true
	kept := p.retired[:0]
	for _, r := range p.retired {
		if _, held := p.announced[r.handle]; held {
			kept = append(kept, r)
			continue
		}
		if r.reclaim != nil {
			r.reclaim(r.handle)
		} else {
			r.handle.Free() // INV-HAZARD-1, INV-HAZARD-3
		}
	}
	clear(p.retired[len(kept):])
	p.retired = kept
	p.record, p.freeing = record, false
	// Of the blocks that start a scan at most half can be announced.
	p.limit = 2 * slots
}

// collect notes all that is announced, and returns how many slots there are.
func (p *Participant[T]) collect() (slots int) {
	if p.announced == nil {
		p.announced = map[mem.Handle[T]]struct{}{}
	}
	clear(p.announced)
	atomic.Fence(atomic.SeqCst)                                                   // INV-HAZARD-2
	for r := p.domain.records.Load(atomic.Acquire); r != nil; r = r.next.Load() { // INV-HAZARD-5
		for i := range r.slots {
			slots++
			h := r.slots[i].handle.Load(atomic.Acquire) // INV-HAZARD-2, INV-HAZARD-3
			if !h.IsNil() {
				p.announced[h] = struct{}{}
			}
		}
	}
	return slots
}
