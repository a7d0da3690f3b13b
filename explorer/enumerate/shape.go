package enumerate

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
)

// shape is the local runs of a thread that differ in values only: the same
// events at the same locations with the same dependencies.
type shape struct {
	events []event
	reads  []int32 // the events that read, in order
	runs   []*run  // sorted by what they read

	// For each event that writes: the values that some run writes there.
	writes [][]ir.Value
}

// shapes groups runs, leaving out repetitions. The order of the result follows
// the order of the runs, so that searches are reproducible.
func shapes(runs []*run) []*shape {
	byKey := map[string]*shape{}
	var list []*shape
	var key []byte
	for _, r := range runs {
		key = r.appendKey(key[:0])
		s := byKey[string(key)]
		if s == nil {
			s = &shape{events: r.events}
			for i := range r.events {
				if r.events[i].kind&1 != 0 {
					s.reads = append(s.reads, int32(i))
				}
			}
			byKey[string(key)] = s
			list = append(list, s)
		}
		s.runs = append(s.runs, r)
	}
	for _, s := range list {
		slices.SortStableFunc(s.runs, func(a, b *run) int { return s.compare(a, b) })
		s.runs = slices.CompactFunc(s.runs, func(a, b *run) bool {
			return s.compare(a, b) == 0 && slices.Equal(a.written, b.written) && slices.Equal(a.final, b.final) &&
				(a.fault == nil) == (b.fault == nil)
		})
		s.writes = make([][]ir.Value, len(s.events))
		for i := range s.events {
			if s.events[i].kind&2 == 0 {
				continue
			}
			for _, r := range s.runs {
				if !slices.Contains(s.writes[i], r.written[i]) {
					s.writes[i] = append(s.writes[i], r.written[i])
				}
			}
		}
	}
	return list
}

// compare orders runs by the values they read, then by the rest.
func (s *shape) compare(a, b *run) int {
	for _, i := range s.reads {
		if c := a.read[i].Compare(b.read[i]); c != 0 {
			return c
		}
	}
	return cmp.Or(slices.CompareFunc(a.written, b.written, ir.Value.Compare), slices.CompareFunc(a.final, b.final, ir.Value.Compare))
}

// appendKey appends what makes two runs of one shape.
func (r *run) appendKey(b []byte) []byte {
	for i := range r.events {
		e := &r.events[i]
		b = append(b, byte(e.kind))
		if e.amo {
			b = append(b, 1)
		}
		b = binary.AppendVarint(b, int64(e.cell))
		b = binary.AppendVarint(b, int64(e.rmw))
		for _, w := range [...]uint64{
			uint64(e.tags), uint64(e.index), uint64(e.instr),
			e.addr, e.data, e.ctrl, e.pickBasic, e.pickAddr, e.pickData, e.pickCtrl,
		} {
			b = binary.AppendUvarint(b, w)
		}
	}
	return b
}
