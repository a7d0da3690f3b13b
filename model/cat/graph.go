package cat

import (
	"strings"

	"github.com/weakmem/litmus/model"
)

// nodeID names a node of a graph.
type nodeID int32

// noNode is the absence of an operand.
const noNode nodeID = -1

// kind tells sets of events from relations over them.
type kind uint8

const (
	setKind kind = iota
	relKind
)

func (k kind) String() string {
	if k == setKind {
		return "a set of events"
	}
	return "a relation"
}

// op is what a node computes.
type op uint8

const (
	opEmpty      op = iota
	opUniverse      // all events, all pairs
	opIdentity      // all (e, e)
	opInput         // what the execution brings: arg is an input
	opConst         // a value found while running: arg indexes graph.consts
	opUnion         // a | b
	opInter         // a & b
	opMinus         // a \ b
	opComplement    // ~a
	opSeq           // a ; b
	opInverse       // a^-1
	opPlus          // a+
	opStar          // a*
	opOption        // a?
	opIdentityOn    // [a]
	opProduct       // a * b
	opRestrict      // [b] ; a ; [c]
	opDomain        // domain(a)
	opRange         // range(a)
	opFix           // the value of a recursive name: arg indexes graph.groups, c its member
)

// node is one value that a model computes from an execution.
type node struct {
	op      op
	kind    kind
	arg     int32
	a, b, c nodeID
}

// graph is a model as values computed from values: operands come before the
// nodes that use them, except that recursive names come before their
// definitions. Equal nodes are one.
type graph struct {
	inputs *inputs
	nodes  []node
	index  map[node]nodeID
	base   map[node]nodeID // of the graph that this one extends, read only
	groups []group
	consts []constant
	names  map[nodeID]string // what a let called it first
}

// group is a set of names defined by mutual recursion: the least fixpoint of
// their definitions, reached by evaluating them in order, each with the latest
// values of the others, until none grows.
type group struct {
	vars   []nodeID
	bodies []nodeID
}

// constant is a value that is not computed by an operator.
type constant struct {
	set *model.Set
	rel *model.Relation
}

func newGraph(in *inputs) *graph {
	return &graph{inputs: in, index: map[node]nodeID{}, names: map[nodeID]string{}}
}

// extend returns a graph that has g's nodes and can grow without changing g.
func (g *graph) extend() *graph {
	n := len(g.nodes)
	return &graph{
		inputs: g.inputs,
		nodes:  g.nodes[:n:n], index: map[node]nodeID{}, base: g.index,
		groups: g.groups[:len(g.groups):len(g.groups)], names: g.names,
	}
}

// truncate takes back all nodes from n on and all constants.
func (g *graph) truncate(n, groups int) {
	g.nodes, g.groups, g.consts = g.nodes[:n], g.groups[:groups], g.consts[:0]
	clear(g.index)
}

func (g *graph) add(n node) nodeID {
	if id, ok := g.index[n]; ok {
		return id
	}
	if id, ok := g.base[n]; ok {
		return id
	}
	id := nodeID(len(g.nodes))
	g.nodes = append(g.nodes, n)
	g.index[n] = id
	return id
}

func (g *graph) leaf(o op, k kind, arg int32) nodeID {
	return g.add(node{op: o, kind: k, arg: arg, a: noNode, b: noNode, c: noNode})
}

func (g *graph) apply(o op, k kind, a, b nodeID) nodeID {
	return g.add(node{op: o, kind: k, a: a, b: b, c: noNode})
}

func (g *graph) kind(id nodeID) kind     { return g.nodes[id].kind }
func (g *graph) is(id nodeID, o op) bool { return g.nodes[id].op == o }
func (g *graph) empty(k kind) nodeID     { return g.leaf(opEmpty, k, 0) }
func (g *graph) universe(k kind) nodeID  { return g.leaf(opUniverse, k, 0) }
func (g *graph) identity() nodeID        { return g.leaf(opIdentity, relKind, 0) }
func (g *graph) input(i input) nodeID    { return g.leaf(opInput, g.inputs.kind(i), int32(i)) }
func (g *graph) constant(c constant) nodeID {
	k := relKind
	if c.set != nil {
		k = setKind
	}
	g.consts = append(g.consts, c)
	return g.leaf(opConst, k, int32(len(g.consts)-1))
}

