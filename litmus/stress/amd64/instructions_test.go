package amd64

import (
	"math"
	"slices"

	"pgregory.net/rapid"
)

var (
	sizes       = []Size{1, 2, 4, 8}
	arithmetics = []Op{Add, Or, And, Sub, Xor, Cmp}
	exchanges   = []Op{Xchg, Xadd, Cmpxchg}
	shifts      = []Op{Shl, Shr, Sar}
	unaries     = []Op{Inc, Dec, Not, Neg}
	lines       = []Op{Prefetcht0, Clflush, Clflushopt}
	plain       = []Op{Nop, Ret, Mfence, Lfence, Sfence, Pause, Rdtsc, Rdtscp, Endbr64, Endbr32, Syscall}
	displaced   = []int32{0, 1, -1, 127, 128, -128, -129, math.MaxInt32, math.MinInt32}
	immediates  = []Operand{
		Immediate(0), Immediate(1), Immediate(-1), Immediate(127), Immediate(128), Immediate(-128), Immediate(-129), Immediate(255), Immediate(256),
		Immediate(0x7fff), Immediate(0x8000), Immediate(0xffff), Immediate(0x10000), Immediate(-0x8000), Immediate(-0x8001),
		Immediate(math.MaxInt32), Immediate(0x80000000), Immediate(0xffffffff), Immediate(0x100000000), Immediate(math.MinInt32),
		Immediate(math.MinInt32 - 1), Immediate(math.MaxInt64), Immediate(math.MinInt64),
	}
	near = Memory{Base: RBX}
	far  = Memory{Base: R13, Index: R12, Scale: 4, Disp: 0x12345678}
)

// everyForm is each opcode in each size with each shape of operands, those that there are and some that there are not.
func everyForm() []Instruction {
	var list []Instruction
	cross := func(ops []Op, sizes []Size, dsts, srcs []Operand) {
		for _, op := range ops {
			for _, size := range sizes {
				for _, dst := range dsts {
					for _, src := range srcs {
						list = append(list, Instruction{Op: op, Size: size, Dst: dst, Src: src})
					}
				}
			}
		}
	}
	operands := []Operand{RAX, RSI, R9, near, far}
	first, second := operands[:1], operands[2:4]
	cross([]Op{Mov, Add}, sizes, operands, operands)
	cross([]Op{Mov, Add}, sizes, slices.Concat(first, second), immediates)
	cross(append(arithmetics[1:], Test), sizes, slices.Concat(first, second), slices.Concat(first, second, immediates[1:6], immediates[17:19]))
	cross(exchanges, sizes, operands, operands)
	cross([]Op{Xchg}, sizes, []Operand{RAX, RBX, R8}, []Operand{RAX, RBX, R8})
	cross(shifts, sizes, operands, []Operand{RCX, Immediate(1), Immediate(2), Immediate(63), Immediate(255), Immediate(256)})
	cross(append(unaries, Setcc), sizes, operands[:3], []Operand{nil})
	cross(unaries, sizes, operands[3:], []Operand{nil})
	cross([]Op{Setcc}, sizes[:1], operands[3:], []Operand{nil})
	cross([]Op{Lea}, sizes, operands, operands)
	cross(lines, []Size{0}, operands, []Operand{nil})
	cross(plain, []Size{0}, []Operand{nil}, []Operand{nil})
	for r := RAX; r <= BH; r++ {
		for _, size := range sizes {
			if r.whole() || size == 1 {
				cross([]Op{Mov}, []Size{size}, []Operand{r}, []Operand{RAX, RDI, R15, far, Immediate(2)})
				cross([]Op{Mov}, []Size{size}, []Operand{RAX, RDI, R15, near}, []Operand{r})
			}
		}
		if r.whole() {
			cross([]Op{Push, Pop, Call, Jmp}, []Size{1, 4, 8}, []Operand{r}, []Operand{nil})
		}
	}
	// Bytes of the first four whole registers need no REX, those of the next four do.
	cross([]Op{Mov, Xchg}, sizes[:1], []Operand{AH, BH, RBX, RBP}, []Operand{CH, RDX, RSP, R10, near})
	for condition := Overflow; condition <= Greater; condition++ {
		for _, in := range []Instruction{
			{Op: Setcc, Size: 1, Dst: RDX}, {Op: Setcc, Size: 1, Dst: near}, {Op: Setcc, Size: 1, Dst: DH}, {Op: Cmovcc, Size: 4, Dst: RDX, Src: near},
		} {
			in.Condition = condition
			list = append(list, in)
		}
	}
	cross([]Op{Cmovcc}, sizes, operands[:3], operands)
	for _, op := range []Op{Movzx, Movsx} {
		for _, from := range sizes[:3] {
			from0 := len(list)
			cross([]Op{op}, sizes, operands[:3], append([]Operand{RSP, RBX}, operands...))
			if from == 1 {
				cross([]Op{op}, sizes[1:], []Operand{RAX, R9}, []Operand{CH})
			}
			for i := range list[from0:] {
				list[from0+i].From = from
			}
		}
	}
	for _, in := range slices.Clone(list) {
		if _, ok := in.Dst.(Memory); ok && (in.Op == Add || in.Dst == far) {
			in.Lock = true
			list = append(list, in)
		}
	}
	for _, m := range memories() {
		list = append(list, Instruction{Op: Mov, Size: 4, Dst: RAX, Src: m})
	}
	for _, m := range []Memory{near, far, {Base: RIP, Disp: 5}} {
		m.Narrow = m.Base != RIP
		cross([]Op{Mov, Add, Xadd}, sizes, []Operand{m}, []Operand{RAX, R9})
		cross([]Op{Mov, Add, Test}, sizes, []Operand{m}, []Operand{Immediate(2), Immediate(-3)})
		cross([]Op{Lea}, sizes, []Operand{RAX, R9}, []Operand{m})
		cross(lines, []Size{0}, []Operand{m}, []Operand{nil})
	}
	return list
}

