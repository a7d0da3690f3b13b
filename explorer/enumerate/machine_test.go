package enumerate

import (
	"encoding/binary"
	"maps"
	"slices"
	"strconv"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// operational runs a test step by step on a machine with one memory and, if
// buffered, a first-in-first-out store buffer a thread (x86-TSO: Owens, Sarkar
// and Sewell, TPHOLs 2009), through every schedule. It shares with the engine
// the IR and how a cell keeps a value, nothing else.
type operational struct {
	test     *litmus.Test
	prog     *ir.Program
	cells    *cells
	buffered bool
	full     ir.Tags // fences that wait for the buffer
	atomic   ir.Tags // the read of an atomic instruction, whether or not it comes to write …
	pair     ir.Tags // … unless it is of an exclusive pair
	strong   struct{ write, read ir.Tags }
	seen     map[string]bool
	finals   map[string]bool
}

type pending struct {
	cell   int32
	value  ir.Value
	strong bool
}

type thread struct {
	pc, micro int
	regs      []ir.Value
	reserved  int32 // a cell, or -1
	lost      bool  // another thread wrote to it since
	drained   bool  // no store was pending when the present instruction began to lock
	buffer    []pending
}

type configuration struct {
	memory  []ir.Value
	threads []thread
	locked  int // the thread within a locked instruction, or -1
}

func (c *configuration) clone() *configuration {
	d := &configuration{memory: slices.Clone(c.memory), threads: slices.Clone(c.threads), locked: c.locked}
	for i := range d.threads {
		d.threads[i].regs = slices.Clone(d.threads[i].regs)
		d.threads[i].buffer = slices.Clone(d.threads[i].buffer)
	}
	return d
}

// key tells configurations apart.
func (c *configuration) key() string {
	var b []byte
	number := func(n int) { b = binary.AppendVarint(b, int64(n)) }
	value := func(v ir.Value) { b = binary.AppendVarint(binary.AppendVarint(b, int64(v.Sym)), v.Int) }
	flag := func(f bool) { b = strconv.AppendBool(b, f) }
	number(c.locked)
	for _, v := range c.memory {
		value(v)
	}
	for i := range c.threads {
		th := &c.threads[i]
		number(th.pc)
		number(th.micro)
		number(int(th.reserved))
		flag(th.lost)
		flag(th.drained)
		for _, v := range th.regs {
			value(v)
		}
		number(len(th.buffer))
		for _, p := range th.buffer {
			number(int(p.cell))
			value(p.value)
			flag(p.strong)
		}
	}
	return string(b)
}

// outcomes returns the final states, printed.
func outcomes(t *litmus.Test, buffered bool) []string {
	m := &operational{test: t, prog: t.Program, cells: newCells(t.Program), buffered: buffered,
		seen: map[string]bool{}, finals: map[string]bool{}}
	m.full = m.tags("MFENCE", "DMB.SY", "Fence.rw.rw", "Fence.w.r", "Fence.w.rw", "Fence.rw.r")
	m.atomic, m.pair = m.tags("X"), m.tags("EX")
	switch t.Program.Arch {
	case "C":
		m.full = m.tags("SC")
		m.strong.write, m.strong.read = m.full, m.full
	case "AArch64":
		m.strong.write, m.strong.read = m.tags("L"), m.tags("A")
	}
	c := &configuration{locked: -1}
	for i := range m.cells.list {
		c.memory = append(c.memory, m.cells.list[i].Init)
	}
	for i := range t.Program.Threads {
		c.threads = append(c.threads, thread{regs: slices.Clone(t.Program.Threads[i].Init), reserved: -1})
	}
	m.explore(c)
	return slices.Sorted(maps.Keys(m.finals))
}

func (m *operational) tags(names ...string) ir.Tags {
	var tags ir.Tags
	for i, name := range m.prog.Tags {
		if slices.Contains(names, name) {
			tags |= 1 << i
		}
	}
	return tags
}

func (m *operational) explore(c *configuration) {
	key := c.key()
	if m.seen[key] {
		return
	}
	m.seen[key] = true
	done := true
	for t := range c.threads {
		th := &c.threads[t]
		if th.pc < len(m.prog.Threads[t].Code) || len(th.buffer) > 0 {
			done = false
		}
		if c.locked >= 0 && c.locked != t {
			continue
		}
		m.step(c.clone(), t)
		if len(th.buffer) > 0 {
			d := c.clone()
			p := d.threads[t].buffer[0]
			d.threads[t].buffer = d.threads[t].buffer[1:]
			m.toMemory(d, t, p.cell, p.value)
			m.explore(d)
		}
	}
	if done {
		m.final(c)
	}
}

func (m *operational) final(c *configuration) {
	values := make([]ir.Value, m.test.Slots())
	for i := range m.test.Observed {
		o := &m.test.Observed[i]
		if o.Thread >= 0 {
			values[o.Slot] = c.threads[o.Thread].regs[o.Reg]
		}
		for k, cell := range o.Cells {
			values[o.Slot+k] = c.memory[cell]
		}
	}
	m.finals[m.test.FormatState(values)] = true
}

func (m *operational) toMemory(c *configuration, t int, cell int32, v ir.Value) {
	c.memory[cell] = v
	for i := range c.threads {
		if i != t && c.threads[i].reserved == cell {
			c.threads[i].lost = true
		}
	}
}

func (th *thread) operand(o ir.Operand) ir.Value {
	if o.Reg < 0 || len(th.regs) == 0 { // no operand of the operation
		return o.Imm
	}
	return th.regs[o.Reg]
}

func (th *thread) set(reg int32, v ir.Value) {
	if reg >= 0 {
		th.regs[reg] = v
	}
}

// step runs thread t over one memory operation, or to its end, and explores what follows.
func (m *operational) step(c *configuration, t int) {
	th := &c.threads[t]
	code := m.prog.Threads[t].Code
	for th.pc < len(code) {
		in := &code[th.pc]
		if th.micro == len(in.Micro) {
			th.pc++
			th.micro = 0
			if c.locked == t {
				c.locked = -1
				m.explore(c)
				return
			}
			continue
		}
		op := &in.Micro[th.micro]
		signed := op.Flags&ir.Signed != 0
		a, b := th.operand(op.Src[0]), th.operand(op.Src[1])
		th.micro++
		switch op.Kind {
		case ir.Compute:
			v, err := ir.Eval(op.Fn, op.Size, signed, a, b, th.operand(op.Src[2]))
			if err != nil {
				return
			}
			th.set(op.Dst, v)
		case ir.Select:
			v := th.operand(op.Src[2])
			if a.IsTrue() {
				v = b
			}
			th.set(op.Dst, ir.Extend(v, op.Size, signed))
		case ir.Branch:
			if a.IsTrue() {
				th.pc, th.micro = int(op.Target), 0
			}
		case ir.Jump:
			th.pc, th.micro = int(op.Target), 0
		case ir.Skip:
			if !a.IsTrue() {
				th.micro += int(op.Target)
			}
		case ir.Assume:
			if !a.IsTrue() {
				return
			}
		case ir.Choose:
			for n := range int64(op.Target) {
				d := c.clone()
				d.threads[t].set(op.Dst, ir.Int(n))
				m.step(d, t)
			}
			return
		case ir.Exit:
			th.pc, th.micro = len(code), 0
			if c.locked == t {
				c.locked = -1
			}
		case ir.Fence:
			if op.Tags&m.full != 0 && len(th.buffer) > 0 {
				return
			}
		default:
			m.access(c, t, in, op)
			return
		}
	}
	m.explore(c)
}

func (m *operational) access(c *configuration, t int, in *ir.Instr, op *ir.Micro) {
	th := &c.threads[t]
	cell := m.cells.at[th.operand(op.Addr)]
	strongPending := slices.ContainsFunc(th.buffer, func(p pending) bool { return p.strong })
	switch op.Kind {
	case ir.Load:
		if op.Tags&m.strong.read != 0 && strongPending {
			return
		}
		if op.Tags&m.atomic != 0 && op.Tags&m.pair == 0 && len(th.buffer) > 0 {
			return
		}
		// Whether the instruction will lock may depend on what it reads: it may
		// only if it has found its buffer empty.
		if slices.ContainsFunc(in.Micro, func(o ir.Micro) bool { return o.Kind == ir.Store && o.Flags&ir.Amo != 0 }) {
			if th.drained = len(th.buffer) == 0; th.drained {
				c.locked = t
			}
		}
		v := c.memory[cell]
		for _, p := range th.buffer {
			if p.cell == cell {
				v = p.value
			}
		}
		th.set(op.Dst, ir.Extend(v, op.Size, op.Flags&ir.Signed != 0))
		if op.Flags&ir.Reserve != 0 {
			th.reserved, th.lost = cell, false
		}
	case ir.Store:
		v := m.cells.store(cell, th.operand(op.Src[0]), op.Size)
		switch {
		case op.Flags&ir.Amo != 0 && !th.drained:
			return
		case op.Flags&ir.Amo != 0 || !m.buffered:
			m.toMemory(c, t, cell, v)
		default:
			th.buffer = append(th.buffer, pending{cell, v, op.Tags&m.strong.write != 0})
		}
	case ir.StoreCond:
		d := c.clone()
		d.threads[t].set(op.Dst, ir.Int(1))
		d.threads[t].reserved = -1
		m.explore(d)
		if th.reserved != cell || th.lost {
			return
		}
		m.toMemory(c, t, cell, m.cells.store(cell, th.operand(op.Src[0]), op.Size))
		th.set(op.Dst, ir.Int(0))
		th.reserved = -1
	case ir.Update:
		if len(th.buffer) > 0 {
			return
		}
		signed := op.Flags&ir.Signed != 0
		old := ir.Extend(c.memory[cell], op.Size, signed)
		v, err := ir.Eval(op.Fn, op.Size, signed, old, th.operand(op.Src[0]), ir.Value{})
		if err != nil {
			return
		}
		m.toMemory(c, t, cell, m.cells.store(cell, v, op.Size))
		th.set(op.Dst, old)
	}
	m.explore(c)
}
