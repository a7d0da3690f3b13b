package cat

import (
	"math/bits"
	"slices"

	"github.com/weakmem/litmus/model"
)

// layout is what evaluation needs to know of a graph beforehand.
type layout struct {
	parts      []parts             // of each node: what its value is computed from
	dependents [partCount][]uint64 // by part: the nodes to forget when it changes, as bits
	inGroup    [][]uint64          // by group: the nodes computed from its names, but for them
	used       parts
}

// newLayout lays out a graph. Nodes that follow the graph's are pseudo-nodes
// of the caller, which extra gives the parts of.
func newLayout(g *graph, extra []parts) *layout {
	l := &layout{parts: make([]parts, len(g.nodes), len(g.nodes)+len(extra))}
	groupParts := make([]parts, len(g.groups))
	for changed := true; changed; {
		changed = false
		for id := range g.nodes {
			n := &g.nodes[id]
			var p parts
			switch n.op {
			case opInput:
				p = g.inputs.parts(input(n.arg))
			case opFix:
				p = groupParts[n.arg]
			default:
				g.operands(nodeID(id), func(x nodeID) { p |= l.parts[x] })
			}
			changed = changed || p != l.parts[id]
			l.parts[id] = p
		}
		for i := range g.groups {
			for _, b := range g.groups[i].bodies {
				groupParts[i] |= l.parts[b]
			}
		}
	}
	l.parts = append(l.parts, extra...)
	words := (len(l.parts) + 63) / 64
	for p := range l.dependents {
		l.dependents[p] = make([]uint64, words)
	}
	for id, ps := range l.parts {
		l.used |= ps
		for p := range l.dependents {
			if ps&part(p).bit() != 0 {
				l.dependents[p][id/64] |= 1 << (id % 64)
			}
		}
	}
	for i := range g.groups {
		l.inGroup = append(l.inGroup, groupMembers(g, i, words))
	}
	return l
}

// groupMembers is the nodes whose value is computed from a group's names.
func groupMembers(g *graph, group, words int) []uint64 {
	in := make([]bool, len(g.nodes))
	for changed := true; changed; {
		changed = false
		for id := range g.nodes {
			if in[id] {
				continue
			}
			n := &g.nodes[id]
			found := n.op == opFix && int(n.arg) == group
			g.operands(nodeID(id), func(x nodeID) { found = found || in[x] })
			if n.op == opFix {
				for _, b := range g.groups[n.arg].bodies {
					found = found || in[b]
				}
			}
			in[id] = found
			changed = changed || found
		}
	}
	for _, v := range g.groups[group].vars {
		in[v] = false
	}
	bits := make([]uint64, words)
	for id, x := range in {
		if x {
			bits[id/64] |= 1 << (id % 64)
		}
	}
	return bits
}

// machine evaluates a graph on executions. Values are computed when they are
// needed and kept until a part of the execution that they depend on changes.
type machine struct {
	g      *graph
	layout *layout
	x      *model.Execution
	n      int
	begun  bool

	events []model.Event             // as they were when last looked at
	rels   [partCount]model.Relation // likewise, by part

	sorted               bool        // the three below are up to date
	sets                 []model.Set // by input: those of sets but FW
	byThread, byLocation []model.Set // initial writes are thread 0 here

	valid []uint64 // by node
	empty []bool   // by node: its value is empty

	// The values, which may be another node's storage, and each node's own storage.
	set []*model.Set
	rel []*model.Relation

	ownSet []*model.Set
	ownRel []*model.Relation

	noEvent model.Set
	noPair  model.Relation
	next    model.Set // scratch
	nextRel model.Relation
	edges   int // that an explanation has looked at
}

func newMachine(g *graph, l *layout) *machine {
	m := &machine{g: g, layout: l, sets: make([]model.Set, int(inTags)+g.inputs.tags())}
	m.grow(len(g.nodes))
	m.valid = make([]uint64, (len(l.parts)+63)/64)
	return m
}

// grow makes room for n nodes.
func (m *machine) grow(n int) {
	k := n - len(m.empty)
	if k <= 0 {
		return
	}
	sets, rels := make([]model.Set, k), make([]model.Relation, k)
	for i := range k {
		m.ownSet = append(m.ownSet, &sets[i])
		m.ownRel = append(m.ownRel, &rels[i])
	}
	m.empty = append(m.empty, make([]bool, k)...)
	m.set = append(m.set, make([]*model.Set, k)...)
	m.rel = append(m.rel, make([]*model.Relation, k)...)
	for len(m.valid)*64 < n {
		m.valid = append(m.valid, 0)
	}
}

