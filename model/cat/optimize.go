package cat

import (
	"cmp"
	"math/bits"
	"slices"
)

// optimizer rewrites a graph for evaluation: operands that are known earlier
// in the search are brought together, so that what they make is computed once
// for all that follows; filters go inwards; closures of closures disappear.
// What comes out has the values of what went in.
type optimizer struct {
	src, dst *graph
	memo     map[nodeID]nodeID
	parts    []parts // of dst's nodes; recursive names count as depending on everything
}

func newOptimizer(src *graph) *optimizer {
	return &optimizer{src: src, dst: newGraph(src.inputs), memo: map[nodeID]nodeID{}}
}

// convert returns the node of dst that has the value of a node of src.
func (o *optimizer) convert(id nodeID) nodeID {
	if out, ok := o.memo[id]; ok {
		return out
	}
	out := o.convertOne(id)
	o.memo[id] = out
	return out
}

func (o *optimizer) convertOne(id nodeID) nodeID {
	n := o.src.nodes[id]
	switch n.op {
	case opFix:
		o.convertGroup(int(n.arg))
		return o.memo[id]
	case opEmpty, opUniverse, opIdentity, opInput:
		return o.add(n)
	}
	a := o.convert(n.a)
	b := noNode
	if n.b != noNode {
		b = o.convert(n.b)
	}
	return o.combine(n, a, b)
}

// combine applies the operator of a node of src to operands of dst.
func (o *optimizer) combine(n node, a, b nodeID) nodeID {
	switch n.op {
	case opUnion:
		return o.union(n.kind, a, b)
	case opInter:
		return o.inter(n.kind, a, b)
	case opMinus:
		return o.minus(a, b)
	case opComplement:
		return o.complement(a)
	case opSeq:
		return o.seq(a, b)
	case opInverse:
		return o.inverse(a)
	case opPlus:
		return o.plus(a)
	case opStar:
		return o.star(a)
	case opOption:
		return o.option(a)
	case opIdentityOn:
		return o.identityOn(a)
	case opProduct:
		return o.product(a, b)
	case opDomain, opRange:
		return o.ends(n.op, a)
	}
	panic("cat: cannot convert node")
}

func (o *optimizer) convertGroup(g int) {
	src := o.src.groups[g]
	kinds := make([]kind, len(src.vars))
	for i, v := range src.vars {
		kinds[i] = o.src.kind(v)
	}
	out := o.dst.newGroup(kinds)
	o.extendParts()
	for i, v := range src.vars {
		o.memo[v] = o.dst.groups[out].vars[i]
	}
	bodies := make([]nodeID, len(src.bodies))
	for i, b := range src.bodies {
		bodies[i] = o.convert(b)
	}
	o.dst.groups[out].bodies = bodies
}

func (o *optimizer) add(n node) nodeID {
	id := o.dst.add(n)
	o.extendParts()
	return id
}

func (o *optimizer) extendParts() {
	for i := len(o.parts); i < len(o.dst.nodes); i++ {
		n := &o.dst.nodes[i]
		var p parts
		switch n.op {
		case opInput:
			p = o.dst.inputs.parts(input(n.arg))
		case opFix:
			p = ^parts(0)
		default:
			o.dst.operands(nodeID(i), func(x nodeID) { p |= o.parts[x] })
		}
		o.parts = append(o.parts, p)
	}
}

// rank orders nodes by when they are known: with the skeleton, with co, with
// rf, with each choice.
func (o *optimizer) rank(id nodeID) int { return rankOf(o.parts[id]) }

func rankOf(p parts) int {
	if c := p & choiceParts; c != 0 {
		return 3 + bits.Len64(uint64(c))
	}
	switch {
	case p&rfParts != 0:
		return 2
	case p&coParts != 0:
		return 1
	}
	return 0
}

func (o *optimizer) op(id nodeID) op { return o.dst.nodes[id].op }

func (o *optimizer) apply(x op, k kind, a, b nodeID) nodeID {
	return o.add(node{op: x, kind: k, a: a, b: b, c: noNode})
}

func (o *optimizer) leaf(x op, k kind) nodeID {
	return o.add(node{op: x, kind: k, a: noNode, b: noNode, c: noNode})
}

func (o *optimizer) empty(k kind) nodeID { return o.leaf(opEmpty, k) }

// flatten lists the operands of nested applications of one operator, those known early first.
func (o *optimizer) flatten(x op, ids ...nodeID) []nodeID {
	var out []nodeID
	seen := map[nodeID]bool{}
	var visit func(id nodeID)
	visit = func(id nodeID) {
		if seen[id] {
			return
		}
		seen[id] = true
		if n := o.dst.nodes[id]; n.op == x {
			visit(n.a)
			visit(n.b)
			return
		}
		out = append(out, id)
	}
	for _, id := range ids {
		visit(id)
	}
	slices.SortFunc(out, func(a, b nodeID) int {
		return cmp.Or(cmp.Compare(o.rank(a), o.rank(b)), cmp.Compare(a, b))
	})
	return slices.Compact(out)
}

