package cat

// recursive binds the names of a let rec.
func (ev *evaluator) recursive(binds []bind, in *env) *env {
	var funs, vals []bind
	for _, b := range binds {
		if _, ok := b.x.(*funExpr); ok && !b.pat.tuple {
			funs = append(funs, b)
		} else {
			vals = append(vals, b)
		}
	}
	withFunctions := func(in *env) *env {
		var made []*closure
		for _, b := range funs {
			f := b.x.(*funExpr)
			c := &closure{f.name, f.params, f.body, nil}
			made = append(made, c)
			in = in.bind(b.pat.names[0], c)
		}
		for _, c := range made {
			c.env = in
		}
		return in
	}
	if len(vals) == 0 {
		return withFunctions(in)
	}
	if ev.run != nil {
		return ev.iterate(vals, in, withFunctions)
	}
	return ev.fixpoint(vals, in, withFunctions)
}

// recName is one name of a recursive definition of sets and relations.
type recName struct {
	name  string
	bind  int
	typed bool // what kind it is has been found
	kind  kind
}

func recNames(vals []bind) []recName {
	var names []recName
	for i, b := range vals {
		for _, name := range b.pat.names {
			names = append(names, recName{name: name, bind: i})
		}
	}
	return names
}

// fixpoint makes a recursive group of nodes. Whether a name is a set or a
// relation follows from its definition, starting from empty as the fixpoint does.
func (ev *evaluator) fixpoint(vals []bind, in *env, withFunctions func(*env) *env) *env {
	names := recNames(vals)
	for {
		var kinds []kind
		for _, n := range names {
			if n.typed {
				kinds = append(kinds, n.kind)
			}
		}
		group := ev.g.newGroup(kinds)
		inner, next := in, 0
		vars := make([]value, len(names))
		for i, n := range names {
			vars[i] = polyEmpty{}
			if n.typed {
				vars[i] = ev.node(ev.g.groups[group].vars[next])
				next++
			}
			inner = inner.bind(n.name, vars[i])
		}
		inner = withFunctions(inner)
		bodies, grew := ev.recBodies(vals, names, inner)
		if grew {
			continue
		}
		for i, n := range names {
			if n.typed {
				ev.g.groups[group].bodies = append(ev.g.groups[group].bodies, bodies[i])
			}
		}
		if len(kinds) == 1 {
			ev.closeForm(group, vars)
		}
		for i, n := range names {
			in = in.bind(n.name, vars[i])
			ev.name(n.name, vars[i])
		}
		return withFunctions(in)
	}
}

// recBodies evaluates the definitions of recursive names; grew tells that a
// name's kind has been found by it.
func (ev *evaluator) recBodies(vals []bind, names []recName, inner *env) (bodies []nodeID, grew bool) {
	bodies = make([]nodeID, len(names))
	at := 0
	for i, b := range vals {
		v := ev.eval(b.x, inner)
		parts := []value{v}
		if b.pat.tuple {
			if _, ok := v.(polyEmpty); !ok {
				parts = components(v)
			}
		}
		if len(parts) != len(b.pat.names) {
			ev.fail(b.at, "%d names are bound to a tuple of %d", len(b.pat.names), len(parts))
		}
		for _, part := range parts {
			n := &names[at]
			k := n.kind
			switch part := ev.promote(part).(type) {
			case setVal:
				k = setKind
			case relVal:
				k = relKind
			case polyUniverse:
				if !n.typed {
					k = relKind
				}
			case polyEmpty:
				if n.typed {
					bodies[at] = ev.g.empty(k)
				}
				at++
				continue
			default:
				ev.fail(vals[i].x.pos(), "expected a set of events or a relation, to define %s recursively, got %s",
					n.name, part.describe())
			}
			if n.typed && k != n.kind {
				ev.fail(vals[i].x.pos(), "%s is both %s and %s", n.name, n.kind, k)
			}
			grew = grew || !n.typed
			n.typed, n.kind = true, k
			if k == setKind {
				bodies[at] = ev.toSet(b.x.pos(), part)
			} else {
				bodies[at] = ev.toRel(b.x.pos(), part)
			}
			at++
		}
	}
	return bodies, grew
}

// closeForm recognises r = e | r;r, and r = e | f;r or r = e | r;f, and writes them as closures.
func (ev *evaluator) closeForm(group int, vars []value) {
	g := ev.g
	self, body := g.groups[group].vars[0], g.groups[group].bodies[0]
	base, loops := noNode, []nodeID(nil)
	var split func(id nodeID)
	split = func(id nodeID) {
		n := g.nodes[id]
		switch {
		case id == self:
		case n.op == opUnion && g.uses(id, self):
			split(n.a)
			split(n.b)
		case g.uses(id, self):
			loops = append(loops, id)
		case base == noNode:
			base = id
		default:
			base = g.union(base, id)
		}
	}
	split(body)
	if base == noNode || g.kind(self) != relKind {
		return
	}
	closed := base
	switch len(loops) {
	case 0:
	case 1:
		n := g.nodes[loops[0]]
		switch {
		case n.op != opSeq:
			return
		case n.a == self && n.b == self:
			closed = g.postfix(opPlus, base)
		case n.b == self && !g.uses(n.a, self):
			closed = g.seq(g.postfix(opStar, n.a), base)
		case n.a == self && !g.uses(n.b, self):
			closed = g.seq(base, g.postfix(opStar, n.b))
		default:
			return
		}
	default:
		return
	}
	for i, v := range vars {
		if v == value(relVal(self)) {
			vars[i] = relVal(closed)
		}
	}
}

// iterate computes a recursive definition on the execution at hand.
func (ev *evaluator) iterate(vals []bind, in *env, withFunctions func(*env) *env) *env {
	names := recNames(vals)
	old := make([]value, len(names))
	for i := range old {
		old[i] = polyEmpty{}
	}
	bindNames := func() *env {
		inner := in
		for i, n := range names {
			inner = inner.bind(n.name, old[i])
		}
		return withFunctions(inner)
	}
	for range maxRounds {
		stable := true
		at := 0
		for _, b := range vals {
			parts := []value{ev.eval(b.x, bindNames())}
			if b.pat.tuple {
				parts = components(parts[0])
			}
			if len(parts) != len(b.pat.names) {
				ev.fail(b.at, "%d names are bound to a tuple of %d", len(b.pat.names), len(parts))
			}
			for _, part := range parts {
				part = ev.run.constant(part)
				stable = stable && ev.subset(b.at, part, old[at])
				old[at] = part
				at++
			}
		}
		if stable {
			return bindNames()
		}
	}
	ev.fail(vals[0].at, "the recursive definition of %s has no fixpoint", names[0].name)
	return nil
}