func (m *machine) isValid(id int32) bool { return m.valid[id>>6]>>(id&63)&1 != 0 }
func (m *machine) validate(id int32)     { m.valid[id>>6] |= 1 << (id & 63) }

func (m *machine) forget(p part) {
	m.sorted = m.sorted && p != partEvents
	for i, w := range m.layout.dependents[p] {
		m.valid[i] &^= w
	}
}

// begin looks at what the skeleton of an execution says.
func (m *machine) begin(x *model.Execution) {
	m.x = x
	if n := len(x.Events); !m.begun || n != m.n {
		m.begun, m.n = true, n
		clear(m.valid)
		m.sorted = false
		m.noEvent.Reset(n)
		m.noPair.Reset(n)
		for p := range m.rels {
			m.rels[p].Reset(n)
		}
		m.events = append(m.events[:0], x.Events...)
	} else if !slices.Equal(m.events, x.Events) {
		copy(m.events, x.Events)
		m.forget(partEvents)
	}
	for p, r := range [...]*model.Relation{
		x.Po, x.Addr, x.Data, x.Ctrl, x.Rmw, x.Amo, x.PickBasic, x.PickAddr, x.PickData, x.PickCtrl,
	} {
		m.see(partPo+part(p), r)
	}
	inside := x.Inside
	if inside == nil {
		inside = &nothingInside
	}
	m.see(partInsideData, inside.Data)
	m.see(partInsideCtrl, inside.Ctrl)
	m.see(partInsideOrder, inside.Order)
	m.see(partRegisterRf, inside.Rf)
}

var nothingInside model.Inside

// see takes note of the value of a part that is a relation; nil is empty.
func (m *machine) see(p part, r *model.Relation) {
	if m.layout.used&p.bit() == 0 {
		return
	}
	if r == nil {
		r = &m.noPair
	}
	if !m.rels[p].Equal(r) {
		m.rels[p].Copy(r)
		m.forget(p)
	}
}

// complete looks at all of an execution.
func (m *machine) complete(x *model.Execution) {
	m.begin(x)
	m.see(partCo, x.Co)
	m.see(partRf, x.Rf)
}

func (m *machine) setOf(id nodeID) *model.Set {
	m.need(id)
	return m.set[id]
}

func (m *machine) relOf(id nodeID) *model.Relation {
	m.need(id)
	return m.rel[id]
}

// isEmpty computes a node and reports whether it is empty.
func (m *machine) isEmpty(id nodeID) bool {
	m.need(id)
	return m.empty[id]
}

// need computes the value of a node unless it is known.
func (m *machine) need(id nodeID) {
	if m.isValid(int32(id)) {
		return
	}
	n := &m.g.nodes[id]
	if n.op == opFix {
		m.solve(int(n.arg))
		return
	}
	if n.kind == setKind {
		m.computeSet(id, n)
	} else {
		m.computeRel(id, n)
	}
	m.validate(int32(id))
}

// own gives the node its own storage as its value.
func (m *machine) ownedSet(id nodeID) {
	m.set[id] = m.ownSet[id]
	m.empty[id] = m.ownSet[id].IsEmpty()
}

func (m *machine) ownedRel(id nodeID) {
	m.rel[id] = m.ownRel[id]
	m.empty[id] = m.ownRel[id].IsEmpty()
}

func (m *machine) aliasSet(id, of nodeID) { m.set[id], m.empty[id] = m.set[of], m.empty[of] }
func (m *machine) aliasRel(id, of nodeID) { m.rel[id], m.empty[id] = m.rel[of], m.empty[of] }
func (m *machine) voidSet(id nodeID)      { m.set[id], m.empty[id] = &m.noEvent, true }
func (m *machine) voidRel(id nodeID)      { m.rel[id], m.empty[id] = &m.noPair, true }

func (m *machine) computeSet(id nodeID, n *node) {
	out := m.ownSet[id]
	switch n.op {
	case opEmpty:
		m.voidSet(id)
		return
	case opUniverse:
		out.Fill(m.n)
	case opInput:
		m.inputSet(id, input(n.arg))
		return
	case opConst:
		m.set[id] = m.g.consts[n.arg].set
		m.empty[id] = m.set[id].IsEmpty()
		return
	case opUnion:
		a, b := m.isEmpty(n.a), m.isEmpty(n.b)
		switch {
		case a:
			m.aliasSet(id, n.b)
			return
		case b:
			m.aliasSet(id, n.a)
			return
		}
		out.Union(m.set[n.a], m.set[n.b])
	case opInter:
		if m.isEmpty(n.a) || m.isEmpty(n.b) {
			m.voidSet(id)
			return
		}
		out.Intersect(m.set[n.a], m.set[n.b])
	case opMinus:
		if m.isEmpty(n.a) {
			m.voidSet(id)
			return
		}
		if m.isEmpty(n.b) {
			m.aliasSet(id, n.a)
			return
		}
		out.Minus(m.set[n.a], m.set[n.b])
	case opComplement:
		out.Complement(m.setOf(n.a))
	case opDomain:
		out.Domain(m.relOf(n.a))
	case opRange:
		out.Range(m.relOf(n.a))
	}
	m.ownedSet(id)
}