// fold applies an operator within each rank, then across them.
func (o *optimizer) fold(x op, k kind, terms []nodeID) nodeID {
	out := noNode
	for i := 0; i < len(terms); {
		rank, part := o.rank(terms[i]), terms[i]
		for i++; i < len(terms) && o.rank(terms[i]) == rank; i++ {
			part = o.apply(x, k, part, terms[i])
		}
		if out == noNode {
			out = part
		} else {
			out = o.apply(x, k, out, part)
		}
	}
	return out
}

func (o *optimizer) union(k kind, ids ...nodeID) nodeID {
	terms := o.flatten(opUnion, ids...)
	kept := terms[:0]
	for _, id := range terms {
		switch o.op(id) {
		case opEmpty:
		case opUniverse:
			return id
		default:
			kept = append(kept, id)
		}
	}
	if len(kept) == 0 {
		return o.empty(k)
	}
	return o.fold(opUnion, k, kept)
}

// inter is an intersection; products among its terms become filters, and
// complements differences.
func (o *optimizer) inter(k kind, ids ...nodeID) nodeID {
	var kept, out []nodeID
	from, to := noNode, noNode
	for _, id := range o.flatten(opInter, ids...) {
		n := o.dst.nodes[id]
		switch n.op {
		case opEmpty:
			return id
		case opUniverse:
		case opComplement:
			out = append(out, n.a)
		case opProduct:
			from, to = o.both(from, n.a), o.both(to, n.b)
		default:
			kept = append(kept, id)
		}
	}
	var id nodeID
	switch {
	case len(kept) > 0 && from != noNode:
		id = o.restrict(from, o.fold(opInter, k, kept), to)
	case len(kept) > 0:
		id = o.fold(opInter, k, kept)
	case from != noNode:
		id = o.product(from, to)
	default:
		id = o.leaf(opUniverse, k)
	}
	if len(out) > 0 {
		id = o.minus(id, o.union(k, out...))
	}
	return id
}

// both is the intersection of two sets, either of which may be missing.
func (o *optimizer) both(s, t nodeID) nodeID {
	switch {
	case s == noNode:
		return t
	case t == noNode:
		return s
	}
	return o.inter(setKind, s, t)
}

func (o *optimizer) minus(a, b nodeID) nodeID {
	k := o.dst.kind(a)
	switch {
	case a == b || o.op(b) == opUniverse:
		return o.empty(k)
	case o.op(a) == opEmpty || o.op(b) == opEmpty:
		return a
	case o.op(a) == opUniverse:
		return o.complement(b)
	case o.op(b) == opComplement:
		return o.inter(k, a, o.dst.nodes[b].a)
	}
	return o.apply(opMinus, k, a, b)
}

func (o *optimizer) complement(a nodeID) nodeID {
	n := o.dst.nodes[a]
	switch n.op {
	case opEmpty:
		return o.leaf(opUniverse, n.kind)
	case opUniverse:
		return o.empty(n.kind)
	case opComplement:
		return n.a
	}
	return o.apply(opComplement, n.kind, a, noNode)
}

func (o *optimizer) product(s, t nodeID) nodeID {
	switch {
	case o.op(s) == opEmpty || o.op(t) == opEmpty:
		return o.empty(relKind)
	case o.op(s) == opUniverse && o.op(t) == opUniverse:
		return o.leaf(opUniverse, relKind)
	}
	return o.apply(opProduct, relKind, s, t)
}

func (o *optimizer) identityOn(s nodeID) nodeID {
	switch o.op(s) {
	case opEmpty:
		return o.empty(relKind)
	case opUniverse:
		return o.leaf(opIdentity, relKind)
	}
	return o.apply(opIdentityOn, relKind, s, noNode)
}

// restrict is [s] ; r ; [t]. s and t may be missing.
func (o *optimizer) restrict(s, r, t nodeID) nodeID {
	all := o.leaf(opUniverse, setKind)
	if s == noNode {
		s = all
	}
	if t == noNode {
		t = all
	}
	n := o.dst.nodes[r]
	switch {
	case o.op(s) == opEmpty || o.op(t) == opEmpty:
		return o.empty(relKind)
	case s == all && t == all:
		return r
	}
	switch n.op {
	case opEmpty:
		return r
	case opIdentity:
		return o.identityOn(o.inter(setKind, s, t))
	case opIdentityOn:
		return o.identityOn(o.inter(setKind, s, n.a, t))
	case opProduct:
		return o.product(o.inter(setKind, s, n.a), o.inter(setKind, n.b, t))
	case opUniverse:
		return o.product(s, t)
	case opRestrict:
		return o.restrict(o.inter(setKind, s, n.b), n.a, o.inter(setKind, n.c, t))
	}
	return o.add(node{op: opRestrict, kind: relKind, a: r, b: s, c: t})
}

