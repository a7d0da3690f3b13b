package enumerate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// maxThreadEvents bounds the events of one local run: dependencies are kept as
// one word of bits an event.
const maxThreadEvents = 64

// event is one event of a local run. The dependency words hold bit i for the
// run's event i.
type event struct {
	kind  model.Kind
	cell  int32 // -1 for a fence
	tags  ir.Tags
	index int32 // the point of program order: how many instructions ran before
	instr int32 // the instruction, as an index into the thread's code

	addr, data, ctrl                        uint64
	pickBasic, pickAddr, pickData, pickCtrl uint64

	rmw int32 // for the write of a pair: the run's read event, else -1
	amo bool
}

// run is one way in which a thread can go by itself, given what its reads
// return.
type run struct {
	read    []ir.Value // by event of its shape: what it read; zero if it did not
	written []ir.Value // by event: what it wrote; zero if it did not
	final   []ir.Value // the observed registers at the end
	fault   error      // the run stops at an access that cannot be; consistent only by error of the test
}

// unknown is the value of a read while the values that reads may return are
// being gathered: any at all. It makes every branch that depends on it go both
// ways, so that the constants that a thread writes are found on whatever path
// they stand, also where paths wait for one another. What is computed from it is unknown too, and supplies nothing.
var unknown = ir.Value{Sym: -1}

var onlyUnknown = []ir.Value{unknown}

// machine enumerates the local runs of one thread.
type machine struct {
	ctx      context.Context
	code     *ir.Thread
	cells    *cells
	observed []int32 // registers whose final values matter
	unroll   int
	limit    int

	supplies  *supplies // what reads may return
	gathering bool      // what is written goes to the supplies
	// sites are the bits that stand for the writes of the code, by instruction and micro-operation, in sets of origins.
	sites   map[[2]int32]uint64
	longest int      // a bound on the writes of any execution
	ways    []origin // scratch of through
	// unsure holds the instructions whose reads decide where the thread goes: while values are gathered, these
	// are unknown too. Nil while that is being found out: then every read is unknown, and nothing else.
	unsure   map[int32]bool
	decisive map[int32]bool // while probing: what becomes unsure
	anywhere bool           // a read at an unknown address decides: every read counts as unsure
	keep     bool           // runs are collected into shapes
	inside   bool           // what happens inside instructions is part of shapes
	arch     string

	shapes   shapes
	count    int           // of runs in this pass
	writes   int           // the most events that write in any run
	asked    map[int32]int // the cells read, and the version of their supply then
	boundHit bool
	steps    uint
	err      error

	free []*state
}

// state is a thread in the middle of a run.
type state struct {
	pc, micro int
	index     int32
	regs      []ir.Value
	taint     []uint64 // by register: the run's events that its value depends on
	pick      []uint64 // the same, through choices too
	ctrl      uint64
	pickCtrl  uint64

	events        []event
	read, written []ir.Value
	steps         []step // if inside is asked for

	reserved     int32 // event of the load that reserves, or -1
	exclusive    int32 // point of program order of the load that the current instruction's StoreCond pairs with
	region       []region
	jumps        []backward
	stores       int  // writes so far
	astray       bool // a read was at an unknown address
	instrStarted bool
}

// backward counts how often an instruction has jumped back to another.
type backward struct {
	from, to int32
	times    int
}

// region is a run of micro-operations that a Skip made conditional.
type region struct {
	end  int // index of the first micro-operation after it
	pick uint64
}

// clone returns a copy of s, made of a state that was let go if there is one.
func (m *machine) clone(s *state) *state {
	c := &state{}
	if n := len(m.free); n > 0 {
		c, m.free = m.free[n-1], m.free[:n-1]
	}
	old := *c
	*c = *s
	c.regs = append(old.regs[:0], s.regs...)
	c.taint = append(old.taint[:0], s.taint...)
	c.pick = append(old.pick[:0], s.pick...)
	c.events = append(old.events[:0], s.events...)
	c.read = append(old.read[:0], s.read...)
	c.written = append(old.written[:0], s.written...)
	c.steps = append(old.steps[:0], s.steps...)
	c.region = append(old.region[:0], s.region...)
	c.jumps = append(old.jumps[:0], s.jumps...)
	return c
}

