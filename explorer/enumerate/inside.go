package enumerate

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// step is one micro-operation that a local run went through.
type step struct {
	pc, micro int32
	index     int32 // the point of program order
	events    int32 // how many events the run had before
	first     bool  // a Select chose its first source
}

// inside is what happens inside the instructions of a local run: reads and
// writes of registers, branches, and what is computed from what. It follows
// from the steps of the run.
//
// Its events number ^0, ^1, …, after those of the run, which number 0, 1, ….
type inside struct {
	events         []insideEvent
	data, ctrl, rf [][2]int32
}

type insideEvent struct {
	kind  model.Kind
	reg   int32 // -1 for a branch
	index int32
	instr int32
}

// flow is what a value comes from: events of the run, and reads of registers as
// ^i for the i-th of tracer.reads.
type flow struct {
	data []int32 // by data
	ctrl []int32 // by a choice or a condition
}

func (f flow) all() []int32 { return append(slices.Clone(f.data), f.ctrl...) }

func (f flow) join(g flow) flow { return flow{unite(f.data, g.data), unite(f.ctrl, g.ctrl)} }

func unite(a, b []int32) []int32 {
	a = slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(a, x)
		}
	}
	return a
}

// registerRead is an instruction's read of a register. It is one event if it
// feeds the value of a write or decides on the write, another for all else that it feeds.
type registerRead struct {
	reg          int32
	index, instr int32
	from         int32 // the write of the register, 0 if it has its initial value
	plain, data  int32 // the events, 0 if there are none yet
}

// tracer goes through the steps of a run.
type tracer struct {
	arch string
	code *ir.Thread
	out  inside

	flows   []flow  // by register: of what the present instruction has written, and of temporaries
	fresh   []bool  // by register: the present instruction has written it
	written []int32 // the named registers that it has written
	writer  []int32 // by named register: the event that wrote it last, 0 for none
	reads   []registerRead
	first   int // the present instruction's first read
	regions []conditional
}

// conditional is a run of micro-operations that a Skip made conditional.
type conditional struct {
	end  int32
	from []int32
}

// trace computes what happens inside the instructions of a run that took these
// steps and has n events.
func trace(arch string, code *ir.Thread, steps []step, n int) inside {
	regs := len(code.Regs)
	t := &tracer{
		arch: arch, code: code,
		flows: make([]flow, regs), fresh: make([]bool, regs), writer: make([]int32, regs),
	}
	for i, at := range steps {
		if i > 0 && steps[i-1].index != at.index {
			t.retire(&steps[i-1])
		}
		after := int32(n)
		if i+1 < len(steps) {
			after = steps[i+1].events
		}
		event := int32(-1)
		if after > at.events {
			event = at.events
		}
		t.step(&at, event)
	}
	if len(steps) > 0 {
		t.retire(&steps[len(steps)-1])
	}
	return t.out
}

// add appends an event.
func (t *tracer) add(kind model.Kind, reg, index, instr int32) int32 {
	t.out.events = append(t.out.events, insideEvent{kind, reg, index, instr})
	return ^int32(len(t.out.events) - 1)
}

// operand is what an operand's value comes from.
func (t *tracer) operand(at *step, o *ir.Operand) flow {
	if o.Reg < 0 {
		return flow{}
	}
	if t.fresh[o.Reg] || t.code.Regs[o.Reg].Name == "" {
		return t.flows[o.Reg]
	}
	for i := t.first; i < len(t.reads); i++ {
		if t.reads[i].reg == o.Reg {
			return flow{data: []int32{^int32(i)}}
		}
	}
	t.reads = append(t.reads, registerRead{reg: o.Reg, index: at.index, instr: at.pc, from: t.writer[o.Reg]})
	return flow{data: []int32{^int32(len(t.reads) - 1)}}
}

// event is the event of a source, made when something first comes from it.
func (t *tracer) event(source int32, port model.Kind) int32 {
	if source >= 0 {
		return source
	}
	r := &t.reads[^source]
	e := &r.plain
	if port != 0 {
		e = &r.data
	}
	if *e == 0 {
		*e = t.add(model.RegisterRead|port, r.reg, r.index, r.instr)
		if r.from != 0 {
			t.out.rf = append(t.out.rf, [2]int32{r.from, *e})
		}
	}
	return *e
}

// link adds pairs from each source to an event.
func (t *tracer) link(pairs *[][2]int32, sources []int32, port model.Kind, to int32) {
	for _, source := range sources {
		*pairs = append(*pairs, [2]int32{t.event(source, port), to})
	}
}

// condition is what the present region's execution comes from.
func (t *tracer) condition() []int32 {
	if n := len(t.regions); n > 0 {
		return t.regions[n-1].from
	}
	return nil
}

func (t *tracer) set(reg int32, f flow) {
	if reg < 0 {
		return
	}
	t.flows[reg] = flow{f.data, unite(f.ctrl, t.condition())}
	if t.code.Regs[reg].Name != "" && !t.fresh[reg] {
		t.fresh[reg] = true
		t.written = append(t.written, reg)
	}
}

// retire ends an instruction: its registers are written.
func (t *tracer) retire(last *step) {
	t.regions = t.regions[:0]
	for _, reg := range t.written {
		w := t.add(model.RegisterWrite, reg, last.index, last.pc)
		t.link(&t.out.data, t.flows[reg].data, 0, w)
		t.link(&t.out.ctrl, t.flows[reg].ctrl, 0, w)
		t.writer[reg], t.fresh[reg] = w, false
	}
	t.written, t.first = t.written[:0], len(t.reads)
}

