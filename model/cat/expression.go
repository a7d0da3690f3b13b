package cat

import (
	"slices"

	"github.com/weakmem/litmus/internal/source"
)

func (ev *evaluator) eval(e expr, in *env) value {
	ev.enter(e.pos())
	v := ev.evalOne(e, in)
	ev.depth--
	return v
}

func (ev *evaluator) evalOne(e expr, in *env) value {
	switch e := e.(type) {
	case *nameExpr:
		val, ok := in.find(e.name)
		if !ok {
			return ev.lookUp(e)
		}
		if t, ok := val.(*thunk); ok {
			return ev.force(t)
		}
		return val.(value)
	case *zeroExpr:
		return relVal(ev.g.empty(relKind))
	case *universeExpr:
		return polyUniverse{}
	case *tagExpr:
		tag, ok := ev.tags[e.name]
		if !ok {
			ev.unbound(e.at, "no enum has the tag '%s", e.name)
		}
		return tag
	case *setExpr:
		return ev.display(e, in)
	case *tupleExpr:
		var t tupleVal
		for _, x := range e.elems {
			t = append(t, ev.eval(x, in))
		}
		return t
	case *unaryExpr:
		return ev.unary(e, in)
	case *binaryExpr:
		return ev.binary(e, in)
	case *applyExpr:
		return ev.application(e, in)
	case *funExpr:
		return &closure{e.name, e.params, e.body, in}
	case *letExpr:
		if e.rec {
			return ev.eval(e.body, ev.recursive(e.binds, in))
		}
		return ev.eval(e.body, ev.bindAll(e.binds, in, false))
	case *matchTagExpr:
		return ev.matchTag(e, in)
	case *matchSetExpr:
		return ev.matchSet(e, in)
	case *tryExpr:
		var v value
		stopped := ev.catch(func() { v = ev.eval(e.x, in) })
		if stopped == nil {
			return v
		}
		if stopped.kind == faultDynamic {
			panic(*stopped)
		}
		return ev.eval(e.fallback, in)
	case *ifExpr:
		if ev.holds(e.cond, in) {
			return ev.eval(e.then, in)
		}
		return ev.eval(e.alt, in)
	}
	panic("cat: unknown expression")
}

// node is the value of a node, by its kind.
func (ev *evaluator) node(id nodeID) value {
	if ev.g.kind(id) == setKind {
		return setVal(id)
	}
	return relVal(id)
}

// promote makes an event or a pair the set or relation of it alone.
func (ev *evaluator) promote(v value) value {
	switch v := v.(type) {
	case eventVal:
		return setVal(ev.run.eventNode(int(v)))
	case pairVal:
		return relVal(ev.run.pairNode(int(v[0]), int(v[1])))
	}
	return v
}

func (ev *evaluator) toRel(at source.Pos, v value) nodeID {
	switch v := ev.promote(v).(type) {
	case relVal:
		return nodeID(v)
	case polyEmpty:
		return ev.g.empty(relKind)
	case polyUniverse:
		return ev.g.universe(relKind)
	}
	ev.fail(at, "expected a relation, got %s", v.describe())
	return noNode
}

func (ev *evaluator) toSet(at source.Pos, v value) nodeID {
	switch v := ev.promote(v).(type) {
	case setVal:
		return nodeID(v)
	case polyEmpty:
		return ev.g.empty(setKind)
	case polyUniverse:
		return ev.g.universe(setKind)
	}
	ev.fail(at, "expected a set of events, got %s", v.describe())
	return noNode
}

// tagSet makes a tag the set of it alone.
func (ev *evaluator) tagSet(v value) value {
	if t, ok := v.(tagVal); ok {
		return newValueSet(t)
	}
	return v
}

func (ev *evaluator) display(e *setExpr, in *env) value {
	if len(e.elems) == 0 {
		return polyEmpty{}
	}
	var v value = polyEmpty{}
	for i := len(e.elems) - 1; i >= 0; i-- {
		v = ev.insert(e.elems[i].pos(), ev.eval(e.elems[i], in), v)
	}
	return v
}

