package interpret

import (
	"slices"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/litmus/ir"
)

// orders are the tags that say how an event orders others (ISO/IEC 9899:2011, 7.17.3).
type orders struct {
	atomic, consume, acquire, release, acqRel, seqCst ir.Tags
}

func newOrders(p *ir.Program) orders {
	tag := func(name string) ir.Tags {
		if i := slices.Index(p.Tags, name); i >= 0 {
			return 1 << i
		}
		return 0
	}
	return orders{
		atomic: tag("A"), consume: tag("CON"), acquire: tag("ACQ"), release: tag("REL"), acqRel: tag("ACQ_REL"), seqCst: tag("SC"),
	}
}

// read is the ordering of a load. Tests may write orders that C does not give
// a load, such as release: that part is without effect.
func (o *orders) read(t ir.Tags) sim.Ordering {
	switch {
	case t&o.atomic == 0:
		return sim.Plain
	case t&o.seqCst != 0:
		return sim.SeqCst
	case t&(o.acquire|o.acqRel) != 0:
		return sim.Acquire
	}
	return sim.Relaxed
}

// write is the ordering of a store, as read is of a load.
func (o *orders) write(t ir.Tags) sim.Ordering {
	switch {
	case t&o.atomic == 0:
		return sim.Plain
	case t&o.seqCst != 0:
		return sim.SeqCst
	case t&(o.release|o.acqRel) != 0:
		return sim.Release
	}
	return sim.Relaxed
}

// update is the ordering of a read-modify-write.
func (o *orders) update(t ir.Tags) sim.Ordering {
	switch {
	case t&o.atomic == 0:
		return sim.Plain
	case t&o.seqCst != 0:
		return sim.SeqCst
	case t&o.acqRel != 0:
		return sim.AcqRel
	case t&o.acquire != 0:
		return sim.Acquire
	case t&o.release != 0:
		return sim.Release
	}
	return sim.Relaxed
}

// fence is the ordering of a fence; Relaxed for one that orders nothing, such
// as those that only the Linux kernel's model knows.
func (o *orders) fence(t ir.Tags) sim.Ordering { return o.update(t | o.atomic) }

// sequential returns an instruction's operations in an order that they may be
// run in one after another, although the instruction leaves its loads unsequenced; it reports false if
// there is none. Under rc11 a load that does not synchronise may precede a load of another location.
func (o *orders) sequential(ops []ir.Micro) ([]ir.Micro, bool) {
	acquiring := -1
	var seen []ir.Value
	for i := range ops {
		op := &ops[i]
		switch op.Kind {
		case ir.Load:
			if op.Addr.Reg != ir.NoReg || slices.Contains(seen, op.Addr.Imm) {
				return ops, false
			}
			seen = append(seen, op.Addr.Imm)
			if o.read(op.Tags).Acquires() {
				if acquiring >= 0 {
					return ops, false
				}
				acquiring = i
			}
		case ir.Store, ir.Update, ir.Fence, ir.Skip:
			return ops, false
		}
	}
	if acquiring < 0 {
		return ops, true
	}
	var first, rest []ir.Micro
	for _, op := range ops[acquiring+1:] {
		if op.Kind == ir.Load {
			first = append(first, op) // its address is a constant
		} else {
			rest = append(rest, op)
		}
	}
	return slices.Concat(ops[:acquiring], first, ops[acquiring:acquiring+1], rest), true
}