// branch runs c, a clone, to its end and lets it go.
func (m *machine) branch(c *state) {
	if m.steps++; m.steps&1023 == 0 && m.err == nil {
		m.err = m.ctx.Err()
	}
	m.step(c)
	m.free = append(m.free, c)
}

var errTooManyRuns = errors.New("too many local runs")

// probe runs the thread with every read unknown: it gathers the constants that
// the thread writes and finds the reads that decide where it goes.
func (m *machine) probe() error {
	m.unsure, m.keep = nil, false
	decisive := map[int32]bool{}
	m.decisive = decisive
	err := m.enumerate()
	m.unsure, m.decisive, m.asked = decisive, nil, nil
	return err
}

// enumerate walks the thread's runs.
func (m *machine) enumerate() error {
	m.shapes.reset()
	m.count, m.writes, m.boundHit = 0, 0, false
	m.asked = map[int32]int{}
	s := m.clone(&state{reserved: -1, exclusive: -1, regs: m.code.Init})
	n := len(m.code.Init)
	s.taint = append(s.taint[:0], make([]uint64, n)...)
	s.pick = append(s.pick[:0], make([]uint64, n)...)
	m.branch(s)
	return m.err
}

// stale reports whether the runs are to be enumerated again: a cell that they
// read has got more values, or they never were.
func (m *machine) stale() bool {
	if m.asked == nil {
		return true
	}
	for cell, version := range m.asked {
		if m.supplies.at(cell).version > version {
			return true
		}
	}
	return false
}

// finish records the run that s has come to.
func (m *machine) finish(s *state, fault error) {
	if m.count++; m.count > m.limit {
		m.err = fmt.Errorf("%s: %w (more than %d): the values that it may read multiply", m.code.Name, errTooManyRuns, m.limit)
		return
	}
	if !m.keep {
		return
	}
	n := len(s.events)
	values := make([]ir.Value, 2*n+len(m.observed))
	r := &run{read: values[:n:n], written: values[n : 2*n : 2*n], final: values[2*n:], fault: fault}
	copy(r.read, s.read)
	copy(r.written, s.written)
	for i, reg := range m.observed {
		r.final[i] = s.regs[reg]
	}
	var in inside
	if m.inside {
		in = trace(m.arch, m.code, s.steps, len(s.events))
	}
	m.shapes.add(s.events, in, r)
}

// decide notes, while probing, that where the thread goes depends on the events of taint.
func (m *machine) decide(s *state, v ir.Value, taint uint64) {
	if m.decisive == nil || v != unknown {
		return
	}
	m.anywhere = m.anywhere || s.astray
	for i := range s.events {
		if taint>>i&1 != 0 {
			m.decisive[s.events[i].instr] = true
		}
	}
}

// fail ends the run at something that the test must not do.
func (m *machine) fail(s *state, format string, args ...any) {
	in := &m.code.Code[s.pc]
	m.finish(s, fmt.Errorf("%s: %s in %s", in.Pos, fmt.Sprintf(format, args...), in.Text))
}

func (s *state) operand(o *ir.Operand) (ir.Value, uint64, uint64) {
	if o.Reg < 0 {
		return o.Imm, 0, 0
	}
	return s.regs[o.Reg], s.taint[o.Reg], s.pick[o.Reg]
}

func (s *state) set(reg int32, v ir.Value, taint, pick uint64) {
	if reg >= 0 {
		s.regs[reg], s.taint[reg], s.pick[reg] = v, taint, taint|pick|s.regionPick()
	}
}

func (s *state) regionPick() uint64 {
	if n := len(s.region); n > 0 {
		return s.region[n-1].pick
	}
	return 0
}

// add appends an event and returns its number, or -1 if there is no room.
func (s *state) add(e event, read, written ir.Value) int32 {
	if len(s.events) == maxThreadEvents {
		return -1
	}
	e.index, e.instr = s.index, int32(s.pc)
	e.ctrl, e.pickCtrl = s.ctrl, s.pickCtrl
	e.pickBasic |= s.regionPick()
	s.events = append(s.events, e)
	s.read = append(s.read, read)
	s.written = append(s.written, written)
	return int32(len(s.events) - 1)
}