// insert is x ++ s.
func (ev *evaluator) insert(at source.Pos, x, s value) value {
	switch s := ev.expand(s).(type) {
	case polyUniverse:
		return s
	case polyEmpty:
		switch x.(type) {
		case eventVal, pairVal:
			return ev.promote(x)
		case polyUniverse:
			ev.fail(at, "the universe cannot be an element of a set")
		}
		return newValueSet(x)
	case *valueSet:
		if !ev.sameType(x, s.elems) {
			ev.fail(at, "%s among elements that are each %s", x.describe(), s.elems[0].describe())
		}
		if ev.finds(s, x) {
			return s
		}
		return ev.valueSet(append([]value{x}, s.elems...))
	case setVal:
		if _, ok := x.(eventVal); !ok {
			ev.fail(at, "expected an event, to add to a set of events, got %s", x.describe())
		}
		return setVal(ev.g.union(nodeID(ev.promote(x).(setVal)), nodeID(s)))
	case relVal:
		if t, ok := x.(tupleVal); ok && len(t) == 2 {
			from, ok1 := t[0].(eventVal)
			to, ok2 := t[1].(eventVal)
			if ok1 && ok2 {
				x = pairVal{int32(from), int32(to)}
			}
		}
		if _, ok := x.(pairVal); !ok {
			ev.fail(at, "expected a pair of events, to add to a relation, got %s", x.describe())
		}
		return relVal(ev.g.union(nodeID(ev.promote(x).(relVal)), nodeID(s)))
	default:
		ev.fail(at, "expected a set after ++, got %s", s.describe())
		return nil
	}
}

// sameType reports whether x can join elems in a set.
func (ev *evaluator) sameType(x value, elems []value) bool {
	if len(elems) == 0 {
		return true
	}
	switch y := elems[0].(type) {
	case tagVal:
		t, ok := x.(tagVal)
		return ok && t.enum == y.enum
	case polyEmpty:
		return true
	default:
		_, isEmpty := x.(polyEmpty)
		return isEmpty || ev.typeName(x) == ev.typeName(y)
	}
}

func (ev *evaluator) typeName(v value) string {
	if _, ok := v.(*ordersVal); ok {
		return (&valueSet{}).describe()
	}
	return v.describe()
}

func (ev *evaluator) unary(e *unaryExpr, in *env) value {
	v := ev.eval(e.x, in)
	switch e.op {
	case tLBrack:
		if _, ok := v.(polyEmpty); ok {
			return v
		}
		return relVal(ev.g.identityOn(ev.toSet(e.at, v)))
	case tTilde:
		switch v := ev.promote(ev.tagSet(v)).(type) {
		case polyEmpty:
			return polyUniverse{}
		case polyUniverse:
			return polyEmpty{}
		case setVal:
			return setVal(ev.g.complement(nodeID(v)))
		case relVal:
			return relVal(ev.g.complement(nodeID(v)))
		case *valueSet:
			return ev.difference(ev.allTags(e.at, v), v)
		}
		ev.fail(e.at, "expected a set or a relation after ~, got %s", v.describe())
	}
	switch p := v.(type) {
	case polyEmpty:
		if e.op == tPlus || e.op == tHat {
			return v
		}
	case polyUniverse:
		return v
	case pairVal:
		if e.op == tHat {
			return pairVal{p[1], p[0]}
		}
	}
	r := ev.toRel(e.at, v)
	return relVal(ev.g.postfix(map[token]op{
		tPlus: opPlus, tStar: opStar, tQuestion: opOption, tHat: opInverse,
	}[e.op], r))
}

// allTags is the whole enumeration that a set of tags is of.
func (ev *evaluator) allTags(at source.Pos, s *valueSet) *valueSet {
	if len(s.elems) > 0 {
		if t, ok := s.elems[0].(tagVal); ok {
			return ev.enums[t.enum]
		}
	}
	ev.fail(at, "only sets of events, relations and sets of tags have a complement")
	return nil
}

func (ev *evaluator) binary(e *binaryExpr, in *env) value {
	switch e.op {
	case tSemi:
		return ev.sequence(e, in)
	case tStar:
		x, y := ev.eval(e.x, in), ev.eval(e.y, in)
		return relVal(ev.g.product(ev.toSet(e.x.pos(), x), ev.toSet(e.y.pos(), y)))
	}
	x := ev.eval(e.x, in)
	y := ev.eval(e.y, in)
	if e.op == tPlusPlus {
		if _, ok := x.(polyUniverse); ok {
			ev.fail(e.x.pos(), "the universe cannot be an element of a set")
		}
		return ev.insert(e.x.pos(), x, y)
	}
	x, y = ev.promote(ev.tagSet(x)), ev.promote(ev.tagSet(y))
	ev.comparable(e.x.pos(), x)
	ev.comparable(e.y.pos(), y)
	switch e.op {
	case tBar:
		return ev.unite(e, x, y)
	case tAmp:
		return ev.intersect(e, x, y)
	}
	return ev.subtract(e, x, y)
}