// longSequence is how many terms of a composition are rearranged; what is
// composed with itself again and again has more than can be written out.
const longSequence = 64

// seq is a composition. Filters among its terms go to the neighbour that is
// known first; then neighbours are composed, those known first first.
func (o *optimizer) seq(ids ...nodeID) nodeID {
	var terms []nodeID
	var visit func(id nodeID)
	visit = func(id nodeID) {
		n := o.dst.nodes[id]
		switch {
		case n.op == opSeq && len(terms) < longSequence:
			visit(n.a)
			visit(n.b)
		case n.op == opIdentity:
		default:
			terms = append(terms, id)
		}
	}
	for _, id := range ids {
		visit(id)
	}
	for _, id := range terms {
		if o.op(id) == opEmpty {
			return id
		}
	}
	terms = o.absorbFilters(terms)
	if len(terms) == 0 {
		return o.leaf(opIdentity, relKind)
	}
	for len(terms) > 1 {
		best, bestRank := 0, 1<<30
		for i := len(terms) - 2; i >= 0; i-- {
			if r := max(o.rank(terms[i]), o.rank(terms[i+1])); r < bestRank {
				best, bestRank = i, r
			}
		}
		terms[best] = o.compose(terms[best], terms[best+1])
		if o.op(terms[best]) == opEmpty {
			return terms[best]
		}
		terms = slices.Delete(terms, best+1, best+2)
	}
	return terms[0]
}

func (o *optimizer) compose(a, b nodeID) nodeID {
	if o.op(a) == opEmpty {
		return a
	}
	if o.op(b) == opEmpty {
		return b
	}
	return o.apply(opSeq, relKind, a, b)
}

func (o *optimizer) absorbFilters(terms []nodeID) []nodeID {
	for i := 0; i < len(terms); i++ {
		n := o.dst.nodes[terms[i]]
		if n.op != opIdentityOn || len(terms) == 1 {
			continue
		}
		if i > 0 && (i == len(terms)-1 || o.rank(terms[i-1]) <= o.rank(terms[i+1])) {
			terms[i-1] = o.restrict(noNode, terms[i-1], n.a)
		} else {
			terms[i+1] = o.restrict(n.a, terms[i+1], noNode)
		}
		terms = slices.Delete(terms, i, i+1)
		i = -1
	}
	return terms
}

var symmetric = map[input]bool{inLoc: true, inInt: true, inExt: true, inSame: true}

func (o *optimizer) inverse(a nodeID) nodeID {
	n := o.dst.nodes[a]
	switch n.op {
	case opEmpty, opUniverse, opIdentity, opIdentityOn:
		return a
	case opInverse:
		return n.a
	case opInput:
		if symmetric[input(n.arg)] {
			return a
		}
	case opProduct:
		return o.product(n.b, n.a)
	case opRestrict:
		return o.restrict(n.c, o.inverse(n.a), n.b)
	}
	return o.apply(opInverse, relKind, a, noNode)
}

// base strips the closures from a closure's operand.
func (o *optimizer) base(a nodeID) nodeID {
	for {
		switch n := o.dst.nodes[a]; n.op {
		case opPlus, opStar, opOption:
			a = n.a
		default:
			return a
		}
	}
}

func (o *optimizer) plus(a nodeID) nodeID {
	n := o.dst.nodes[a]
	switch n.op {
	case opEmpty, opUniverse, opIdentity, opIdentityOn, opPlus, opStar:
		return a
	case opOption:
		return o.star(n.a)
	case opInput: // transitive by the contract of model.Execution
		if i := input(n.arg); i == inPo || i == inCo {
			return a
		}
	}
	return o.apply(opPlus, relKind, a, noNode)
}

func (o *optimizer) star(a nodeID) nodeID {
	a = o.base(a)
	switch o.op(a) {
	case opEmpty, opIdentity, opIdentityOn:
		return o.leaf(opIdentity, relKind)
	case opUniverse:
		return a
	}
	if p := o.plus(a); p == a {
		return o.option(a)
	}
	return o.apply(opStar, relKind, a, noNode)
}

func (o *optimizer) option(a nodeID) nodeID {
	n := o.dst.nodes[a]
	switch n.op {
	case opEmpty, opIdentity, opIdentityOn:
		return o.leaf(opIdentity, relKind)
	case opUniverse, opStar, opOption:
		return a
	case opPlus:
		return o.star(n.a)
	}
	return o.apply(opOption, relKind, a, noNode)
}

func (o *optimizer) ends(x op, a nodeID) nodeID {
	n := o.dst.nodes[a]
	switch n.op {
	case opEmpty:
		return o.empty(setKind)
	case opIdentityOn:
		return n.a
	case opInverse:
		if x == opDomain {
			return o.ends(opRange, n.a)
		}
		return o.ends(opDomain, n.a)
	}
	return o.apply(x, setKind, a, noNode)
}
