package random

import "slices"

// Permuted is the program with its threads in another order: thread i of the
// result is thread order[i] of p.
func (p *Program) Permuted(order []int) *Program {
	q := *p
	q.Threads = make([][]Op, len(order))
	for i, t := range order {
		q.Threads[i] = p.Threads[t]
	}
	return &q
}

// Strengthened lists the programs that differ from p in one annotation, or one
// barrier, that is stronger there.
func (p *Program) Strengthened() []*Program {
	d := dialects[p.Dialect]
	var list []*Program
	change := func(t, i int, f func(*Op)) {
		q := p.clone()
		f(&q.Threads[t][i])
		list = append(list, q)
	}
	for t := range p.Threads {
		for i, op := range p.Threads[t] {
			if op.Kind != Fence && p.Plain != nil && op.Order == Plain {
				continue // a plain access is not a weaker atomic one: it may race
			}
			for _, o := range d.orders[op.Kind] {
				if op.Order.Below(o) {
					change(t, i, func(op *Op) { op.Order = o })
				}
			}
			if op.Fail != Plain && op.Fail.Below(failure(op.Order)) {
				change(t, i, func(op *Op) { op.Fail = failure(op.Order) })
			}
			// An instruction barrier, or one for code, is not a weak form of a full barrier.
			if op.Fence != "" && op.Fence != d.full && !slices.Contains([]string{"isb", "fence.i"}, op.Fence) {
				change(t, i, func(op *Op) { op.Fence = d.full })
			}
		}
	}
	return list
}

// barrier is the barrier that orders everything.
func (d *dialect) barrier() Op {
	if d.full == "" { // C's
		return Op{Kind: Fence, Order: SeqCst}
	}
	return Op{Kind: Fence, Fence: d.full}
}

// Fenced lists the programs that have one more full barrier than p, between two operations.
func (p *Program) Fenced() []*Program {
	fence := dialects[p.Dialect].barrier()
	var list []*Program
	for t := range p.Threads {
		for i := 1; i < len(p.Threads[t]); i++ {
			q := p.clone()
			q.Threads[t] = slices.Insert(q.Threads[t], i, fence)
			list = append(list, q)
		}
	}
	return list
}

// Relaxed is the program with every annotation as weak as the dialect has it,
// and no barriers but those for instructions.
func (p *Program) Relaxed() *Program {
	d := dialects[p.Dialect]
	q := p.clone()
	for t := range q.Threads {
		q.Threads[t] = slices.DeleteFunc(q.Threads[t], func(op Op) bool {
			return op.Kind == Fence && op.Fence != "isb" && op.Fence != "fence.i"
		})
		for i := range q.Threads[t] {
			op := &q.Threads[t][i]
			for _, o := range d.orders[op.Kind] {
				if o.Below(op.Order) {
					op.Order = o
				}
			}
			op.Fail = min(op.Fail, Relaxed)
		}
	}
	return q
}

// Renamed is the program with location i of the result standing where location
// order[i] of p did.
func (p *Program) Renamed(order []int) *Program {
	q := p.clone()
	for t := range q.Threads {
		for i := range q.Threads[t] {
			op := &q.Threads[t][i]
			op.Loc = slices.Index(order, op.Loc)
		}
	}
	for i := range p.Plain {
		if i == 0 {
			q.Plain = make([]bool, len(p.Plain))
		}
		q.Plain[i] = p.Plain[order[i]]
	}
	return q
}
