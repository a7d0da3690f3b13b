package x86

import (
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// operations are the instructions by mnemonic, other than the families of conditional.
var operations map[string]*operation

// conditional are the families whose mnemonics end in a condition code.
var conditional map[string]*operation

func init() {
	alu := func(fn ir.Fn) *operation {
		return &operation{shape: binary, lockable: true, fn: fn, emit: (*lowering).arithmetic}
	}
	one := func(fn ir.Fn) *operation {
		return &operation{shape: unary, lockable: true, fn: fn, emit: (*lowering).arithmetic}
	}
	shift := func(fn ir.Fn) *operation { return &operation{shape: binary, fn: fn, emit: (*lowering).shift} }
	fence := &operation{shape: plain, emit: (*lowering).fence}
	nothing := &operation{shape: plain, emit: (*lowering).nothing}
	operations = map[string]*operation{
		"add": alu(ir.Add), "sub": alu(ir.Sub), "and": alu(ir.And), "or": alu(ir.Or), "xor": alu(ir.Xor),
		"inc": one(ir.Add), "dec": one(ir.Sub), "neg": one(ir.Neg), "not": one(ir.Not),
		"shl": shift(ir.Shl), "sal": shift(ir.Shl), "shr": shift(ir.ShrU), "sar": shift(ir.ShrS),
		"mov":     {shape: binary, emit: (*lowering).move},
		"movabs":  {shape: binary, emit: (*lowering).move},
		"movzx":   {shape: extend, emit: (*lowering).extend},
		"movsx":   {shape: extend, emit: (*lowering).extend},
		"movsxd":  {shape: extend, emit: (*lowering).extend},
		"lea":     {shape: address, emit: (*lowering).effective},
		"cmp":     {shape: binary, emit: (*lowering).compare},
		"test":    {shape: binary, emit: (*lowering).compare},
		"xchg":    {shape: binary, lockable: true, emit: (*lowering).exchange},
		"uxch":    {shape: binary, emit: (*lowering).exchange},
		"xadd":    {shape: binary, lockable: true, emit: (*lowering).exchangeAdd},
		"cmpxchg": {shape: binary, lockable: true, emit: (*lowering).compareExchange},
		"jmp":     {shape: jump, emit: (*lowering).jump},
		"mfence":  fence, "sfence": fence, "lfence": fence,
		"nop": {shape: ignored, emit: (*lowering).nothing}, "endbr64": nothing, "endbr32": nothing, "pause": nothing,
		"ret": {shape: plain, emit: (*lowering).exit},
	}
	conditional = map[string]*operation{
		"j":    {shape: jump, emit: (*lowering).jumpIf},
		"set":  {shape: unary, emit: (*lowering).setIf},
		"cmov": {shape: binary, emit: (*lowering).moveIf},
	}
}

// lowering is an instruction on its way to the IR.
type lowering struct {
	*instruction
	b   *ir.Builder
	pos source.Pos
	at  ir.Operand // the address of the operand in memory, once computed
}

// Lower emits the instruction.
func (in *instruction) Lower(b *ir.Builder, pos source.Pos) error {
	return in.op.emit(&lowering{instruction: in, b: b, pos: pos})
}

func (l *lowering) nothing() error { return nil }

func (l *lowering) exit() error {
	l.b.Emit(ir.Micro{Kind: ir.Exit, Dst: ir.NoReg})
	return nil
}

func (l *lowering) fence() error {
	l.b.Emit(ir.Micro{Kind: ir.Fence, Dst: ir.NoReg, Tags: fences[l.mnemonic]})
	return nil
}

func (l *lowering) jump() error {
	l.b.JumpTo(l.label, l.pos)
	return nil
}

// readView is a register's value, zero-extended from its part.
func (l *lowering) readView(v view, size uint8) ir.Operand {
	whole := ir.R(l.b.Reg(v.whole))
	switch {
	case v.high:
		return l.b.Compute(ir.And, 8, l.b.Compute(ir.ShrU, 8, whole, ir.Imm(8)), ir.Imm(0xff))
	case v.size != 0:
		size = v.size
	}
	if size == l.dialect.word {
		return whole
	}
	return l.b.Compute(ir.Move, size, whole)
}

// writeView sets a register, or the part of it that v is: 32-bit results clear the rest of the register, narrower
// ones leave it (Intel SDM volume 1, 3.4.1.1).
func (l *lowering) writeView(v view, size uint8, value ir.Operand) {
	if v.size != 0 {
		size = v.size
	}
	reg := l.b.Reg(v.whole)
	switch {
	case v.high:
		l.b.ComputeTo(reg, ir.Insert, 8, false, ir.R(reg), value, ir.Imm(8<<8|8))
	case size < 4:
		l.b.ComputeTo(reg, ir.Insert, 8, false, ir.R(reg), value, ir.Imm(8*int64(size)))
	default:
		l.b.ComputeTo(reg, ir.Move, size, false, value)
	}
}

// location computes a memory operand's address.
func (l *lowering) location(o operand) ir.Operand {
	sum := ir.Imm(o.disp)
	if o.symbol != "" {
		sum = ir.ImmValue(ir.Value{Sym: l.b.Program().Symbol(ir.Location, o.symbol), Int: o.disp})
	}
	constant := o.symbol == "" && o.disp == 0
	add := func(v ir.Operand) {
		if constant {
			sum, constant = v, false
			return
		}
		sum = l.b.Compute(ir.Add, 8, v, sum)
	}
	if o.base != nil {
		add(l.readView(*o.base, l.dialect.word))
	}
	if o.index != nil {
		index := l.readView(*o.index, l.dialect.word)
		if o.scale != 1 {
			index = l.b.Compute(ir.Mul, 8, index, ir.Imm(o.scale))
		}
		add(index)
	}
	return sum
}

// atomic tells whether the accesses of the instruction are locked.
func (l *lowering) atomic() bool { return l.lock || l.mnemonic == "xchg" }

// read is the value of an operand; a memory operand is loaded.
func (l *lowering) read(o operand) ir.Operand { return l.readAs(o, l.size) }

func (l *lowering) readAs(o operand, size uint8) ir.Operand {
	switch o.kind {
	case register:
		return l.readView(o.reg, size)
	case immediate:
		if o.symbol != "" {
			return ir.ImmValue(ir.Value{Sym: l.b.Program().Symbol(ir.Location, o.symbol), Int: o.disp})
		}
		return ir.Imm(o.disp)
	}
	l.at = l.location(o)
	t := l.b.Temp()
	m := ir.Micro{Kind: ir.Load, Size: size, Dst: t, Addr: l.at}
	if l.atomic() {
		m.Tags = locked
	}
	l.b.Emit(m)
	return ir.R(t)
}

// write sets an operand. In memory, the write goes to the address that was read if there is one: a read-modify-write,
// whose accesses only a lock ties together.
func (l *lowering) write(o operand, value ir.Operand) {
	if o.kind == register {
		l.writeView(o.reg, l.size, value)
		return
	}
	m := ir.Micro{Kind: ir.Store, Size: l.size, Dst: ir.NoReg, Addr: l.at, Src: [3]ir.Operand{value}}
	if l.atomic() {
		m.Tags, m.Flags = locked, ir.Amo
	}
	l.b.Emit(m)
}

func (l *lowering) move() error {
	dst, src := l.operands[0], l.operands[1]
	value := l.read(src)
	if dst.kind == memory {
		l.at = l.location(dst)
	}
	l.write(dst, value)
	return nil
}

func (l *lowering) extend() error {
	value := l.readAs(l.operands[1], l.from)
	if l.mnemonic[:4] == "movs" {
		t := l.b.Temp()
		l.b.ComputeTo(t, ir.Move, l.from, true, value)
		value = ir.R(t)
	}
	l.writeView(l.operands[0].reg, l.size, value)
	return nil
}

func (l *lowering) effective() error {
	l.writeView(l.operands[0].reg, l.size, l.location(l.operands[1]))
	return nil
}

func (l *lowering) arithmetic() error {
	dst := l.operands[0]
	src := ir.Imm(1)
	if l.op.shape == binary {
		src = l.read(l.operands[1]) // at most one operand is in memory: if this one is, dst is a register
	}
	old := l.read(dst)
	result := l.b.Compute(l.op.fn, l.size, old, src)
	// The flags come from the operands, which dst may be one of: before the write.
	switch l.mnemonic {
	case "not":
	case "sub":
		l.flagsOfDifference(old, src)
	case "neg":
		l.flagsOfDifference(ir.Imm(0), old)
	case "add", "inc":
		l.flagsOfSum(old, src, result)
	case "dec":
		l.flagsOfSum(old, ir.Imm(-1), result)
	default:
		l.flagsOfResult(result)
	}
	l.write(dst, result)
	return nil
}

func (l *lowering) compare() error {
	src := l.read(l.operands[1])
	old := l.read(l.operands[0])
	if l.mnemonic == "test" {
		l.flagsOfResult(l.b.Compute(ir.And, l.size, old, src))
		return nil
	}
	l.flagsOfDifference(old, src)
	return nil
}

func (l *lowering) exchange() error {
	a, b := l.operands[0], l.operands[1]
	if b.kind == memory {
		a, b = b, a
	}
	new := l.read(b)
	if b.kind == register && a.kind == register {
		// Writing a must not change what b gets, nor the other way round.
		new = l.b.Compute(ir.Move, 8, new)
	}
	old := l.read(a)
	if a.kind == register {
		old = l.b.Compute(ir.Move, 8, old)
	}
	l.write(a, new)
	l.writeView(b.reg, l.size, old)
	return nil
}

func (l *lowering) exchangeAdd() error {
	dst, src := l.operands[0], l.operands[1]
	add := l.read(src)
	old := l.read(dst)
	if dst.kind == register {
		old = l.b.Compute(ir.Move, 8, old)
	}
	sum := l.b.Compute(ir.Add, l.size, old, add)
	if dst.kind == memory {
		l.write(dst, sum)
	}
	l.flagsOfSum(old, add, sum)
	l.writeView(src.reg, l.size, old)
	if dst.kind == register { // after src: xadd %eax,%eax doubles
		l.write(dst, sum)
	}
	return nil
}

func (l *lowering) compareExchange() error {
	dst, src := l.operands[0], l.operands[1]
	accumulator := view{whole: l.dialect.registers["eax"].whole}
	old := l.read(dst)
	expected := l.readView(accumulator, l.size)
	equal := l.b.Compute(ir.Eq, l.size, old, expected)
	new := l.read(src)
	l.flagsOfDifference(expected, old)
	kept := l.b.Compute(ir.Move, 8, old)
	if dst.kind == memory && !l.lock {
		// The destination is written in any case (Intel SDM volume 2, CMPXCHG), over what others may have written since it was read.
		t := l.b.Temp()
		l.b.Emit(ir.Micro{Kind: ir.Select, Size: l.size, Dst: t, Src: [3]ir.Operand{equal, new, old}})
		l.write(dst, ir.R(t))
	} else {
		skip := l.b.Emit(ir.Micro{Kind: ir.Skip, Dst: ir.NoReg, Src: [3]ir.Operand{equal}})
		l.write(dst, new)
		l.b.Patch(skip)
	}
	skip := l.b.Emit(ir.Micro{Kind: ir.Skip, Dst: ir.NoReg, Src: [3]ir.Operand{l.b.Compute(ir.Eq, 8, equal, ir.Imm(0))}})
	l.writeView(accumulator, l.size, kept)
	l.b.Patch(skip)
	return nil
}