// step goes through one micro-operation, which made an event of the run or, if that is -1, none.
func (t *tracer) step(at *step, event int32) {
	for n := len(t.regions); n > 0 && at.micro >= t.regions[n-1].end; n-- {
		t.regions = t.regions[:n-1]
	}
	op := &t.code.Code[at.pc].Micro[at.micro]
	switch op.Kind {
	case ir.Compute:
		f := t.operand(at, &op.Src[0])
		for i := range op.Src[1:] {
			f = f.join(t.operand(at, &op.Src[i+1]))
		}
		t.set(op.Dst, f)
	case ir.Select:
		from := t.operand(at, &op.Src[0]).all()
		chosen := &op.Src[2]
		if at.first {
			chosen = &op.Src[1]
		}
		f := t.operand(at, chosen)
		t.set(op.Dst, flow{f.data, unite(f.ctrl, from)})
	case ir.Load, ir.Store, ir.Update, ir.StoreCond:
		var result flow
		if event >= 0 {
			address := t.operand(at, &op.Addr)
			var value flow
			port := model.Kind(0)
			if op.Kind != ir.Load {
				value, port = t.operand(at, &op.Src[0]), model.DataPort
			}
			t.link(&t.out.data, address.data, 0, event)
			t.link(&t.out.data, value.data, port, event)
			t.link(&t.out.ctrl, unite(unite(address.ctrl, value.ctrl), t.condition()), port, event)
			// The status of Arm's store-exclusives depends on nothing; that of RISC-V's on the write.
			if op.Kind != ir.StoreCond || t.arch == "RISCV" {
				result.data = []int32{event}
			}
		}
		t.set(op.Dst, result)
	case ir.Branch, ir.JumpReg:
		f := t.operand(at, &op.Src[0])
		branch := t.add(model.BranchEvent, -1, at.index, at.pc)
		t.link(&t.out.data, f.data, 0, branch)
		t.link(&t.out.ctrl, unite(f.ctrl, t.condition()), 0, branch)
	case ir.Skip:
		from := unite(t.operand(at, &op.Src[0]).all(), t.condition())
		t.regions = append(t.regions, conditional{at.micro + 1 + op.Target, from})
	case ir.Choose:
		t.set(op.Dst, flow{})
	}
}

// appendKey appends what makes two runs of one shape.
func (x *inside) appendKey(b []byte) []byte {
	for _, e := range x.events {
		b = append(b, byte(e.kind))
		b = binary.AppendVarint(b, int64(e.reg))
		b = binary.AppendVarint(b, int64(e.index))
	}
	for _, pairs := range [...][][2]int32{x.data, x.ctrl, x.rf} {
		b = binary.AppendVarint(b, int64(len(pairs)))
		for _, p := range pairs {
			b = binary.AppendVarint(b, int64(p[0]))
			b = binary.AppendVarint(b, int64(p[1]))
		}
	}
	return b
}

// layInside appends the events inside the shapes' instructions to the skeleton
// and says where each thread's begin. Registers are numbered after cells.
func (s *search) layInside() {
	x := &s.x
	s.insideOffset = s.insideOffset[:0]
	regs := len(s.cells.list)
	for t, shape := range s.shapes {
		s.insideOffset = append(s.insideOffset, len(x.Events))
		for _, e := range shape.inside.events {
			loc := -1
			if e.reg >= 0 {
				loc = regs + int(e.reg)
			}
			x.Events = append(x.Events, model.Event{Thread: t, Index: int(e.index), Kind: e.kind, Loc: loc})
		}
		regs += len(s.test.Program.Threads[t].Regs)
	}
}

// relateInside fills the relations inside instructions, and extends program order.
func (s *search) relateInside() {
	x := &s.x
	in := x.Inside
	s.reset(&in.Data, &in.Ctrl, &in.Order, &in.Rf)
	for t, shape := range s.shapes {
		number := func(e int32) int {
			if e < 0 {
				return s.insideOffset[t] + int(^e)
			}
			return s.offset[t] + int(e)
		}
		fill := func(r *model.Relation, pairs [][2]int32) {
			for _, p := range pairs {
				r.Add(number(p[0]), number(p[1]))
			}
		}
		fill(in.Data, shape.inside.data)
		fill(in.Ctrl, shape.inside.ctrl)
		fill(in.Rf, shape.inside.rf)
		order := func(a, b int) {
			switch i, j := x.Events[a].Index, x.Events[b].Index; {
			case i < j:
				x.Po.Add(a, b)
			case j < i:
				x.Po.Add(b, a)
			}
		}
		for k := range shape.inside.events {
			a := s.insideOffset[t] + k
			for i := range shape.events {
				order(a, s.offset[t]+i)
			}
			for i := range k {
				order(a, s.insideOffset[t]+i)
			}
		}
	}
}

// describeInside is a label of an event inside an instruction.
func (s *search) describeInside(e int) string {
	ev := &s.x.Events[e]
	x := &s.shapes[ev.Thread].inside.events[e-s.insideOffset[ev.Thread]]
	thread := &s.test.Program.Threads[ev.Thread]
	what := ""
	switch {
	case ev.Kind&model.RegisterRead != 0:
		what = ": reads " + thread.Regs[x.reg].Name
	case ev.Kind&model.RegisterWrite != 0:
		what = ": writes " + thread.Regs[x.reg].Name
	}
	return fmt.Sprintf("P%d: %s%s", ev.Thread, thread.Code[x.instr].Text, what)
}