// comparable rejects what is neither a set nor a relation.
func (ev *evaluator) comparable(at source.Pos, v value) {
	switch v.(type) {
	case polyEmpty, polyUniverse, setVal, relVal, *valueSet, *ordersVal:
	default:
		ev.fail(at, "expected a set or a relation, got %s", v.describe())
	}
}

func (ev *evaluator) mixed(e *binaryExpr, x, y value) {
	ev.fail(e.y.pos(), "expected %s, as before %s, got %s", x.describe(), e.op, y.describe())
}

// sameKind is the nodes of two sets or relations, or the sets of values that they are.
func (ev *evaluator) sameKind(e *binaryExpr, x, y value) (a, b nodeID, s, t *valueSet) {
	switch x := x.(type) {
	case setVal:
		if y, ok := y.(setVal); ok {
			return nodeID(x), nodeID(y), nil, nil
		}
	case relVal:
		if y, ok := y.(relVal); ok {
			return nodeID(x), nodeID(y), nil, nil
		}
	case *valueSet, *ordersVal:
		xs := ev.expand(x).(*valueSet)
		if ys, ok := ev.expand(y).(*valueSet); ok && (len(ys.elems) == 0 || ev.sameType(ys.elems[0], xs.elems)) {
			return noNode, noNode, xs, ys
		}
	}
	ev.mixed(e, x, y)
	return
}

func (ev *evaluator) unite(e *binaryExpr, x, y value) value {
	if _, ok := x.(polyEmpty); ok {
		return y
	}
	if _, ok := y.(polyEmpty); ok {
		return x
	}
	if isUniverse(x) || isUniverse(y) {
		return polyUniverse{}
	}
	a, b, s, t := ev.sameKind(e, x, y)
	if s == nil {
		return ev.node(ev.g.union(a, b))
	}
	elems := slices.Clone(s.elems)
	for _, v := range t.elems {
		if !ev.finds(s, v) {
			elems = append(elems, v)
		}
	}
	return ev.valueSet(elems)
}

func (ev *evaluator) intersect(e *binaryExpr, x, y value) value {
	if isUniverse(x) {
		return y
	}
	if isUniverse(y) {
		return x
	}
	if _, ok := x.(polyEmpty); ok {
		return x
	}
	if _, ok := y.(polyEmpty); ok {
		return y
	}
	a, b, s, t := ev.sameKind(e, x, y)
	if s == nil {
		return ev.node(ev.g.inter(a, b))
	}
	return ev.filter(s, func(v value) bool { return ev.contains(t, v) })
}

// subtract is x \ y.
func (ev *evaluator) subtract(e *binaryExpr, x, y value) value {
	_, xEmpty := x.(polyEmpty)
	_, yEmpty := y.(polyEmpty)
	switch {
	case isUniverse(y) || xEmpty:
		return polyEmpty{}
	case yEmpty:
		return x
	case isUniverse(x):
		switch y := y.(type) {
		case setVal:
			return setVal(ev.g.complement(nodeID(y)))
		case relVal:
			return relVal(ev.g.complement(nodeID(y)))
		case *valueSet:
			return ev.difference(ev.allTags(e.x.pos(), y), y)
		}
	}
	a, b, s, t := ev.sameKind(e, x, y)
	if s == nil {
		return ev.node(ev.g.minus(a, b))
	}
	return ev.difference(s, t)
}

func (ev *evaluator) difference(s, t *valueSet) value {
	return ev.filter(s, func(v value) bool { return !ev.contains(t, v) })
}

func (ev *evaluator) filter(s *valueSet, keep func(value) bool) value {
	var elems []value
	for _, v := range s.elems {
		if keep(v) {
			elems = append(elems, v)
		}
	}
	return &valueSet{elems, s.distinct}
}

