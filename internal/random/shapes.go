package random

import (
	"strings"

	"pgregory.net/rapid"
)

// shapes are the tests that tell models apart: threads between bars, W a write, R a read, U a
// read-modify-write, of the location named. What stands between two accesses is drawn.
var shapes = []string{
	"Wx Ry | Wy Rx",                 // SB
	"Wx Wy | Ry Rx",                 // MP
	"Rx Wy | Ry Wx",                 // LB
	"Wx Wy | Ry Wx",                 // S
	"Wx Wy | Wy Rx",                 // R
	"Wx Wy | Wy Wx",                 // 2+2W
	"Wx | Rx Wy | Ry Rx",            // WRC
	"Wx | Rx Ry | Wy Rx",            // RWC
	"Wx Wy | Ry Wz | Rz Rx",         // ISA2
	"Wx | Wy | Rx Ry | Ry Rx",       // IRIW
	"Rx Ry Wz | Rz Wx",              // LB, past a read on the way
	"Rx Wy | Ry Wz | Rz Wx",         // LB of three
	"Wx Rx | Wx Rx",                 // coherence
	"Wx Rx Ry | Wy Ry Rx",           // SB, each write read at home first
	"Wx Wy | Ry Wz Rz Rx",           // MP, on through a location of the reader's own
	"Rx Wz Rz Wy | Ry Wx",           // LB likewise
	"Wx Wy | Uy | Ry Rx",            // release sequence on through an update
	"Wx Wy | Uy | Uy | Ry Rx",       // through two
	"Wx Wy Wy | Ry Rx",              // through a write of the thread
	"Wx Uy Rz | Wz Uy Rx",           // SB around updates
	"Ux Ry | Uy Rx",                 // SB of updates
	"Wx Wy | Uy Rx",                 // MP to an update
	"Ux | Ux | Wx",                  // atomicity
	"Wx | Rx Ry | Wy Rx Wz | Rz Rx", // RWC and on
}

// Shapes generates programs of a dialect that have the shape of a classic test,
// with annotations, barriers and dependencies at random.
func Shapes(name string) *rapid.Generator[*Program] {
	d := dialects[name]
	return rapid.Custom(func(t *rapid.T) *Program {
		threads := strings.Split(rapid.SampledFrom(shapes).Draw(t, "shape"), "|")
		locations := 1
		for _, thread := range threads {
			for _, access := range strings.Fields(thread) {
				locations = max(locations, location(access)+1)
			}
		}
		m := d.maker(t, name, locations)
		m.strong = rapid.Bool().Draw(t, "strong")
		// In every other program a single thread decides: full barriers settle what the others do.
		deciding := rapid.IntRange(-len(threads), len(threads)-1).Draw(t, "deciding")
		for i, thread := range threads {
			m.thread()
			m.settled = deciding >= 0 && i != deciding
			for _, access := range strings.Fields(thread) {
				switch {
				case m.last() == nil:
				case m.settled:
					m.Threads[i] = append(m.Threads[i], d.barrier())
				case rapid.IntRange(0, 3).Draw(t, "barrier") == 3:
					m.operation(Fence, 0)
				}
				m.access(access[0], location(access))
			}
		}
		return &m.Program
	})
}

func location(access string) int { return int(access[1] - 'x') }

// access adds what a letter of a shape stands for.
func (m *maker) access(letter byte, loc int) {
	atomic := m.Plain == nil || !m.Plain[loc]
	switch {
	case letter == 'R':
		m.operation(Load, loc)
	case letter == 'W' && atomic && rapid.IntRange(0, 7).Draw(m.t, "exchange") == 7:
		m.operation(Exchange, loc)
	case letter == 'U' && atomic:
		var updates []Kind
		for _, k := range m.kinds(loc) {
			if k == Exchange || k == Add || k == CompareExchange || k == LoadReserve {
				updates = append(updates, k)
			}
		}
		kind := rapid.SampledFrom(updates).Draw(m.t, "update")
		m.operation(kind, loc)
		if kind == LoadReserve {
			m.operation(StoreConditional, loc)
		}
	default:
		m.operation(Store, loc)
	}
}
