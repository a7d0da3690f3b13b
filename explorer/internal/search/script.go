package search

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// Script names one execution: for each event, in an order in which the events
// may be added, its thread and what was chosen. It replays the execution without a search.
type Script struct {
	lines  []line
	thread int32 // that goes on after the last event, to where it fails; none: all that can
}

type line struct {
	thread int32
	kind   kind
	rf     int32 // loads: the line of the write, or initial
	rank   int32 // stores: the place among the stores of their location, in coherence order
	chosen int32 // choose
}

// script returns the part of the graph that a failure needs: what comes before
// it in its thread, and before the other access of a race, and what these read.
func (w *worker) script(f *Failure) Script {
	g := w.g
	keep := make([]bool, len(g.ev))
	s := Script{thread: f.Thread}
	var ends []int32
	switch {
	case f.HasPoints:
		for _, p := range f.Points {
			l := &g.lanes[p.thread]
			if p.pos > 0 {
				ends = append(ends, l.events[p.pos-1])
			} else if l.spawn >= 0 {
				ends = append(ends, l.spawn)
			}
		}
	case f.Thread >= 0 && (f.Kind == Assertion || f.Kind == Panic || f.Kind == Misuse || f.Kind == Bound):
		if p := g.previous(f.Thread); p >= 0 {
			ends = append(ends, p)
		}
	default:
		s.thread = none
		for id := range keep {
			keep[id] = true
		}
	}
	for _, end := range ends {
		prefix := g.clock(end, porfVector)
		for id := range g.ev {
			keep[id] = keep[id] || g.includes(prefix, int32(id))
		}
	}
	// Thread after thread, each as far as it goes.
	at := make([]int, len(g.lanes))
	number := make([]int32, len(g.ev))
	for i := range number {
		number[i] = none
	}
	ready := func(id int32) bool {
		e := &g.ev[id]
		if e.index == 0 && g.lanes[e.thread].spawn >= 0 && number[g.lanes[e.thread].spawn] == none {
			return false
		}
		switch e.kind {
		case load, join:
			return e.rf < 0 || number[e.rf] != none
		case awaitZero:
			for c := e.prevLoc; c >= 0; c = g.ev[c].prevLoc {
				if g.ev[c].kind == count && keep[c] && number[c] == none {
					return false
				}
			}
		}
		return true
	}
	for progress := true; progress; {
		progress = false
		for t := range g.lanes {
			for g.lanes[t].alive && at[t] < len(g.lanes[t].events) {
				id := g.lanes[t].events[at[t]]
				if !keep[id] || !ready(id) {
					break
				}
				e := &g.ev[id]
				number[id] = int32(len(s.lines))
				n := line{thread: e.thread, kind: e.kind, rf: e.rf}
				if e.kind == load && e.rf >= 0 {
					n.rf = number[e.rf]
				}
				switch e.kind {
				case choose:
					n.chosen = int32(e.val.Bits)
				case block:
					n.chosen = e.alternatives
				}
				for c := e.coPrev; e.kind == store && c >= 0; c = g.ev[c].coPrev {
					n.rank++
				}
				s.lines = append(s.lines, n)
				at[t]++
				progress = true
			}
		}
	}
	return s
}

// Len is the number of events of the execution.
func (s Script) Len() int { return len(s.lines) }

// Switches counts where the script goes from one thread to another that has
// taken steps before.
func (s Script) Switches() int {
	n := 0
	for i := 1; i < len(s.lines); i++ {
		if s.lines[i].thread != s.lines[i-1].thread {
			n++
		}
	}
	return n
}

const scriptVersion = 1