// jump goes to instruction target; it reports whether the loop bound allows it.
func (m *machine) jump(s *state, target int) bool {
	if target <= s.pc {
		i := 0
		for i < len(s.jumps) && (s.jumps[i].from != int32(s.pc) || s.jumps[i].to != int32(target)) {
			i++
		}
		if i == len(s.jumps) {
			s.jumps = append(s.jumps, backward{int32(s.pc), int32(target), 0})
		}
		if s.jumps[i].times >= m.unroll {
			m.boundHit = true
			return false
		}
		s.jumps[i].times++
	}
	s.pc, s.micro, s.instrStarted = target, 0, false
	s.index++
	return true
}

// step runs s to its end, and every other run that branches off on the way.
func (m *machine) step(s *state) {
	for m.err == nil {
		if s.pc >= len(m.code.Code) {
			m.finish(s, nil)
			return
		}
		in := &m.code.Code[s.pc]
		if !s.instrStarted {
			s.instrStarted, s.exclusive, s.region = true, -1, s.region[:0]
		}
		for n := len(s.region); n > 0 && s.micro >= s.region[n-1].end; n-- {
			s.region = s.region[:n-1]
		}
		if s.micro >= len(in.Micro) {
			s.pc++
			s.index++
			s.micro, s.instrStarted = 0, false
			continue
		}
		op := &in.Micro[s.micro]
		if m.inside {
			s.steps = append(s.steps, step{
				pc: int32(s.pc), micro: int32(s.micro), index: s.index, events: int32(len(s.events)),
			})
		}
		s.micro++
		switch op.Kind {
		case ir.Compute:
			a, t0, p0 := s.operand(&op.Src[0])
			b, t1, p1 := s.operand(&op.Src[1])
			c, t2, p2 := s.operand(&op.Src[2])
			v, err := eval(op, a, b, c)
			if err != nil {
				m.fail(s, "%v", err)
				return
			}
			s.set(op.Dst, v, t0|t1|t2, p0|p1|p2)
		case ir.Select:
			c, tc, pc := s.operand(&op.Src[0])
			m.decide(s, c, tc|pc)
			if c == unknown {
				other := m.clone(s)
				v, t, p := other.operand(&op.Src[2])
				other.set(op.Dst, v, t, p|pc)
				m.branch(other)
			}
			chosen := &op.Src[2]
			if c.IsTrue() {
				chosen = &op.Src[1]
				if m.inside {
					s.steps[len(s.steps)-1].first = true
				}
			}
			v, t, p := s.operand(chosen)
			s.set(op.Dst, ir.Extend(v, op.Size, op.Flags&ir.Signed != 0), t, p|pc)
		case ir.Load, ir.Store, ir.Update, ir.StoreCond:
			if !m.access(s, op) {
				return
			}
		case ir.Fence:
			if s.add(event{kind: model.FenceEvent, cell: -1, tags: op.Tags, rmw: -1}, ir.Value{}, ir.Value{}) < 0 {
				m.tooLong(s)
				return
			}
		case ir.Branch:
			v, t, p := s.operand(&op.Src[0])
			s.ctrl |= t
			s.pickCtrl |= p | s.regionPick()
			m.decide(s, v, t|p)
			if v == unknown {
				m.branch(m.clone(s))
			}
			if v.IsTrue() && !m.jump(s, int(op.Target)) {
				return
			}
		case ir.Jump:
			if !m.jump(s, int(op.Target)) {
				return
			}
		case ir.JumpReg:
			v, t, p := s.operand(&op.Src[0])
			s.ctrl |= t
			s.pickCtrl |= p | s.regionPick()
			m.decide(s, v, t|p)
			if v == unknown {
				for _, target := range m.code.Labels {
					if c := m.clone(s); m.jump(c, target) {
						m.branch(c)
					}
				}
				return
			}
			target, ok := m.code.Labels[v.Sym]
			if !ok || v.Int != 0 {
				m.fail(s, "jump to %s, which is no label of %s,", m.cells.format(v), m.code.Name)
				return
			}
			if !m.jump(s, target) {
				return
			}
		case ir.Skip:
			v, t, p := s.operand(&op.Src[0])
			m.decide(s, v, t|p)
			if v == unknown {
				other := m.clone(s)
				other.micro += int(op.Target)
				m.branch(other)
			}
			if v.IsTrue() {
				s.region = append(s.region, region{s.micro + int(op.Target), p | s.regionPick()})
			} else {
				s.micro += int(op.Target)
			}
		case ir.Choose:
			for n := int64(1); n < int64(op.Target); n++ {
				c := m.clone(s)
				c.set(op.Dst, ir.Int(n), 0, 0)
				m.branch(c)
			}
			s.set(op.Dst, ir.Int(0), 0, 0)
		case ir.Assume:
			v, t, p := s.operand(&op.Src[0])
			m.decide(s, v, t|p)
			if !v.IsTrue() {
				return
			}
		case ir.Exit:
			m.finish(s, nil)
			return
		}
	}
}