// memories are locations of each shape.
func memories() []Memory {
	var list []Memory
	for _, base := range []Register{NoRegister, RAX, RSP, RBP, RDI, R8, R12, R13, RIP} {
		for i, index := range []Register{NoRegister, RCX, RBP, R12, R13, RAX} {
			for j, disp := range displaced {
				m := Memory{Base: base, Index: index, Disp: disp}
				if index != NoRegister {
					m.Scale = 1 << ((i + j) % 4)
				}
				if base != RIP || index == NoRegister {
					list = append(list, m)
				}
			}
		}
	}
	return list
}

// drawInstruction draws any instruction without a label, which need not be one of the processor's.
func drawInstruction() *rapid.Generator[Instruction] {
	return rapid.Custom(func(t *rapid.T) Instruction {
		ops := slices.Concat(arithmetics, exchanges, shifts, unaries, lines, plain, []Op{Mov, Mov, Test, Setcc, Cmovcc, Movzx, Movsx, Lea, Jmp, Call, Push, Pop})
		in := Instruction{Op: rapid.SampledFrom(ops).Draw(t, "op")}
		size := rapid.SampledFrom(sizes)
		in.Size = size.Draw(t, "size")
		operand := func(name string, kinds ...string) Operand {
			switch rapid.SampledFrom(kinds).Draw(t, name+" kind") {
			case "memory":
				return drawMemory(t)
			case "immediate":
				shift := rapid.IntRange(0, 63).Draw(t, "shift")
				return Immediate(rapid.Int64().Draw(t, "immediate") >> shift)
			}
			last := R15
			if in.Size == 1 && in.From == 0 || name == "source" && in.From == 1 {
				last = BH
			}
			return Register(rapid.IntRange(int(RAX), int(last)).Draw(t, name))
		}
		switch {
		case slices.Contains(plain, in.Op):
			in.Size = 0
			return in
		case slices.Contains(lines, in.Op):
			in.Size, in.Dst = 0, operand("destination", "memory")
			return in
		case in.Op == Push || in.Op == Pop || in.Op == Call || in.Op == Jmp:
			in.Size = 8
			in.Dst = operand("destination", "register")
			return in
		case in.Op == Setcc:
			in.Size = 1
		case in.Op == Movzx || in.Op == Movsx:
			in.From = size.Draw(t, "from")
		}
		if in.Op == Setcc || in.Op == Cmovcc {
			in.Condition = Condition(rapid.IntRange(0, 15).Draw(t, "condition"))
		}
		in.Dst = operand("destination", "register", "memory")
		if memory, ok := in.Dst.(Memory); ok && memory.Base != RIP {
			in.Lock = rapid.Bool().Draw(t, "lock")
		}
		switch {
		case in.Op == Setcc || slices.Contains(unaries, in.Op):
		case in.Op == Lea:
			in.Src = operand("source", "memory")
		case slices.Contains(shifts, in.Op):
			in.Src = RCX
			if rapid.Bool().Draw(t, "constant") {
				in.Src = Immediate(rapid.IntRange(0, 255).Draw(t, "count"))
			}
		default:
			in.Src = operand("source", "register", "memory", "immediate")
		}
		return in
	})
}

func drawMemory(t *rapid.T) Memory {
	base := rapid.SampledFrom([]Register{NoRegister, RIP, RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15})
	disp := rapid.OneOf(rapid.SampledFrom(displaced), rapid.Int32())
	m := Memory{Base: base.Draw(t, "base"), Disp: disp.Draw(t, "displacement")}
	if m.Base == RIP {
		return m
	}
	if index := Register(rapid.IntRange(int(NoRegister), int(R15)).Draw(t, "index")); index != NoRegister && index != RSP {
		m.Index, m.Scale = index, 1<<rapid.IntRange(0, 3).Draw(t, "scale")
	}
	m.Narrow = (m.Base != NoRegister || m.Index != NoRegister) && rapid.Bool().Draw(t, "narrow")
	return m
}
