package epoch

import (
	"github.com/weakmem/litmus/primitives/atomic"
)

// Join returns a new participant. It must Leave when it is done.
func (d *Domain) Join() *Participant {
	for r := d.records.Load(atomic.Acquire); r != nil; r = r.next.Load() { // INV-EPOCH-5
		if r.claim() {
			return d.participant(r)
		}
	}
	r := &record{}
	for {
		first := d.records.Load(atomic.Relaxed) // INV-EPOCH-5: only compared, never followed
		r.next.Store(first)
		// INV-EPOCH-5
		if d.records.CompareAndSwap(first, r, atomic.Release, atomic.Relaxed) {
			return d.participant(r)
		}
	}
}

// Drain frees what participants that have left retired: all of it, if nobody is pinned and nobody else collects.
func (d *Domain) Drain() {
	for r := d.records.Load(atomic.Acquire); r != nil; r = r.next.Load() { // INV-EPOCH-5
		if r.claim() {
			p := d.participant(r)
			p.Collect()
			p.Leave()
		}
	}
}

func (d *Domain) participant(r *record) *Participant {
	left := r.left.Load()
	return &Participant{domain: d, record: r, garbage: left, sealed: len(left)}
}

// claim takes the record if nobody has it.
func (r *record) claim() bool {
	return r.idle.CompareAndSwap(true, false, atomic.Acquire, atomic.Relaxed) // INV-EPOCH-6
}

// Leave ends the participant, which must not be used any more. What cannot be freed yet stays for a later Join or Drain.
// It panics if the participant is pinned.
func (p *Participant) Leave() {
	r := p.own()
	if p.depth > 0 {
		panic("epoch: Leave of a participant that is pinned")
	}
	p.Collect()
	r.left.Store(p.garbage)
	p.record, p.garbage = nil, nil
	r.idle.Store(true, atomic.Release) // INV-EPOCH-6
}
