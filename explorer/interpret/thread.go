package interpret

import (
	"slices"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// thread is a thread of the test in one run.
type thread struct {
	p         *program
	sim       sim.Thread
	code      []instruction
	regs      []ir.Value
	pc, micro int
	jumps     []backward
	accesses  []access // made so far
	events    int      // made so far: more than accesses
	started   int      // how many of them when the present instruction began
	nowhere   byte     // a location that no one writes
	fault     error    // where the thread stopped, if it did something that it must not
}

// backward counts how often an instruction has jumped back to another.
type backward struct{ from, to, times int }

// access is an event of a thread.
type access struct {
	event         int // the first event of the thread that belongs to it
	instr         *ir.Instr
	cell          int // -1 for a fence
	reads, writes bool
	read, written ir.Value
}

func newThread(p *program, i int) *thread {
	return &thread{p: p, code: p.code[i], regs: slices.Clone(p.test.Program.Threads[i].Init)}
}

func (t *thread) operand(o *ir.Operand) ir.Value {
	if o.Reg < 0 {
		return o.Imm
	}
	return t.regs[o.Reg]
}

func (t *thread) set(reg int32, v ir.Value) {
	if reg >= 0 {
		t.regs[reg] = v
	}
}

// impossible does not return: no execution goes on from here. The thread waits
// for what nobody does, while the others go on: what they write may lead it elsewhere.
func (t *thread) impossible() {
	nowhere := sim.Var{Addr: unsafe.Pointer(&t.nowhere), Kind: kind}
	t.sim.Update(nowhere, block, sim.Word{}, sim.Word{}, sim.Relaxed, sim.Relaxed)
}

func block(old, _, _ sim.Word) (sim.Word, sim.Verdict) { return old, sim.Block }

// run runs the thread on the simulated thread that it is called on, to its end
// or to a fault.
func (t *thread) run() {
	t.sim = sim.Current()
	for t.pc < len(t.code) && t.fault == nil {
		in := &t.code[t.pc]
		if t.micro >= len(in.micro) {
			t.goTo(t.pc + 1)
			continue
		}
		op := &in.micro[t.micro]
		t.micro++
		signed := op.Flags&ir.Signed != 0
		switch op.Kind {
		case ir.Compute:
			v, err := ir.Eval(op.Fn, op.Size, signed, t.operand(&op.Src[0]), t.operand(&op.Src[1]), t.operand(&op.Src[2]))
			if err != nil {
				t.stop(in, err)
				return
			}
			t.set(op.Dst, v)
		case ir.Select:
			chosen := &op.Src[2]
			if t.operand(&op.Src[0]).IsTrue() {
				chosen = &op.Src[1]
			}
			t.set(op.Dst, ir.Extend(t.operand(chosen), op.Size, signed))
		case ir.Load, ir.Store, ir.Update:
			t.access(in, op)
		case ir.Fence:
			if o := t.p.orders.fence(op.Tags); o != sim.Relaxed && t.sequenced(in) {
				t.sim.Fence(o)
				t.note(access{instr: in.Instr, cell: -1}, 1)
			}
		case ir.Branch:
			if t.operand(&op.Src[0]).IsTrue() {
				t.jump(int(op.Target))
			}
		case ir.Jump:
			t.jump(int(op.Target))
		case ir.Skip:
			if !t.operand(&op.Src[0]).IsTrue() {
				t.micro += int(op.Target)
			}
		case ir.Choose:
			if !t.exchange(in, t.micro-1) {
				t.set(op.Dst, ir.Int(int64(t.sim.Choose(int(op.Target)))))
				t.events++
			}
		case ir.Assume:
			if !t.operand(&op.Src[0]).IsTrue() {
				t.impossible()
			}
		case ir.Exit:
			return
		}
	}
}

func (t *thread) goTo(pc int) { t.pc, t.micro, t.started = pc, 0, len(t.accesses) }

// jump goes to an instruction, if the loop bound allows it.
func (t *thread) jump(target int) {
	if target <= t.pc {
		i := slices.IndexFunc(t.jumps, func(b backward) bool { return b.from == t.pc && b.to == target })
		if i < 0 {
			i = len(t.jumps)
			t.jumps = append(t.jumps, backward{from: t.pc, to: target})
		}
		if t.jumps[i].times >= t.p.unroll {
			t.p.boundHit = true
			t.impossible()
		}
		t.jumps[i].times++
	}
	t.goTo(target)
}

// stop ends the thread at something that the test must not do, or that cannot be run.
func (t *thread) stop(in *instruction, err error) {
	t.fault = source.Errorf(in.Pos, "%v in %s", err, in.Text)
}

// sequenced reports whether the present instruction may make an access after
// those that it has made; if not the thread stops.
func (t *thread) sequenced(in *instruction) bool {
	if len(t.accesses) > t.started && !in.sequential {
		t.fault = source.Errorf(in.Pos, "%s: its accesses are unsequenced, and the explorer makes one after another: expected them in statements of their own", in.Text)
	}
	return t.fault == nil
}

// locate returns the cell that an operation accesses; if there is none the thread stops.
func (t *thread) locate(in *instruction, op *ir.Micro) (int, bool) {
	cell, err := t.p.memory.find(t.operand(&op.Addr), op.Size)
	if err != nil {
		t.stop(in, err)
		return 0, false
	}
	return cell, t.sequenced(in)
}

// access makes one memory operation.
func (t *thread) access(in *instruction, op *ir.Micro) {
	cell, ok := t.locate(in, op)
	if !ok {
		return
	}
	m := t.p.memory
	a := access{instr: in.Instr, cell: cell, reads: op.Kind == ir.Load, writes: op.Kind == ir.Store}
	switch op.Kind {
	case ir.Load:
		a.read = m.value(t.sim.Load(m.vars[cell], t.p.orders.read(op.Tags)))
	case ir.Store:
		a.written = m.stored(cell, t.operand(&op.Src[0]), op.Size)
		t.sim.Store(m.vars[cell], m.word(a.written), t.p.orders.write(op.Tags))
	case ir.Update:
		t.update(in, cell, op, t.assumption(in.micro[t.micro:], op.Dst), op.Tags)
		return
	}
	t.note(a, 1)
	if a.reads {
		t.set(op.Dst, extended(op, a.read))
	}
}

// note records an access of so many events.
func (t *thread) note(a access, events int) {
	a.event = t.events
	t.events += events
	t.accesses = append(t.accesses, a)
}

// extended is a value read as the operation's register gets it.
func extended(op *ir.Micro, v ir.Value) ir.Value {
	return ir.Extend(v, op.Size, op.Flags&ir.Signed != 0)
}