func (m *machine) computeRel(id nodeID, n *node) {
	out := m.ownRel[id]
	switch n.op {
	case opEmpty:
		m.voidRel(id)
		return
	case opUniverse:
		out.Reset(m.n)
		out.Complement(out)
	case opIdentity:
		out.Identity(m.n)
	case opInput:
		m.inputRel(id, input(n.arg))
		return
	case opConst:
		m.rel[id] = m.g.consts[n.arg].rel
		m.empty[id] = m.rel[id].IsEmpty()
		return
	case opUnion:
		a, b := m.isEmpty(n.a), m.isEmpty(n.b)
		switch {
		case a:
			m.aliasRel(id, n.b)
			return
		case b:
			m.aliasRel(id, n.a)
			return
		}
		out.Union(m.rel[n.a], m.rel[n.b])
		m.rel[id], m.empty[id] = out, false
		return
	case opInter:
		if m.isEmpty(n.a) || m.isEmpty(n.b) {
			m.voidRel(id)
			return
		}
		out.Intersect(m.rel[n.a], m.rel[n.b])
	case opMinus:
		if m.isEmpty(n.a) {
			m.voidRel(id)
			return
		}
		if m.isEmpty(n.b) {
			m.aliasRel(id, n.a)
			return
		}
		out.Minus(m.rel[n.a], m.rel[n.b])
	case opComplement:
		out.Complement(m.relOf(n.a))
	case opSeq:
		// What is known earlier in the search is looked at first: if it is empty the rest is not computed.
		first, second := n.a, n.b
		if rankOf(m.layout.partsOf(second)) < rankOf(m.layout.partsOf(first)) {
			first, second = second, first
		}
		if m.isEmpty(first) || m.isEmpty(second) {
			m.voidRel(id)
			return
		}
		out.Compose(m.rel[n.a], m.rel[n.b])
	case opInverse:
		if m.isEmpty(n.a) {
			m.voidRel(id)
			return
		}
		out.Inverse(m.rel[n.a])
	case opPlus:
		if m.isEmpty(n.a) {
			m.voidRel(id)
			return
		}
		out.Closure(m.rel[n.a])
	case opStar:
		out.Closure(m.relOf(n.a))
		out.AddIdentity()
	case opOption:
		out.Copy(m.relOf(n.a))
		out.AddIdentity()
	case opIdentityOn:
		if m.isEmpty(n.a) {
			m.voidRel(id)
			return
		}
		out.IdentityOn(m.set[n.a])
	case opProduct:
		if m.isEmpty(n.a) || m.isEmpty(n.b) {
			m.voidRel(id)
			return
		}
		out.Product(m.set[n.a], m.set[n.b])
	case opRestrict:
		if m.isEmpty(n.b) || m.isEmpty(n.c) || m.isEmpty(n.a) {
			m.voidRel(id)
			return
		}
		out.Restrict(m.set[n.b], m.rel[n.a], m.set[n.c])
	}
	m.ownedRel(id)
}

// partsOf are the parts of a node; those that were added while running are known last.
func (l *layout) partsOf(id nodeID) parts {
	if int(id) < len(l.parts) {
		return l.parts[id]
	}
	return ^parts(0)
}

func (m *machine) inputSet(id nodeID, i input) {
	if i == inFinal {
		out, co := m.ownSet[id], &m.rels[partCo]
		out.Reset(m.n)
		for e := range m.events {
			if m.events[e].IsWrite() && co.Next(e, 0) < 0 {
				out.Add(e)
			}
		}
		m.ownedSet(id)
		return
	}
	if !m.sorted {
		m.sortEvents()
	}
	m.set[id] = &m.sets[i]
	m.empty[id] = m.set[id].IsEmpty()
}

