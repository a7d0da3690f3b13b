package enumerate

import (
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// supply is what is known of the values that a cell may hold.
//
// With each value goes where it may come from: for each way of computing it,
// the set of the writes that the computation goes through, as bits. An
// execution has each of its writes once, so that a value computed through a
// write is no input of that write: x=x+1 makes 1 of 0, and never 2. Only the least sets are
// kept, and sets of more than 64 writes, or of writes in loops, are not told: such a write is in no set.
type supply struct {
	values  []ir.Value
	origins [][]uint64 // by value
	version int        // grows whenever something is added
}

// maxOrigins bounds the sets kept a value; beyond, they are replaced by what all have in common.
const maxOrigins = 8

// add adds a value with its origins; what it finds known already it leaves out.
func (s *supply) add(v ir.Value, origins []uint64) {
	i := slices.Index(s.values, v)
	if i < 0 {
		i = len(s.values)
		s.values = append(s.values, v)
		s.origins = append(s.origins, nil)
		s.version++
	}
	list, changed := leastSets(s.origins[i], origins)
	if changed {
		s.origins[i] = list
		s.version++
	}
}

// leastSets adds sets to a list of sets none of which is within another.
func leastSets(list, sets []uint64) (result []uint64, changed bool) {
	for _, o := range sets {
		if slices.ContainsFunc(list, func(p uint64) bool { return p&^o == 0 }) {
			continue
		}
		list = append(slices.DeleteFunc(slices.Clone(list), func(p uint64) bool { return o&^p == 0 }), o)
		changed = true
		if len(list) > maxOrigins {
			common := ^uint64(0)
			for _, p := range list {
				common &= p
			}
			list = []uint64{common}
		}
	}
	return list, changed
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
func (m *machine) through(s *state, taint uint64, old *access, site uint64) []uint64 {
	m.ways = append(m.ways[:0], 0)
	if old != nil {
		m.combine(*old)
	}
	for i := 0; taint != 0; i, taint = i+1, taint>>1 {
		if taint&1 != 0 && s.events[i].kind&model.Read != 0 {
			m.combine(access{s.events[i].cell, s.read[i]})
		}
	}
	m.ways = slices.DeleteFunc(m.ways, func(w uint64) bool { return w&site != 0 })
	for i := range m.ways {
		m.ways[i] |= site
	}
	return m.ways
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
			m.ways[i] |= origins[0]
		}
		return
	}
	var next []uint64
	for _, w := range m.ways {
		for _, o := range origins {
			next, _ = leastSets(next, []uint64{w | o})
		}
	}
	m.ways = next
}