// The constructors below keep the shape that the model's author wrote, for
// explanations, but for what is empty whatever the execution.

func (g *graph) union(a, b nodeID) nodeID {
	switch {
	case a == b || g.is(b, opEmpty):
		return a
	case g.is(a, opEmpty):
		return b
	case g.is(a, opUniverse) || g.is(b, opUniverse):
		return g.universe(g.kind(a))
	}
	return g.apply(opUnion, g.kind(a), a, b)
}

func (g *graph) inter(a, b nodeID) nodeID {
	switch {
	case a == b || g.is(b, opUniverse) || g.is(a, opEmpty):
		return a
	case g.is(a, opUniverse) || g.is(b, opEmpty):
		return b
	}
	return g.apply(opInter, g.kind(a), a, b)
}

func (g *graph) minus(a, b nodeID) nodeID {
	switch {
	case a == b || g.is(b, opUniverse):
		return g.empty(g.kind(a))
	case g.is(a, opEmpty) || g.is(b, opEmpty):
		return a
	}
	return g.apply(opMinus, g.kind(a), a, b)
}

func (g *graph) complement(a nodeID) nodeID {
	switch {
	case g.is(a, opEmpty):
		return g.universe(g.kind(a))
	case g.is(a, opUniverse):
		return g.empty(g.kind(a))
	}
	return g.apply(opComplement, g.kind(a), a, noNode)
}

func (g *graph) seq(a, b nodeID) nodeID {
	switch {
	case g.is(a, opEmpty) || g.is(b, opIdentity):
		return a
	case g.is(b, opEmpty) || g.is(a, opIdentity):
		return b
	}
	return g.apply(opSeq, relKind, a, b)
}

// postfix is a+, a*, a? or a^-1.
func (g *graph) postfix(o op, a nodeID) nodeID {
	if g.is(a, opEmpty) {
		if o == opStar || o == opOption {
			return g.identity()
		}
		return a
	}
	if g.is(a, opIdentity) {
		return a
	}
	return g.apply(o, relKind, a, noNode)
}

func (g *graph) identityOn(s nodeID) nodeID {
	switch {
	case g.is(s, opEmpty):
		return g.empty(relKind)
	case g.is(s, opUniverse):
		return g.identity()
	}
	return g.apply(opIdentityOn, relKind, s, noNode)
}

func (g *graph) product(s, t nodeID) nodeID {
	switch {
	case g.is(s, opEmpty) || g.is(t, opEmpty):
		return g.empty(relKind)
	case g.is(s, opUniverse) && g.is(t, opUniverse):
		return g.universe(relKind)
	}
	return g.apply(opProduct, relKind, s, t)
}

// ends is domain(a) or range(a).
func (g *graph) ends(o op, a nodeID) nodeID {
	if g.is(a, opEmpty) {
		return g.empty(setKind)
	}
	return g.apply(o, setKind, a, noNode)
}

// newGroup makes a group with names of these kinds; define completes it.
func (g *graph) newGroup(kinds []kind) int {
	i := len(g.groups)
	vars := make([]nodeID, len(kinds))
	for j, k := range kinds {
		vars[j] = g.add(node{op: opFix, kind: k, arg: int32(i), a: noNode, b: noNode, c: nodeID(j)})
	}
	g.groups = append(g.groups, group{vars: vars})
	return i
}

// operands calls f on each operand of a node, not following recursion.
func (g *graph) operands(id nodeID, f func(nodeID)) {
	n := &g.nodes[id]
	if n.op == opFix {
		return
	}
	for _, x := range [3]nodeID{n.a, n.b, n.c} {
		if x != noNode {
			f(x)
		}
	}
}