func isUniverse(v value) bool { _, ok := v.(polyUniverse); return ok }

// sequence evaluates x1 ; x2 ; … . If one of them is empty whatever the
// execution, so is the whole, even if another speaks of what executions lack.
func (ev *evaluator) sequence(e *binaryExpr, in *env) value {
	var xs []expr
	var rest expr = e
	for {
		b, ok := rest.(*binaryExpr)
		if !ok || b.op != tSemi {
			xs = append(xs, rest)
			break
		}
		xs = append(xs, b.x)
		rest = b.y
	}
	var missing *fault
	nodes := make([]nodeID, 0, len(xs))
	empty := false
	for _, x := range xs {
		stopped := ev.catch(func() {
			id := ev.toRel(x.pos(), ev.eval(x, in))
			empty = empty || ev.g.is(id, opEmpty)
			nodes = append(nodes, id)
		})
		if stopped == nil {
			continue
		}
		if stopped.kind != faultUnbound {
			panic(*stopped)
		}
		if missing == nil {
			missing = stopped
		}
	}
	if empty {
		return relVal(ev.g.empty(relKind))
	}
	if missing != nil {
		panic(*missing)
	}
	id := nodes[len(nodes)-1]
	for i := len(nodes) - 2; i >= 0; i-- {
		id = ev.g.seq(nodes[i], id)
	}
	return relVal(id)
}

func (ev *evaluator) application(e *applyExpr, in *env) value {
	fn := ev.eval(e.fn, in)
	arg := ev.eval(e.arg, in)
	switch f := fn.(type) {
	case *closure:
		return ev.eval(f.body, ev.match(e.at, f.params, arg, f.env))
	case *primitive:
		return f.apply(ev, e.arg.pos(), arg)
	case polyEmpty:
		if name, ok := e.fn.(*nameExpr); ok {
			ev.unbound(e.at, "function %s is not defined", name.name)
		}
	}
	ev.fail(e.at, "expected a function, got %s", fn.describe())
	return nil
}

func (ev *evaluator) matchTag(e *matchTagExpr, in *env) value {
	v := ev.eval(e.x, in)
	tag, ok := v.(tagVal)
	if !ok {
		ev.fail(e.x.pos(), "expected a tag to match, got %s", v.describe())
	}
	for _, c := range e.clauses {
		if c.tag == tag.name {
			return ev.eval(c.body, in)
		}
	}
	if e.fallback == nil {
		ev.fail(e.at, "no clause matches '%s", tag.name)
	}
	return ev.eval(e.fallback, in)
}

func (ev *evaluator) matchSet(e *matchSetExpr, in *env) value {
	v := ev.eval(e.x, in)
	var elems []value
	rebuild := func(elems []value) value { return &valueSet{elems, true} }
	switch v := ev.expand(v).(type) {
	case polyEmpty:
	case *valueSet:
		elems = v.elems
		if !v.distinct {
			ev.dynamic()
		}
	case setVal:
		if !ev.g.is(nodeID(v), opEmpty) {
			ev.dynamic()
			elems = ev.run.events(nodeID(v))
		}
		rebuild = ev.setOf
	case relVal:
		if !ev.g.is(nodeID(v), opEmpty) {
			ev.dynamic()
			elems = ev.run.pairs(nodeID(v))
		}
		rebuild = ev.relationOf
	default:
		ev.fail(e.x.pos(), "expected a set to match, got %s", v.describe())
	}
	if len(elems) == 0 {
		return ev.eval(e.empty, in)
	}
	if e.before == "" {
		in = in.bind(e.elt, elems[0]).bind(e.set, rebuild(elems[1:]))
		return ev.eval(e.body, in)
	}
	mid := len(elems) / 2
	in = in.bind(e.before, rebuild(elems[:mid])).bind(e.elt, elems[mid]).bind(e.set, rebuild(elems[mid+1:]))
	return ev.eval(e.body, in)
}

func (ev *evaluator) holds(c cond, in *env) bool {
	switch c := c.(type) {
	case variantCond:
		return ev.variants[c.name]
	case notCond:
		return !ev.holds(c.c, in)
	case logicCond:
		if c.and {
			return ev.holds(c.c, in) && ev.holds(c.d, in)
		}
		return ev.holds(c.c, in) || ev.holds(c.d, in)
	case compareCond:
		return ev.compare(c, in)
	}
	panic("cat: unknown condition")
}

