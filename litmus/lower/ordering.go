package lower

import (
	"fmt"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus/ir"
)

// tags reads the event sets of C.
type tags struct {
	kernel ir.Tags
	orders []tagged
}

type tagged struct {
	tag   ir.Tags
	order sim.Ordering
}

// consume stands for memory_order_consume among the orderings.
const consume = sim.Ordering(255)

func newTags(names []string) tags {
	var t tags
	for _, name := range []string{"Once", "Acquire", "Release", "Mb", "Rmb", "Wmb", "Rcu-lock", "Rcu-unlock", "Sync-rcu"} {
		t.kernel |= ir.Bit(names, name)
	}
	for name, o := range map[string]sim.Ordering{
		"RLX": sim.Relaxed, "CON": consume, "ACQ": sim.Acquire, "REL": sim.Release, "ACQ_REL": sim.AcqRel, "SC": sim.SeqCst,
	} {
		t.orders = append(t.orders, tagged{ir.Bit(names, name), o})
	}
	return t
}

// order is the ordering that the tags name, Plain if none.
func (t tags) order(of ir.Tags) (sim.Ordering, error) {
	if of&t.kernel != 0 {
		return 0, fmt.Errorf("no mapping for the primitives of the Linux kernel: expected those of <stdatomic.h>")
	}
	for _, o := range t.orders {
		if of&o.tag != 0 {
			return o.order, nil
		}
	}
	return sim.Plain, nil
}

// fence is the ordering of a fence: one that consumes acquires.
func (t tags) fence(of ir.Tags) (sim.Ordering, error) {
	o, err := t.order(of)
	if o == consume {
		o = sim.Acquire
	}
	return o, err
}

// access is what an access does, and its ordering.
func (t tags) access(op *operation, consumed sim.Ordering) (mapping.Operation, sim.Ordering, error) {
	kind := mapping.Load
	switch {
	case op.Kind == ir.Store:
		kind = mapping.Store
	case op.cas != nil:
		kind = mapping.CompareAndSwap
	case op.Kind == ir.Update:
		kind = map[ir.Fn]mapping.Operation{
			ir.Add: mapping.Add, ir.Sub: mapping.Sub, ir.And: mapping.And, ir.Or: mapping.Or, ir.Xor: mapping.Xor, ir.Exchange: mapping.Swap,
		}[op.Fn]
	}
	of := op.Tags
	if op.cas != nil {
		of = op.cas.onSuccess
	}
	order, err := t.order(of)
	if order == consume {
		order = consumed
	}
	if op.cas == nil || err != nil {
		return kind, order, err
	}
	failure, err := t.order(op.cas.onFailure)
	if failure == consume {
		failure = consumed
	}
	return kind, mapping.Combine(order, failure), err
}
