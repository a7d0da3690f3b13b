package enumerate

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// search walks the candidate executions of one combination of shapes after
// another, for one model.
type search struct {
	ctx     context.Context
	test    *litmus.Test
	cells   *cells
	checker model.Checker
	result  *collector

	x            model.Execution
	shapes       []*shape // the combination: one a thread
	chosen       []*run   // by thread; nil while open
	offset       []int    // by thread: its first event
	insideOffset []int    // by thread: its first event inside instructions
	initial      []int    // by cell: its initial write, or -1
	writers      [][]int  // by cell: its other writes
	written      []int    // the cells that have other writes
	last         []int    // by cell: the write that is last in coherence order
	rf           []int    // by event: the write that a read reads from
	promised     []int    // by write of an open thread: how many reads count on its value …
	promise      []ir.Value
	owed         []int // by thread: how many reads count on values of its writes
	stopped      bool
	steps        uint
}

func (s *search) reset(relations ...**model.Relation) {
	for _, r := range relations {
		if *r == nil {
			*r = &model.Relation{}
		}
		(*r).Reset(len(s.x.Events))
	}
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// run explores every execution of a combination of shapes.
func (s *search) run(shapes []*shape) {
	s.shapes = shapes
	s.build()
	if s.checker.Check(&s.x, model.Skeleton) {
		s.cohere(0)
	}
}

// build lays out the skeleton: initial writes of the cells that the shapes
// touch, then the threads' events.
func (s *search) build() {
	cells := len(s.cells.list)
	s.initial = resize(s.initial, cells)
	s.writers = resize(s.writers, cells)
	s.last = resize(s.last, cells)
	for c := range cells {
		s.initial[c], s.last[c] = -1, -1
		s.writers[c] = s.writers[c][:0]
	}
	x := &s.x
	x.Events = x.Events[:0]
	for _, shape := range s.shapes {
		for i := range shape.events {
			c := shape.events[i].cell
			if c < 0 || s.initial[c] >= 0 || int(c) >= s.cells.declared {
				continue
			}
			s.initial[c] = len(x.Events)
			x.Events = append(x.Events, model.Event{Thread: -1, Kind: model.Write, Loc: int(c)})
		}
	}
	x.Init = len(x.Events)
	copy(s.last, s.initial)
	s.offset = s.offset[:0]
	s.written = s.written[:0]
	for t, shape := range s.shapes {
		s.offset = append(s.offset, len(x.Events))
		for i := range shape.events {
			e := &shape.events[i]
			if e.kind&model.Write != 0 {
				if len(s.writers[e.cell]) == 0 {
					s.written = append(s.written, int(e.cell))
				}
				s.writers[e.cell] = append(s.writers[e.cell], len(x.Events))
			}
			x.Events = append(x.Events, model.Event{
				Thread: t, Index: int(e.index), Kind: e.kind, Loc: int(e.cell), Tags: uint64(e.tags),
			})
		}
	}
	if x.Inside != nil {
		s.layInside()
	}
	s.reset(&x.Po, &x.Addr, &x.Data, &x.Ctrl, &x.Rmw, &x.Amo, &x.PickBasic, &x.PickAddr, &x.PickData, &x.PickCtrl, &x.Co, &x.Rf)
	for t, shape := range s.shapes {
		base := s.offset[t]
		for i := range shape.events {
			e := &shape.events[i]
			for j := range i {
				if shape.events[j].index < e.index {
					x.Po.Add(base+j, base+i)
				}
			}
			addBits(x.Addr, base, e.addr, base+i)
			addBits(x.Data, base, e.data, base+i)
			addBits(x.Ctrl, base, e.ctrl, base+i)
			addBits(x.PickBasic, base, e.pickBasic, base+i)
			addBits(x.PickAddr, base, e.pickAddr, base+i)
			addBits(x.PickData, base, e.pickData, base+i)
			addBits(x.PickCtrl, base, e.pickCtrl, base+i)
			if e.rmw >= 0 {
				x.Rmw.Add(base+int(e.rmw), base+i)
				if e.amo {
					x.Amo.Add(base+int(e.rmw), base+i)
				}
			}
		}
	}
	if x.Inside != nil {
		s.relateInside()
	}
	n := len(x.Events)
	s.rf = resize(s.rf, n)
	s.promised = resize(s.promised, n)
	s.promise = resize(s.promise, n)
	clear(s.promised)
	s.chosen = resize(s.chosen, len(s.shapes))
	clear(s.chosen)
	s.owed = resize(s.owed, len(s.shapes))
	clear(s.owed)
}

func addBits(r *model.Relation, base int, from uint64, to int) {
	for i := 0; from != 0; i, from = i+1, from>>1 {
		if from&1 != 0 {
			r.Add(base+i, to)
		}
	}
}

// cohere chooses the coherence order of the k-th written cell and of those
// after it, then goes on to reads.
func (s *search) cohere(k int) {
	if s.stopped {
		return
	}
	if k == len(s.written) {
		if s.checker.Check(&s.x, model.Coherent) {
			s.thread(0)
		}
		return
	}
	cell := s.written[k]
	if init := s.initial[cell]; init >= 0 {
		for _, w := range s.writers[cell] {
			s.x.Co.Add(init, w)
		}
	}
	s.permute(k, 0)
	for _, w := range s.writers[cell] {
		if init := s.initial[cell]; init >= 0 {
			s.x.Co.Remove(init, w)
		}
	}
}

// permute chooses the i-th of the k-th cell's writes in coherence order.
func (s *search) permute(k, i int) {
	cell := s.written[k]
	w := s.writers[cell]
	if i == len(w) {
		s.last[cell] = w[i-1]
		s.cohere(k + 1)
		return
	}
	for j := i; j < len(w) && !s.stopped; j++ {
		w[i], w[j] = w[j], w[i]
		for _, later := range w[i+1:] {
			s.x.Co.Add(w[i], later)
		}
		// With two writes left, which comes first decides the whole order, and the check that follows is of that.
		decided := k == len(s.written)-1 && i >= len(w)-2
		if i == len(w)-1 || decided || s.checker.Check(&s.x, model.Cohering) {
			s.permute(k, i+1)
		}
		for _, later := range w[i+1:] {
			s.x.Co.Remove(w[i], later)
		}
		w[i], w[j] = w[j], w[i]
	}
}

// thread chooses the run of thread t, read by read, and of those after it.
func (s *search) thread(t int) {
	if t == len(s.shapes) {
		s.complete()
		return
	}
	s.reads(t, 0, s.shapes[t].runs)
}

// reads assigns the k-th read of thread t and those after it. runs are the
// thread's runs that agree with the reads assigned so far.
func (s *search) reads(t, k int, runs []*run) {
	shape := s.shapes[t]
	if k == len(shape.reads) {
		for _, r := range runs {
			if s.keeps(t, r) {
				s.chosen[t] = r
				s.thread(t + 1)
				s.chosen[t] = nil
			}
		}
		return
	}
	i := shape.reads[k]
	read := s.offset[t] + int(i)
	cell := shape.events[i].cell
	if w := s.initial[cell]; w >= 0 {
		s.readFrom(t, k, runs, w)
	}
	for _, w := range s.writers[cell] {
		// An instruction's read does not take what the instruction writes afterwards, whatever the model.
		if w >= read && s.x.Events[w].Thread == t && s.x.Events[w].Index == s.x.Events[read].Index {
			continue
		}
		s.readFrom(t, k, runs, w)
	}
}

// readFrom lets the k-th read of thread t read from w, with each value that w may write, and goes on.
func (s *search) readFrom(t, k int, runs []*run, w int) {
	i := s.shapes[t].reads[k]
	read := s.offset[t] + int(i)
	values := s.values(w)
	if s.interrupted() || !slices.ContainsFunc(values, func(v ir.Value) bool { return len(reading(runs, i, v)) > 0 }) {
		return
	}
	s.x.Rf.Add(w, read)
	s.rf[read] = w
	last := k == len(s.shapes[t].reads)-1 && t == len(s.shapes)-1
	if last || s.checker.Check(&s.x, model.Partial) {
		u := s.x.Events[w].Thread
		open := len(values) > 1
		for _, v := range values {
			group := reading(runs, i, v)
			if len(group) == 0 || s.owed[t] > 0 && !slices.ContainsFunc(group, func(r *run) bool { return s.keeps(t, r) }) {
				continue
			}
			if !open {
				s.reads(t, k+1, group)
				continue
			}
			if s.promised[w] > 0 && s.promise[w] != v {
				continue
			}
			s.promise[w] = v
			s.promised[w]++
			s.owed[u]++
			s.reads(t, k+1, group)
			s.promised[w]--
			s.owed[u]--
		}
	}
	s.x.Rf.Remove(w, read)
}

// values are what w may write, as far as runs are chosen.
func (s *search) values(w int) []ir.Value {
	t := s.x.Events[w].Thread
	if t < 0 {
		cell := s.x.Events[w].Loc
		return s.cells.initial[cell : cell+1]
	}
	local := w - s.offset[t]
	if r := s.chosen[t]; r != nil {
		return r.written[local : local+1]
	}
	return s.shapes[t].writes[local]
}

// reading returns the runs whose event i reads v, among runs that agree on the reads before and are sorted.
func reading(runs []*run, i int32, v ir.Value) []*run {
	from := sort.Search(len(runs), func(k int) bool { return runs[k].read[i].Compare(v) >= 0 })
	n := sort.Search(len(runs)-from, func(k int) bool { return runs[from+k].read[i] != v })
	return runs[from : from+n]
}

// keeps reports whether run r of thread t writes what reads count on.
func (s *search) keeps(t int, r *run) bool {
	base := s.offset[t]
	for i := range r.written {
		if s.promised[base+i] > 0 && r.written[i] != s.promise[base+i] {
			return false
		}
	}
	return true
}

// interrupted reports, now and then, whether the context has ended.
func (s *search) interrupted() bool {
	if s.steps++; s.steps&1023 == 0 && s.ctx.Err() != nil {
		s.stopped = true
	}
	return s.stopped
}

// complete judges a candidate of which everything is chosen.
func (s *search) complete() {
	if s.interrupted() {
		return
	}
	s.result.candidates++
	if !s.checker.Check(&s.x, model.Complete) {
		return
	}
	s.result.consistent(s)
}

// value is what event e writes.
func (s *search) value(e int) ir.Value {
	t := s.x.Events[e].Thread
	if t < 0 {
		return s.cells.list[s.x.Events[e].Loc].Init
	}
	return s.chosen[t].written[e-s.offset[t]]
}

// describe is a label of an event: its thread, position in program order, and what it does.
func (s *search) describe(e int) string {
	ev := &s.x.Events[e]
	if ev.Thread < 0 {
		return fmt.Sprintf("initial W[%s]=%s", s.cells.name(ev.Loc), s.test.FormatValue(s.value(e), s.cells.list[ev.Loc].Type))
	}
	if ev.Kind >= model.RegisterRead {
		return s.describeInside(e)
	}
	local := e - s.offset[ev.Thread]
	in := &s.test.Program.Threads[ev.Thread].Code[s.shapes[ev.Thread].events[local].instr]
	if ev.Loc < 0 {
		return fmt.Sprintf("P%d: %s", ev.Thread, in.Text)
	}
	r := s.chosen[ev.Thread]
	typ := s.cells.list[ev.Loc].Type
	what := ""
	if ev.IsRead() {
		what += fmt.Sprintf(" R[%s]=%s", s.cells.name(ev.Loc), s.test.FormatValue(r.read[local], typ))
	}
	if ev.IsWrite() {
		what += fmt.Sprintf(" W[%s]=%s", s.cells.name(ev.Loc), s.test.FormatValue(r.written[local], typ))
	}
	return fmt.Sprintf("P%d: %s:%s", ev.Thread, in.Text, what)
}