// sortEvents fills the sets that events are in by themselves, and groups them
// by thread and location.
func (m *machine) sortEvents() {
	m.sorted = true
	for i := range m.sets {
		m.sets[i].Reset(m.n)
	}
	for e := range m.events {
		event := &m.events[e]
		add := func(i input) { m.sets[i].Add(e) }
		read, write := event.IsRead(), event.IsWrite()
		if read {
			add(inRead)
		}
		if write {
			add(inWrite)
		}
		if read || write {
			add(inMemory)
		}
		if read && write {
			add(inBoth)
		}
		if event.Kind&model.FenceEvent != 0 {
			add(inFence)
		}
		if event.Thread < 0 {
			add(inInitial)
		}
		for _, k := range insideKinds {
			if event.Kind&k.kind != 0 {
				add(k.set)
			}
		}
		for tags := event.Tags; tags != 0; tags &= tags - 1 {
			if i := inTags + input(bits.TrailingZeros64(tags)); int(i) < len(m.sets) {
				add(i)
			}
		}
	}
	m.byThread = m.group(m.byThread, func(e *model.Event) int { return max(e.Thread+1, 0) })
	m.byLocation = m.group(m.byLocation, func(e *model.Event) int { return e.Loc })
}

// insideKinds are the sets of events inside instructions.
var insideKinds = [...]struct {
	kind model.Kind
	set  input
}{
	{model.RegisterRead, inRegisterRead}, {model.RegisterWrite, inRegisterWrite},
	{model.BranchEvent, inBranch}, {model.DataPort, inDataPort},
}

// group collects the events with each key; those with a negative key are left out.
func (m *machine) group(groups []model.Set, key func(*model.Event) int) []model.Set {
	for i := range groups {
		groups[i].Reset(m.n)
	}
	for e := range m.events {
		k := key(&m.events[e])
		if k < 0 {
			continue
		}
		for k >= len(groups) {
			groups = append(groups, *model.NewSet(m.n))
		}
		groups[k].Add(e)
	}
	return groups
}

func (m *machine) inputRel(id nodeID, i input) {
	if i >= inPo && i < inTags {
		m.rel[id] = &m.rels[partPo+part(i-inPo)]
		m.empty[id] = m.rel[id].IsEmpty()
		return
	}
	if i >= inTags {
		m.rel[id] = &m.rels[int(partChoice)+int(i-inTags)-m.g.inputs.tags()]
		m.empty[id] = m.rel[id].IsEmpty()
		return
	}
	if !m.sorted {
		m.sortEvents()
	}
	out := m.ownRel[id]
	out.Reset(m.n)
	for a := range m.events {
		e := &m.events[a]
		thread := &m.byThread[max(e.Thread+1, 0)]
		switch i {
		case inLoc:
			if e.Loc >= 0 {
				out.SetRow(a, &m.byLocation[e.Loc])
			}
		case inInt: // initial writes count as one thread
			out.SetRow(a, thread)
		case inExt:
			m.next.Complement(thread)
			out.SetRow(a, &m.next)
		case inSame:
			out.Add(a, a)
			if e.Thread < 0 {
				continue
			}
			for b := thread.Next(0); b >= 0; b = thread.Next(b + 1) {
				if m.events[b].Index == e.Index {
					out.Add(a, b)
				}
			}
		}
	}
	m.ownedRel(id)
}

// solve computes the fixpoint of a group. A definition that does not grow with
// what it is defined by may have none: the rounds are bounded.
func (m *machine) solve(group int) {
	g := &m.g.groups[group]
	for _, v := range g.vars {
		m.ownSet[v].Reset(m.n)
		m.ownRel[v].Reset(m.n)
		m.set[v], m.rel[v], m.empty[v] = m.ownSet[v], m.ownRel[v], true
		m.validate(int32(v))
	}
	m.forgetGroup(group)
	for range 2*m.n*m.n*len(g.vars) + 2 {
		grew := false
		for i, body := range g.bodies {
			v := g.vars[i]
			m.need(body)
			if m.g.nodes[v].kind == setKind {
				m.next.Minus(m.set[body], m.ownSet[v])
				grew = grew || !m.next.IsEmpty()
				if m.set[body].Equal(m.ownSet[v]) {
					continue
				}
				m.ownSet[v].Copy(m.set[body])
			} else {
				m.nextRel.Minus(m.rel[body], m.ownRel[v])
				grew = grew || !m.nextRel.IsEmpty()
				if m.rel[body].Equal(m.ownRel[v]) {
					continue
				}
				m.ownRel[v].Copy(m.rel[body])
			}
			m.empty[v] = m.empty[body]
			m.forgetGroup(group)
		}
		if !grew {
			break
		}
	}
}

func (m *machine) forgetGroup(group int) {
	for i, w := range m.layout.inGroup[group] {
		m.valid[i] &^= w
	}
}
