package enumerate

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// shape is the local runs of a thread that differ in values only: the same
// events at the same locations with the same dependencies.
type shape struct {
	events []event
	inside inside  // empty unless asked for
	reads  []int32 // the events that read, in order
	runs   []*run  // sorted by what they read

	// For each event that writes: the values that some run writes there.
	writes [][]ir.Value
}

// shapes gathers runs by shape, in the order in which shapes first come.
type shapes struct {
	list  []*shape
	byKey map[string]*shape
	key   []byte
}

func (l *shapes) reset() {
	l.list = nil
	l.byKey = map[string]*shape{}
}

// add puts a run with these events, which it copies, to its shape.
func (l *shapes) add(events []event, in inside, r *run) {
	l.key = in.appendKey(appendKey(l.key[:0], events))
	s := l.byKey[string(l.key)]
	if s == nil {
		s = &shape{events: slices.Clone(events), inside: in}
		for i := range events {
			if events[i].kind&model.Read != 0 {
				s.reads = append(s.reads, int32(i))
			}
		}
		l.byKey[string(l.key)] = s
		l.list = append(l.list, s)
	}
	s.runs = append(s.runs, r)
}

// close sorts each shape's runs, leaves out repetitions, and sums up what they write.
func (l *shapes) close() {
	for _, s := range l.list {
		if !slices.IsSortedFunc(s.runs, s.compare) {
			slices.SortStableFunc(s.runs, s.compare)
		}
		s.runs = slices.CompactFunc(s.runs, func(a, b *run) bool {
			return s.compare(a, b) == 0 && (a.fault == nil) == (b.fault == nil)
		})
		s.writes = make([][]ir.Value, len(s.events))
		for i := range s.events {
			if s.events[i].kind&model.Write == 0 {
				continue
			}
			for _, r := range s.runs {
				if !slices.Contains(s.writes[i], r.written[i]) {
					s.writes[i] = append(s.writes[i], r.written[i])
				}
			}
		}
	}
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
func appendKey(b []byte, events []event) []byte {
	for i := range events {
		e := &events[i]
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