// load returns the event of the last load of a cell at a point of program order, or -1.
func (s *state) load(index, cell int32) int32 {
	for n := int32(len(s.events)) - 1; n >= 0 && s.events[n].index >= index; n-- {
		if e := &s.events[n]; e.index == index && e.cell == cell && e.kind&model.Read != 0 {
			return n
		}
	}
	return -1
}

func (m *machine) tooLong(s *state) {
	if m.err == nil {
		m.err = fmt.Errorf("%s: more than %d events in one thread: %s", m.code.Code[s.pc].Pos, maxThreadEvents, m.code.Name)
	}
}

// eval is ir.Eval, unknown if an argument is.
func eval(op *ir.Micro, a, b, c ir.Value) (ir.Value, error) {
	if a == unknown || b == unknown || c == unknown {
		return unknown, nil
	}
	return ir.Eval(op.Fn, op.Size, op.Flags&ir.Signed != 0, a, b, c)
}

// access runs one memory operation. It reports whether s goes on; the other
// runs that branch off are stepped to their ends.
func (m *machine) access(s *state, op *ir.Micro) bool {
	at, addrTaint, addrPick := s.operand(&op.Addr)
	if op.Kind == ir.StoreCond && m.decisive != nil {
		// It may write: whether its address is that of the reservation is not known while probing.
		m.stored(s)
	}
	if at == unknown {
		if op.Kind == ir.StoreCond {
			c := m.clone(s)
			c.set(op.Dst, ir.Int(1), 0, 0)
			m.branch(c)
			s.set(op.Dst, ir.Int(0), 0, 0)
		} else {
			s.astray = s.astray || op.Kind != ir.Store
			m.stored(s)
			s.set(op.Dst, unknown, addrTaint, addrPick)
		}
		return true
	}
	if at.Sym == 0 || !m.cells.addressable(at) {
		if op.Kind == ir.StoreCond && s.reserved < 0 {
			s.set(op.Dst, ir.Int(1), 0, 0)
			return true
		}
		m.fail(s, "access to %s, which is no location,", m.cells.format(at))
		return false
	}
	if op.Kind == ir.StoreCond {
		failed := s
		cell, ok := m.cells.at[at]
		if s.reserved >= 0 && ok && s.events[s.reserved].cell == cell {
			failed = m.clone(s)
		}
		failed.reserved = -1
		failed.set(op.Dst, ir.Int(1), 0, 0)
		if failed == s {
			return true
		}
		m.branch(failed)
	}
	cell := m.cells.find(at, op.Size, &m.code.Code[s.pc])
	e := event{
		cell: cell, tags: op.Tags, rmw: -1,
		addr: addrTaint, pickAddr: addrPick | addrTaint, pickBasic: addrPick | addrTaint,
	}
	var data ir.Value
	var dataTaint, dataPick uint64
	if op.Kind != ir.Load {
		data, dataTaint, dataPick = s.operand(&op.Src[0])
		e.data, e.pickData = dataTaint, dataPick|dataTaint
		e.pickBasic |= e.pickData
	}
	switch op.Kind {
	case ir.Store, ir.StoreCond:
		if m.cells.list[cell].ReadOnly {
			m.fail(s, "write to code")
			return false
		}
		e.kind = model.Write
		if op.Kind == ir.StoreCond {
			e.rmw = s.reserved
			s.exclusive = s.events[s.reserved].index
			s.reserved = -1
		} else if op.Flags&ir.Amo != 0 {
			e.rmw, e.amo = s.load(s.index, cell), true
		} else if op.Flags&ir.Reserve != 0 {
			e.rmw = s.load(s.exclusive, cell)
		}
		written, ok := m.write(s, cell, data, op.Size, dataTaint|addrTaint, nil)
		if !ok {
			return false
		}
		n := s.add(e, ir.Value{}, written)
		if n < 0 {
			m.tooLong(s)
			return false
		}
		if op.Kind == ir.StoreCond {
			s.set(op.Dst, ir.Int(0), 1<<n, 1<<n)
		}
		return true
	}
	e.kind = model.Read
	if op.Kind == ir.Update {
		e.kind = model.Read | model.Write
	}
	known := m.supplies.at(cell)
	values := known.values
	m.asked[cell] = known.version
	if m.unsure == nil {
		values = onlyUnknown
	} else if m.gathering && (m.anywhere || m.unsure[int32(s.pc)]) {
		values = append(slices.Clip(values), unknown)
	}
	if len(values) == 0 {
		return false
	}
	for i := len(values) - 1; i >= 0; i-- {
		c := s
		if i > 0 {
			c = m.clone(s)
		}
		old := ir.Extend(values[i], op.Size, op.Flags&ir.Signed != 0)
		var written ir.Value
		if op.Kind == ir.Update {
			v, err := eval(op, old, data, ir.Value{})
			if err != nil {
				m.fail(c, "%v", err)
				continue
			}
			old := &access{cell, values[i]}
			if op.Fn == ir.Exchange {
				old = nil
			}
			var ok bool
			if written, ok = m.write(c, cell, v, op.Size, dataTaint|addrTaint, old); !ok {
				if c == s {
					return false
				}
				m.free = append(m.free, c)
				continue
			}
		}
		n := c.add(e, values[i], written)
		if n < 0 {
			m.tooLong(s)
			return false
		}
		c.set(op.Dst, old, 1<<n|addrTaint|dataTaint, addrPick|dataPick)
		if op.Flags&ir.Reserve != 0 {
			c.reserved = n
		}
		if c != s {
			m.branch(c)
		}
	}
	return m.err == nil
}

