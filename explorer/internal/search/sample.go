package search

import "github.com/weakmem/litmus/explorer/sim"

// startSample readies the priorities of a sampled run.
func (w *worker) startSample() {
	w.steps = 0
	if w.o.pct == 0 {
		return
	}
	w.priorities, w.yielded = w.priorities[:0], 0
	w.changes = w.changes[:0]
	for range w.o.pct - 1 {
		w.changes = append(w.changes, 1+w.o.random.Int32N(max(w.longest, 1)))
	}
}

// draw returns a number below n, any of them about as likely.
func (w *worker) draw(n int) int { return int(w.o.source.Uint64() >> 32 * uint64(n) >> 32) }

// pickRandomly chooses the thread that makes the next step of a sampled run.
func (w *worker) pickRandomly() *thread {
	var chosen *thread
	can := w.can[:0]
	for _, t := range w.threads {
		if t == nil || !w.runnable(t) {
			continue
		}
		if t.pending {
			return t
		}
		can = append(can, t)
		if w.o.pct > 0 && (chosen == nil || w.priority(t) > w.priority(chosen)) {
			chosen = t
		}
	}
	w.can = can
	if len(can) > 0 && w.o.pct == 0 {
		chosen = can[0]
		if len(can) > 1 {
			chosen = can[w.draw(len(can))]
		}
	}
	if chosen != nil {
		w.steps++
		w.longest = max(w.longest, w.steps)
		for i, c := range w.changes {
			if c == w.steps {
				w.priority(chosen)
				w.priorities[chosen.id] = changedPriority + uint64(i)
			}
		}
		return chosen
	}
	return w.force()
}

// Priorities of sampled threads: those that threads start with are above those
// that change points give, which are above those of threads that have yielded, the latest last.
const (
	firstPriority   = 1 << 48
	changedPriority = 1 << 40
)

// demote gives a thread that yields the lowest priority, so that a loop that
// waits with effects does not keep others from what it waits for.
func (w *worker) demote(t *thread) {
	w.priority(t)
	w.yielded++
	w.priorities[t.id] = changedPriority - w.yielded
}

func (w *worker) priority(t *thread) uint64 {
	for int(t.id) >= len(w.priorities) {
		w.priorities = append(w.priorities, firstPriority+uint64(w.o.random.Uint32()))
	}
	return w.priorities[t.id]
}

// readRandomly makes a load read any of the sources that it may.
func (w *worker) readRandomly(id int32, from []source) {
	g := w.g
	e := &g.ev[id]
	newest := g.locs[e.loc].last
	for {
		i := 0
		if len(from) > 1 {
			i = w.draw(len(from))
		}
		write, verdict := splitSource(from[i])
		e.verdict = verdict
		if e.update {
			e.exclusive = verdict == sim.Write
			e.order = g.operands[id].order(verdict)
		}
		g.read(id, write)
		if len(from) == 1 {
			return
		}
		fine := verdict != sim.Block && !(e.exclusive && g.paired(write, e.loc))
		if fine && (write == newest && g.m.judge == nil || g.consistent(id)) {
			return
		}
		from[i] = from[len(from)-1]
		from = from[:len(from)-1]
	}
}

// placeRandomly gives a store any place in coherence order that it may have, of
// those in the worker's scratch.
func (w *worker) placeRandomly(id int32) {
	g := w.g
	newest := g.locs[g.ev[id].loc].last
	places := w.scratch
	for {
		i := 0
		if len(places) > 1 {
			i = w.draw(len(places))
		}
		g.link(id, places[i])
		if places[i] == newest || len(places) == 1 || g.consistent(id) {
			return
		}
		g.unlink(id)
		places[i] = places[len(places)-1]
		places = places[:len(places)-1]
	}
}

// awaitStore waits, in a sampled run, until there is a store that the round of n
// loads that ended could not have read; the thread then makes another round.
func (t *thread) awaitStore(n int32) {
	w := t.w
	events := w.g.lanes[t.id].events
	for _, id := range events[t.pos-n : t.pos] {
		if e := &w.g.ev[id]; e.kind == load && w.g.locs[e.loc].last != e.rf {
			return
		}
	}
	t.state, t.wants = storing, want{loc: int32(len(w.g.ev)), thread: n}
	t.suspend()
}

// newer reports whether one of the last n loads of a thread would find
// something newer now.
func (w *worker) newer(t *thread, n int32) bool {
	for _, id := range w.g.lanes[t.id].events[t.pos-n : t.pos] {
		if e := &w.g.ev[id]; e.kind == load && w.g.locs[e.loc].last != e.rf {
			return true
		}
	}
	return false
}