// all is every node.
func (g *graph) all() []bool {
	in := make([]bool, len(g.nodes))
	for i := range in {
		in[i] = true
	}
	return in
}

// reach is the nodes that a node is computed from, and itself.
func (g *graph) reach(id nodeID) []bool {
	in := make([]bool, len(g.nodes))
	var visit func(nodeID)
	visit = func(id nodeID) {
		if in[id] {
			return
		}
		in[id] = true
		g.operands(id, visit)
		if n := &g.nodes[id]; n.op == opFix {
			for _, body := range g.groups[n.arg].bodies {
				visit(body)
			}
		}
	}
	visit(id)
	return in
}

// looksInside reports whether one of some nodes is about what happens inside instructions.
func (g *graph) looksInside(in []bool) bool {
	for i := range g.nodes {
		if n := &g.nodes[i]; in[i] && n.op == opInput && input(n.arg).isInside() {
			return true
		}
	}
	return false
}

// uses reports whether id's value is computed from x's.
func (g *graph) uses(id, x nodeID) bool {
	seen := map[nodeID]bool{}
	var visit func(nodeID) bool
	visit = func(id nodeID) bool {
		if id == x {
			return true
		}
		if seen[id] {
			return false
		}
		seen[id] = true
		found := false
		g.operands(id, func(y nodeID) { found = found || visit(y) })
		if n := &g.nodes[id]; n.op == opFix {
			for _, body := range g.groups[n.arg].bodies {
				found = found || visit(body)
			}
		}
		return found
	}
	return visit(id)
}

// binding strengths of operators in text, as in grammar.txt
const (
	looseUnion = iota
	looseSeq
	looseMinus
	looseInter
	looseProduct
	loosePostfix
	tight
)

// text writes a node as cat, names standing for what they name.
func (g *graph) text(id nodeID) string { return g.textAt(id, looseUnion) }

func (g *graph) textAt(id nodeID, level int) string {
	n := &g.nodes[id]
	if name, ok := g.names[id]; ok {
		return name
	}
	infix := func(at int, operator string) string {
		s := g.textAt(n.a, at+1) + operator + g.textAt(n.b, at)
		if at == looseMinus {
			s = g.textAt(n.a, at) + operator + g.textAt(n.b, at+1)
		}
		if at < level {
			return "(" + s + ")"
		}
		return s
	}
	switch n.op {
	case opEmpty:
		if n.kind == setKind {
			return "{}"
		}
		return "0"
	case opUniverse:
		return "_"
	case opIdentity:
		return "id"
	case opInput:
		return g.inputs.name(input(n.arg))
	case opUnion:
		return infix(looseUnion, " | ")
	case opInter:
		return infix(looseInter, " & ")
	case opMinus:
		return infix(looseMinus, ` \ `)
	case opSeq:
		return infix(looseSeq, ";")
	case opProduct:
		return infix(looseProduct, " * ")
	case opComplement:
		return "~" + g.textAt(n.a, loosePostfix)
	case opInverse:
		return g.textAt(n.a, tight) + "^-1"
	case opPlus:
		return g.textAt(n.a, tight) + "+"
	case opStar:
		return g.textAt(n.a, tight) + "*"
	case opOption:
		return g.textAt(n.a, tight) + "?"
	case opIdentityOn:
		return "[" + g.textAt(n.a, looseUnion) + "]"
	case opDomain:
		return "domain(" + g.textAt(n.a, looseUnion) + ")"
	case opRange:
		return "range(" + g.textAt(n.a, looseUnion) + ")"
	case opRestrict:
		parts := []string{g.textAt(n.a, looseMinus)}
		if !g.is(n.b, opUniverse) {
			parts = append([]string{"[" + g.textAt(n.b, looseUnion) + "]"}, parts...)
		}
		if !g.is(n.c, opUniverse) {
			parts = append(parts, "["+g.textAt(n.c, looseUnion)+"]")
		}
		return strings.Join(parts, ";")
	}
	return "…"
}
