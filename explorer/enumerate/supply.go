package enumerate

import (
	"math/bits"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// supply is what is known of the values that a cell may hold.
//
// With each value goes where it may come from: for each way of computing it,
// the writes that the computation goes through. An execution has each of its
// writes once, so that a value computed through a write is no input of that
// write (x=x+1 makes 1 of 0, and never 2), and no way is longer than all the writes of the test.
type supply struct {
	values  []ir.Value
	origins [][]origin // by value; the least ones
	version int        // grows whenever something is added
}

// origin is one way of computing a value.
type origin struct {
	set    uint64 // the writes it goes through, as bits; those beyond 64, or in loops, are not told
	length int    // a lower bound on how many writes it goes through
}

// within reports whether every write that needs p needs o too.
func (o origin) within(p origin) bool { return o.set&^p.set == 0 && o.length <= p.length }

// join is the origin of what is computed from two values.
func (o origin) join(p origin) origin {
	set := o.set | p.set
	return origin{set, max(o.length, p.length, bits.OnesCount64(set))}
}

// maxOrigins bounds the origins kept a value; beyond, they are replaced by what all have in common.
const maxOrigins = 32

// add adds a value with its origins; what it finds known already it leaves out.
func (s *supply) add(v ir.Value, origins []origin) {
	i := slices.Index(s.values, v)
	if i < 0 {
		i = len(s.values)
		s.values = append(s.values, v)
		s.origins = append(s.origins, nil)
		s.version++
	}
	changed := false
	for _, o := range origins {
		var added bool
		s.origins[i], added = addOrigin(s.origins[i], o)
		changed = changed || added
	}
	if changed {
		s.version++
	}
}

// addOrigin adds an origin to a list of which none is within another.
func addOrigin(list []origin, o origin) (result []origin, changed bool) {
	for _, p := range list {
		if p.within(o) {
			return list, false
		}
	}
	list = append(slices.DeleteFunc(slices.Clone(list), o.within), o)
	if len(list) > maxOrigins {
		common := list[0]
		for _, p := range list {
			common = origin{common.set & p.set, min(common.length, p.length)}
		}
		list = []origin{common}
	}
	return list, true
}

// supplies is the supply of every cell.
type supplies []supply

// at returns the supply of a cell, an empty one for a cell that is new.
func (l *supplies) at(cell int32) *supply {
	for len(*l) <= int(cell) {
		*l = append(*l, supply{})
	}
	return &(*l)[cell]
}

// through returns the origins of a value that s computes from its reads in
// taint, and from old unless nil, and writes at site, a bit or 0; none if every way of computing it is in a circle.
func (m *machine) through(s *state, taint uint64, old *access, site uint64) []origin {
	m.ways = append(m.ways[:0], origin{})
	if old != nil {
		m.combine(*old)
	}
	for i := 0; taint != 0; i, taint = i+1, taint>>1 {
		if taint&1 != 0 && s.events[i].kind&model.Read != 0 {
			m.combine(access{s.events[i].cell, s.read[i]})
		}
	}
	n := 0
	for _, w := range m.ways {
		if w.set&site == 0 && w.length < m.longest {
			m.ways[n] = origin{w.set | site, w.length + 1}
			n++
		}
	}
	return m.ways[:n]
}

// combine adds the origins of one more input to the ways.
func (m *machine) combine(a access) {
	known := m.supplies.at(a.cell)
	k := slices.Index(known.values, a.value)
	if k < 0 {
		return // unknown, and not computed with
	}
	origins := known.origins[k]
	if len(origins) == 1 {
		for i := range m.ways {
			m.ways[i] = m.ways[i].join(origins[0])
		}
		return
	}
	var next []origin
	for _, w := range m.ways {
		for _, o := range origins {
			next, _ = addOrigin(next, w.join(o))
		}
	}
	m.ways = next
}