// String encodes a script in letters, digits, "-" and "_".
func (s Script) String() string {
	b := binary.AppendUvarint(nil, scriptVersion)
	b = binary.AppendVarint(b, int64(s.thread))
	for _, l := range s.lines {
		b = binary.AppendUvarint(b, uint64(l.thread))
		b = append(b, byte(l.kind))
		switch l.kind {
		case load:
			b = binary.AppendVarint(b, int64(l.rf))
		case store:
			b = binary.AppendVarint(b, int64(l.rank))
		case choose, block:
			b = binary.AppendVarint(b, int64(l.chosen))
		}
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseScript decodes what String encoded.
func ParseScript(text string) (Script, error) {
	bad := func(why string) (Script, error) {
		return Script{}, fmt.Errorf("bad replay token %q: %s", text, why)
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return bad("want letters, digits, - and _")
	}
	short := errors.New("it ends too early")
	unsigned := func() uint64 {
		n, k := binary.Uvarint(b)
		if k <= 0 {
			err = short
			return 0
		}
		b = b[k:]
		return n
	}
	signed := func() int32 {
		n, k := binary.Varint(b)
		if k <= 0 || n != int64(int32(n)) {
			err = short
			return 0
		}
		b = b[k:]
		return int32(n)
	}
	if v := unsigned(); v != scriptVersion && err == nil {
		return bad(fmt.Sprintf("it is of version %d, want %d", v, scriptVersion))
	}
	s := Script{thread: signed()}
	for err == nil && len(b) > 0 {
		l := line{thread: int32(min(unsigned(), 1<<20)), rf: none}
		if len(b) == 0 {
			err = short
			break
		}
		l.kind, b = kind(b[0]), b[1:]
		switch l.kind {
		case load:
			if l.rf = signed(); l.rf < initial || int(l.rf) >= len(s.lines) || l.rf >= 0 && s.lines[l.rf].kind != store {
				return bad("a load reads what is no store before it")
			}
		case store:
			l.rank = signed()
		case choose, block:
			l.chosen = signed()
		case fence, spawn, join, end, count, awaitZero:
		default:
			return bad("it has an event of no known kind")
		}
		s.lines = append(s.lines, l)
	}
	if err != nil {
		return bad(err.Error())
	}
	return s, nil
}

// pickScripted chooses the thread of the script's next line.
func (w *worker) pickScripted() *thread {
	s := w.o.script
	if n := len(w.g.ev); n < len(s.lines) {
		if id := int(s.lines[n].thread); id < len(w.threads) && w.threads[id] != nil {
			if t := w.threads[id]; w.runnable(t) || t.state == delayed {
				return t
			}
		}
		w.strayed("a goroutine that took a step then cannot take it now")
		return nil
	}
	if s.thread >= 0 {
		// Others go on to where they would add an event: what the one that fails has to find may be plain memory.
		for _, t := range w.threads {
			if t != nil && t.id != s.thread && t.state == ready {
				return t
			}
		}
		if int(s.thread) < len(w.threads) {
			if t := w.threads[s.thread]; t != nil && !t.last && w.runnable(t) {
				t.last = true
				return t
			}
		}
		return nil
	}
	for _, t := range w.threads {
		if t != nil && w.runnable(t) {
			return t
		}
	}
	return w.force()
}

// strayed ends a scripted run that does not do what the script says.
func (w *worker) strayed(how string) {
	w.fail(&Failure{Kind: Nondeterminism, Thread: none, Message: "the replay went another way: " + how})
}

// scripted returns the script's line for an event that is being added; nil
// beyond its end.
func (w *worker) scripted(id int32) *line {
	if s := w.o.script; s != nil && int(id) < len(s.lines) {
		return &s.lines[id]
	}
	return nil
}

// readScripted makes a load read what the script says.
func (w *worker) readScripted(id int32, first source, others []source) source {
	l := w.scripted(id)
	if l == nil {
		return first
	}
	if from, _ := splitSource(first); from == l.rf {
		return first
	}
	for _, s := range others {
		if from, _ := splitSource(s); from == l.rf {
			return s
		}
	}
	w.strayed("a load cannot read what it read then")
	return first
}

// placeScripted gives a store its place in coherence order.
func (w *worker) placeScripted(id int32) int32 {
	g := w.g
	at := g.locs[g.ev[id].loc].last
	if l := w.scripted(id); l != nil {
		for at >= 0 && w.scripted(at) != nil && w.scripted(at).rank > l.rank {
			at = g.ev[at].coPrev
		}
	}
	return at
}

// blocks returns the length of the round that ends here for good, as the script
// has it; 0 if the thread goes on.
func (s *Script) blocks(t *thread) int32 {
	for _, l := range s.lines[min(len(s.lines), len(t.w.g.ev)):] {
		if l.thread == t.id {
			if l.kind == block {
				return l.chosen
			}
			return 0
		}
	}
	return 0
}