// access is a value that a cell holds.
type access struct {
	cell  int32
	value ir.Value
}

// write returns what a cell holds after v, computed from the reads in taint and
// from old unless nil, is written to it. It reports whether that can be: not if every way of
// computing v goes through this write itself.
func (m *machine) write(s *state, cell int32, v ir.Value, size uint8, taint uint64, old *access) (ir.Value, bool) {
	m.stored(s)
	if v == unknown {
		return v, true
	}
	ways := m.through(s, taint, old, m.sites[[2]int32{int32(s.pc), int32(s.micro - 1)}])
	if len(ways) == 0 {
		return v, false
	}
	v = m.cells.store(cell, v, size)
	if m.gathering {
		m.supplies.at(cell).add(v, ways)
	}
	return v, true
}

// stored counts a write.
func (m *machine) stored(s *state) {
	s.stores++
	m.writes = max(m.writes, s.stores)
}

// numberWrites gives each write of the code a bit, from bit next up, and
// returns the next free one. Code that may run twice gets none.
func (m *machine) numberWrites(next int) int {
	m.sites = map[[2]int32]uint64{}
	for i := range m.code.Code {
		for k := range m.code.Code[i].Micro {
			op := &m.code.Code[i].Micro[k]
			if op.Kind == ir.JumpReg || (op.Kind == ir.Branch || op.Kind == ir.Jump) && int(op.Target) <= i {
				clear(m.sites)
				return next
			}
			if op.Kind == ir.Store || op.Kind == ir.StoreCond || op.Kind == ir.Update {
				m.sites[[2]int32{int32(i), int32(k)}] = 1 << next // 0 beyond 64
				next++
			}
		}
	}
	return next
}
