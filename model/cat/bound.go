package cat

// bounder translates nodes to bounds that hold in every extension of a
// partial rf. A value that grows with rf is bounded from below by what the rf
// at hand makes of it; where it shrinks as rf grows, the most that rf can still
// become takes rf's place: each read without a source may read from any write
// to its location. With a whole rf both bounds are the value itself.
type bounder struct {
	*optimizer
	parts  []parts // of the source graph's nodes
	proper []bool  // by group of the source graph: it grows with its own names
	bounds map[boundKey]nodeID
}

type boundKey struct {
	id    nodeID
	upper bool
}

func (b *bounder) bound(id nodeID, upper bool) nodeID {
	if b.parts[id]&rfParts == 0 {
		return b.convert(id)
	}
	key := boundKey{id, upper}
	if out, ok := b.bounds[key]; ok {
		return out
	}
	out := b.boundOne(id, upper)
	b.bounds[key] = out
	return out
}

func (b *bounder) boundOne(id nodeID, upper bool) nodeID {
	n := b.src.nodes[id]
	switch n.op {
	case opInput:
		if upper {
			return b.most()
		}
		return b.convert(id)
	case opFix:
		return b.boundGroup(id, upper)
	}
	x := b.bound(n.a, upper != (n.op == opComplement))
	y := noNode
	if n.b != noNode {
		y = b.bound(n.b, upper != (n.op == opMinus))
	}
	return b.combine(n, x, y)
}

// most is rf with every read that it does not serve served by every write to its location.
func (b *bounder) most() nodeID {
	g := b.src
	return b.convert(g.union(g.input(inRf), g.inter(g.input(inLoc), g.product(g.input(inWrite), b.unserved()))))
}

// unserved are the reads that rf does not serve, as a node of src.
func (b *bounder) unserved() nodeID {
	return b.src.minus(b.src.input(inRead), b.src.ends(opRange, b.src.input(inRf)))
}

func (b *bounder) boundGroup(id nodeID, upper bool) nodeID {
	group := int(b.src.nodes[id].arg)
	src := b.src.groups[group]
	if !b.proper[group] {
		if upper {
			return b.leaf(opUniverse, b.src.kind(id))
		}
		return b.empty(b.src.kind(id))
	}
	kinds := make([]kind, len(src.vars))
	for i, v := range src.vars {
		kinds[i] = b.src.kind(v)
	}
	out := b.dst.newGroup(kinds)
	b.extendParts()
	for i, v := range src.vars {
		b.bounds[boundKey{v, upper}] = b.dst.groups[out].vars[i]
	}
	bodies := make([]nodeID, len(src.bodies))
	for i, body := range src.bodies {
		bodies[i] = b.bound(body, upper)
	}
	b.dst.groups[out].bodies = bodies
	return b.bounds[boundKey{id, upper}]
}
