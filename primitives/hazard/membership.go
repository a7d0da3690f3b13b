package hazard

import (
	"github.com/weakmem/litmus/primitives/atomic"
)

// Join returns a new participant. It must Leave when it is done.
func (d *Domain[T]) Join() *Participant[T] {
	for r := d.records.Load(atomic.Acquire); r != nil; r = r.next.Load() { // INV-HAZARD-5
		if r.claim() {
			return d.participant(r)
		}
	}
	r := &record[T]{slots: make([]slot[T], d.slots)}
	for {
		first := d.records.Load(atomic.Relaxed) // INV-HAZARD-5: only compared, never followed
		r.next.Store(first)
		// INV-HAZARD-5
		if d.records.CompareAndSwap(first, r, atomic.Release, atomic.Relaxed) {
			return d.participant(r)
		}
	}
}

// Drain frees what participants that have left retired, as far as no slot announces it: all of it, if no participant is
// left.
func (d *Domain[T]) Drain() {
	for r := d.records.Load(atomic.Acquire); r != nil; r = r.next.Load() { // INV-HAZARD-5
		if r.claim() {
			d.participant(r).Leave()
		}
	}
}

func (d *Domain[T]) participant(r *record[T]) *Participant[T] {
	return &Participant[T]{domain: d, record: r, retired: r.left.Load(), limit: 2 * d.slots}
}

// claim takes the record if nobody has it.
func (r *record[T]) claim() bool {
	return r.idle.CompareAndSwap(true, false, atomic.Acquire, atomic.Relaxed) // INV-HAZARD-4
}

// Leave clears all slots and ends the participant, which must not be used any more. What is still announced by others
// stays for a later Join or Drain.
func (p *Participant[T]) Leave() {
	r := p.own()
	for i := range r.slots {
		p.Clear(i)
	}
	p.Scan()
	r.left.Store(p.retired)
	p.record, p.retired = nil, nil
	r.idle.Store(true, atomic.Release) // INV-HAZARD-4
}
