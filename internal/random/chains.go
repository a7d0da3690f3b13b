package random

import "slices"

// chains are threads that settled ones complete to a cycle: letters as in shapes, A for an acquire read, S for a
// store-conditional after its load-reserve.
var chains = [][]string{
	{"Rx Ry Wz", "Rz Wx"}, {"Rx Ry Rz", "Wz Wx"},
	{"Rx Wz Rz Wy", "Ry Wx"}, {"Ry Wz Rz Rx", "Wx Wy"},
	{"Rx Uz Rz Wy", "Ry Wx"}, {"Ry Uz Rz Rx", "Wx Wy"},
	{"Rx Sz Rz Wy", "Ry Wx"}, {"Ry Sz Rz Rx", "Wx Wy"},
	{"Uy Ay Rx", "Wx Wy"}, {"Sy Ay Rx", "Wx Wy"},
	{"Ry Rz Rz Rx", "Wx Wy", "Wz"},
}

// Chains lists every program of a few shapes in which one thread is a chain of
// accesses, each with any dependency on the nearest result before it, and with the
// barrier for instructions or not before the last. It is what random programs rarely hit:
// rules that take several steps.
func Chains(name string) []*Program {
	d := dialects[name]
	var list []*Program
	for _, c := range chains {
		for _, thread := range d.chain(c[0]) {
			p := &Program{Dialect: name, Locations: 3, Threads: [][]Op{thread}}
			for _, letters := range c[1:] {
				p.Threads = append(p.Threads, d.settled(letters))
			}
			list = append(list, p)
			if slices.Contains(d.fences, "isb") {
				q := p.clone()
				last := len(thread) - 1
				q.Threads[0] = slices.Insert(q.Threads[0], last, Op{Kind: Fence, Fence: "isb"})
				list = append(list, q)
			}
		}
	}
	return list
}

// chain lists the threads that the letters stand for.
func (d *dialect) chain(letters string) [][]Op {
	threads := [][]Op{nil}
	for _, op := range plainOps(letters) {
		var longer [][]Op
		for _, thread := range threads {
			op := op
			op.ID = len(thread)
			longer = append(longer, append(slices.Clone(thread), op))
			if source := nearestResult(thread); source >= 0 {
				for _, via := range d.depends {
					if via.fits(op.Kind) && via != Guard {
						op.Via, op.From = via, source
						longer = append(longer, append(slices.Clone(thread), op))
					}
				}
			}
		}
		threads = longer
	}
	return threads
}

func nearestResult(thread []Op) int {
	for i := len(thread) - 1; i >= 0; i-- {
		if thread[i].HasResult() && thread[i].Kind != StoreConditional {
			return thread[i].ID
		}
	}
	return -1
}

// settled is the thread that the letters stand for, with full barriers.
func (d *dialect) settled(letters string) []Op {
	var thread []Op
	for i, op := range plainOps(letters) {
		if i > 0 {
			thread = append(thread, d.barrier())
		}
		op.ID, op.Value = i, op.Value+5
		thread = append(thread, op)
	}
	return thread
}

// plainOps are the operations that the letters stand for, without annotations.
func plainOps(letters string) []Op {
	var ops []Op
	for i := 0; i < len(letters); i += len("Rx ") {
		op := Op{Loc: location(letters[i:]), Value: len(ops) + 1}
		switch letters[i] {
		case 'R':
			op.Kind = Load
		case 'A':
			op.Kind, op.Order = Load, Acquire
		case 'W':
			op.Kind = Store
		case 'U':
			op.Kind = Exchange
		case 'S':
			reserve := op
			reserve.Kind = LoadReserve
			ops = append(ops, reserve)
			op.Kind = StoreConditional
		}
		ops = append(ops, op)
	}
	return ops
}