func (ev *evaluator) compare(c compareCond, in *env) bool {
	x, y := ev.eval(c.x, in), ev.eval(c.y, in)
	switch c.op {
	case tEqual:
		return ev.equal(x, y)
	case tSubset:
		return ev.subset(c.at, x, y)
	}
	switch s := ev.expand(y).(type) {
	case *valueSet:
		return ev.contains(s, x)
	case polyEmpty:
		return false
	}
	if t, ok := x.(tupleVal); ok && len(t) == 2 {
		from, ok1 := t[0].(eventVal)
		to, ok2 := t[1].(eventVal)
		if ok1 && ok2 {
			x = pairVal{int32(from), int32(to)}
		}
	}
	switch x.(type) {
	case eventVal, pairVal:
		return ev.subset(c.at, x, y)
	}
	ev.fail(c.at, "expected an element before in, got %s", x.describe())
	return false
}

// equal reports whether two values are one; compiling, it may take an execution to know.
func (ev *evaluator) equal(x, y value) bool {
	switch a := x.(type) {
	case tagVal, eventVal, pairVal, *closure, *primitive, *procedure:
		return x == y
	case tupleVal:
		b, ok := y.(tupleVal)
		return ok && slices.EqualFunc(a, b, ev.equal)
	}
	x, y = ev.promote(x), ev.promote(y)
	if x == y {
		return true
	}
	if ev.run != nil {
		if r, ok := x.(relVal); ok {
			if s, ok := y.(relVal); ok {
				return ev.run.relation(nodeID(r)).Equal(ev.run.relation(nodeID(s)))
			}
		}
	}
	return ev.subset(source.Pos{}, x, y) && ev.subset(source.Pos{}, y, x)
}

func (ev *evaluator) subset(at source.Pos, x, y value) bool {
	x, y = ev.promote(ev.tagSet(x)), ev.promote(ev.tagSet(y))
	if _, ok := x.(polyEmpty); ok || isUniverse(y) {
		return true
	}
	switch a := ev.expand(x).(type) {
	case *valueSet:
		switch b := ev.expand(y).(type) {
		case *valueSet:
			for _, v := range a.elems {
				if !ev.contains(b, v) {
					return false
				}
			}
			return true
		case polyEmpty:
			return len(a.elems) == 0
		}
	case setVal:
		diff := ev.g.minus(nodeID(a), ev.toSet(at, y))
		if ev.g.is(diff, opEmpty) {
			return true
		}
		ev.dynamic()
		return ev.run.set(diff).IsEmpty()
	case relVal:
		diff := ev.g.minus(nodeID(a), ev.toRel(at, y))
		if ev.g.is(diff, opEmpty) {
			return true
		}
		ev.dynamic()
		return ev.run.relation(diff).IsEmpty()
	}
	return false
}

// contains reports whether v is in s; compiling, it may take an execution to know.
func (ev *evaluator) contains(s *valueSet, v value) bool {
	if ev.finds(s, v) {
		return true
	}
	if _, tag := v.(tagVal); !tag && len(s.elems) > 0 {
		ev.dynamic()
	}
	return false
}

// finds reports whether v is known to be in s. Compiling, relations and sets
// of events that are written differently are not known to be one.
func (ev *evaluator) finds(s *valueSet, v value) bool {
	for _, w := range s.elems {
		if ev.run != nil && ev.equal(v, w) || ev.run == nil && identical(v, w) {
			return true
		}
	}
	return false
}

// identical reports whether two values are one whatever the execution.
func identical(v, w value) bool {
	if v, ok := v.(tupleVal); ok {
		w, ok := w.(tupleVal)
		return ok && slices.EqualFunc(v, w, identical)
	}
	if _, ok := w.(tupleVal); ok {
		return false
	}
	return v == w
}

// newValueSet is the set of one value.
func newValueSet(v value) *valueSet { return &valueSet{[]value{v}, true} }

// valueSet is the set of some values, of which none is known to occur twice.
func (ev *evaluator) valueSet(elems []value) *valueSet {
	distinct := ev.run != nil || len(elems) < 2
	if !distinct {
		_, distinct = elems[0].(tagVal)
	}
	return &valueSet{elems, distinct}
}
