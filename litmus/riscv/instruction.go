package riscv

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// order is the ordering annotation of an access.
type order uint8

const (
	relaxed order = iota
	acquire
	release
	acquireRelease
)

var orderSuffix = [...]string{"", ".aq", ".rl", ".aq.rl"}

var orderTags = [...]ir.Tags{0, ir.Bit(tags, "Acq"), ir.Bit(tags, "Rel"), ir.Bit(tags, "AcqRel")}

var (
	atomic    = ir.Bit(tags, "X")
	exclusive = ir.Bit(tags, "X") | ir.Bit(tags, "EX")
)

// cutOrder splits the ordering annotation off a mnemonic.
func cutOrder(name string) (string, order) {
	for _, s := range []struct {
		suffix string
		order  order
	}{{".aq.rl", acquireRelease}, {".aqrl", acquireRelease}, {".aq", acquire}, {".rl", release}} {
		if bare, ok := strings.CutSuffix(name, s.suffix); ok {
			return bare, s.order
		}
	}
	return name, relaxed
}

// width is the size of an access by its letter.
var width = map[string]uint8{"b": 1, "h": 2, "w": 4, "d": 8}

// binary is an operation on two values: of the low words, sign-extended, if word is set.
type binary struct {
	fn   ir.Fn
	word bool
}

// registerOps have two register operands; immediateOps a register and a constant.
var registerOps = map[string]binary{
	"add": {fn: ir.Add}, "sub": {fn: ir.Sub}, "and": {fn: ir.And}, "or": {fn: ir.Or}, "xor": {fn: ir.Xor},
	"sll": {fn: ir.Shl}, "srl": {fn: ir.ShrU}, "sra": {fn: ir.ShrS}, "slt": {fn: ir.LtS}, "sltu": {fn: ir.LtU},
	"addw": {ir.Add, true}, "subw": {ir.Sub, true}, "sllw": {ir.Shl, true}, "srlw": {ir.ShrU, true}, "sraw": {ir.ShrS, true},
	"mul": {fn: ir.Mul}, "mulh": {fn: ir.MulHiS}, "mulhu": {fn: ir.MulHiU}, "mulw": {ir.Mul, true},
	"div": {fn: ir.DivS}, "divu": {fn: ir.DivU}, "divw": {ir.DivS, true}, "divuw": {ir.DivU, true},
	"rem": {fn: ir.RemS}, "remu": {fn: ir.RemU}, "remw": {ir.RemS, true}, "remuw": {ir.RemU, true},
	"andn": {fn: ir.AndNot}, "orn": {fn: ir.OrNot}, "xnor": {fn: ir.XorNot},
	"min": {fn: ir.MinS}, "max": {fn: ir.MaxS}, "minu": {fn: ir.MinU}, "maxu": {fn: ir.MaxU},
}

var immediateOps = map[string]binary{
	"addi": {fn: ir.Add}, "andi": {fn: ir.And}, "ori": {fn: ir.Or}, "xori": {fn: ir.Xor},
	"slli": {fn: ir.Shl}, "srli": {fn: ir.ShrU}, "srai": {fn: ir.ShrS}, "slti": {fn: ir.LtS}, "sltiu": {fn: ir.LtU},
	"addiw": {ir.Add, true}, "slliw": {ir.Shl, true}, "srliw": {ir.ShrU, true}, "sraiw": {ir.ShrS, true},
}

// unaryOps are the pseudo-instructions of one source: FN of the source and a constant, on either side.
var unaryOps = map[string]struct {
	binary
	constant int64
	first    bool // the constant is the first operand
}{
	"mv": {binary{fn: ir.Move}, 0, false}, "not": {binary{fn: ir.Xor}, -1, false},
	"neg": {binary{fn: ir.Sub}, 0, true}, "negw": {binary{ir.Sub, true}, 0, true},
	"sext.w": {binary{ir.Move, true}, 0, false},
	"seqz":   {binary{fn: ir.Eq}, 0, false}, "snez": {binary{fn: ir.Ne}, 0, false},
	"sltz": {binary{fn: ir.LtS}, 0, false}, "sgtz": {binary{fn: ir.LtS}, 0, true},
}

// branches compare two registers; those of one register compare it with zero, on the side told.
var branches = map[string]struct {
	fn      ir.Fn
	swapped bool
}{
	"beq": {ir.Eq, false}, "bne": {ir.Ne, false}, "blt": {ir.LtS, false}, "bltu": {ir.LtU, false},
	"bge": {ir.LeS, true}, "bgeu": {ir.LeU, true},
	"bgt": {ir.LtS, true}, "bgtu": {ir.LtU, true}, "ble": {ir.LeS, false}, "bleu": {ir.LeU, false},
}

var zeroBranches = map[string]string{
	"beqz": "beq", "bnez": "bne", "bltz": "blt", "bgez": "bge", "bgtz": "bgt", "blez": "ble",
}

var amos = map[string]ir.Fn{
	"amoswap": ir.Exchange, "amoadd": ir.Add, "amoand": ir.And, "amoor": ir.Or, "amoxor": ir.Xor,
	"amomin": ir.MinS, "amomax": ir.MaxS, "amominu": ir.MinU, "amomaxu": ir.MaxU,
}

// node is a parsed instruction, an [ir.Node].
type node struct {
	text string
	emit func(b *ir.Builder, pos source.Pos)
}

func (n *node) String() string { return n.text }

func (n *node) Lower(b *ir.Builder, pos source.Pos) error {
	n.emit(b, pos)
	return nil
}

// value is the value of a register: x0 is zero.
func value(b *ir.Builder, reg string) ir.Operand {
	if reg == "x0" {
		return ir.Imm(0)
	}
	return ir.R(b.Reg(reg))
}

// destination is the register that results go to: none for x0.
func destination(b *ir.Builder, reg string) int32 {
	if reg == "x0" {
		return ir.NoReg
	}
	return b.Reg(reg)
}

// address is base+offset.
func address(b *ir.Builder, base string, offset int64) ir.Operand {
	if offset == 0 {
		return value(b, base)
	}
	return b.Compute(ir.Add, 8, value(b, base), ir.Imm(offset))
}

// apply emits rd = op(x, y).
func (op binary) apply(b *ir.Builder, rd string, x, y ir.Operand) {
	size := uint8(8)
	if op.word {
		size = 4
	}
	if rd == "x0" {
		return
	}
	if op.fn == ir.DivS || op.fn == ir.DivU { // all ones where the divisor is zero
		ones := b.Compute(ir.Neg, size, b.Compute(ir.Eq, size, y, ir.Imm(0)))
		b.ComputeTo(b.Reg(rd), ir.Or, size, op.word, b.Compute(op.fn, size, x, y), ones)
		return
	}
	b.ComputeTo(b.Reg(rd), op.fn, size, op.word, x, y)
}

// want checks the number of operands.
func (p *parser) want(n int, form string) bool {
	if len(p.operands) != n {
		p.fail("expected %s", strings.TrimSpace(p.name+" "+form))
		return false
	}
	return true
}

func (p *parser) instruction() (*node, error) {
	n := p.parse()
	if p.err != nil {
		return nil, p.err
	}
	if n == nil {
		return nil, source.Errorf(p.pos, "unknown instruction %s", p.name)
	}
	if n.text == "" {
		n.text = strings.TrimSpace(p.name + " " + strings.Join(p.operands, ","))
	}
	return n, nil
}

// parse finds the instruction; it is nil if there is none of that name.
func (p *parser) parse() *node {
	if op, ok := registerOps[p.name]; ok {
		return p.registerOp(op)
	}
	if op, ok := immediateOps[p.name]; ok {
		return p.immediateOp(op)
	}
	if op, ok := unaryOps[p.name]; ok && p.want(2, "RD,RS") {
		rd, rs := p.reg(0), p.reg(1)
		return &node{p.canonical(rd, rs), func(b *ir.Builder, _ source.Pos) {
			x, y := value(b, rs), ir.Imm(op.constant)
			if op.first {
				x, y = y, x
			}
			op.apply(b, rd, x, y)
		}}
	} else if ok {
		return nil
	}
	if br, ok := branches[p.name]; ok && p.want(3, "RS1,RS2,LABEL") {
		return p.branch(br.fn, br.swapped, p.reg(0), p.reg(1), p.label(2), p.canonical(p.reg(0), p.reg(1), p.label(2)))
	} else if ok {
		return nil
	}
	if name, ok := zeroBranches[p.name]; ok && p.want(2, "RS,LABEL") {
		br := branches[name]
		return p.branch(br.fn, br.swapped, p.reg(0), "x0", p.label(1), p.canonical(p.reg(0), p.label(1)))
	} else if ok {
		return nil
	}
	switch p.name {
	case "li":
		if !p.want(2, "RD,CONSTANT") {
			return nil
		}
		rd, k := p.reg(0), p.imm(1)
		return &node{p.canonical(rd, fmt.Sprint(k)), func(b *ir.Builder, _ source.Pos) {
			binary{fn: ir.Move}.apply(b, rd, ir.Imm(k), ir.Imm(0))
		}}
	case "lui":
		if !p.want(2, "RD,CONSTANT") {
			return nil
		}
		rd, k := p.reg(0), p.imm(1)
		return &node{p.canonical(rd, fmt.Sprint(k)), func(b *ir.Builder, _ source.Pos) {
			binary{fn: ir.Move, word: true}.apply(b, rd, ir.Imm(k<<12), ir.Imm(0))
		}}
	case "la":
		return p.loadAddress()
	case "nop", "j", "ret", "jr":
		return p.jump()
	case "jal", "jalr", "call", "tail", "auipc", "ecall", "ebreak", "wfi", "mulhsu":
		p.fail("this instruction is not supported")
		return nil
	}
	if strings.HasPrefix(p.name, "fence") {
		return p.fence()
	}
	return p.access()
}

// canonical is the instruction's text with these operands.
func (p *parser) canonical(operands ...string) string {
	return p.name + " " + strings.Join(operands, ",")
}

func (p *parser) registerOp(op binary) *node {
	if !p.want(3, "RD,RS1,RS2") {
		return nil
	}
	if len(p.operands) == 3 {
		if _, isReg := Dialect.Register(p.operands[2]); !isReg {
			// Assemblers take add x1,x2,1 for addi.
			if _, isNumber := source.Integer(p.operands[2]); isNumber {
				if _, ok := immediateOps[p.name+"i"]; ok {
					p.name += "i"
					return p.immediateOp(op)
				}
			}
		}
	}
	rd, x, y := p.reg(0), p.reg(1), p.reg(2)
	return &node{p.canonical(rd, x, y), func(b *ir.Builder, _ source.Pos) {
		op.apply(b, rd, value(b, x), value(b, y))
	}}
}

func (p *parser) immediateOp(op binary) *node {
	if !p.want(3, "RD,RS,CONSTANT") {
		return nil
	}
	rd, x, k := p.reg(0), p.reg(1), p.imm(2)
	return &node{p.canonical(rd, x, fmt.Sprint(k)), func(b *ir.Builder, _ source.Pos) {
		op.apply(b, rd, value(b, x), ir.Imm(k))
	}}
}

func (p *parser) branch(fn ir.Fn, swapped bool, x, y, label, text string) *node {
	return &node{text, func(b *ir.Builder, pos source.Pos) {
		l, r := value(b, x), value(b, y)
		if swapped {
			l, r = r, l
		}
		b.BranchTo(b.Compute(fn, 8, l, r), label, pos)
	}}
}

// loadAddress is la RD,SYMBOL: the address of a label of the thread.
func (p *parser) loadAddress() *node {
	if !p.want(2, "RD,SYMBOL") {
		return nil
	}
	rd, symbol := p.reg(0), p.label(1)
	return &node{p.canonical(rd, symbol), func(b *ir.Builder, pos source.Pos) {
		if rd == "x0" {
			return
		}
		b.LabelAddress(b.Reg(rd), symbol, pos)
	}}
}

func (p *parser) jump() *node {
	switch p.name {
	case "nop", "ret":
		if !p.want(0, "") {
			return nil
		}
		isReturn := p.name == "ret"
		return &node{p.name, func(b *ir.Builder, _ source.Pos) {
			if isReturn {
				b.Emit(ir.Micro{Kind: ir.Exit, Dst: ir.NoReg})
			}
		}}
	case "j":
		if !p.want(1, "LABEL") {
			return nil
		}
		label := p.label(0)
		return &node{p.canonical(label), func(b *ir.Builder, pos source.Pos) { b.JumpTo(label, pos) }}
	}
	if !p.want(1, "RS") {
		return nil
	}
	rs := p.reg(0)
	return &node{p.canonical(rs), func(b *ir.Builder, _ source.Pos) {
		b.Emit(ir.Micro{Kind: ir.JumpReg, Dst: ir.NoReg, Src: [3]ir.Operand{value(b, rs)}})
	}}
}

// fence is fence, fence P,S, fence.tso and fence.i.
func (p *parser) fence() *node {
	name, text := "", p.name
	switch p.name {
	case "fence.i", "fence.tso":
		if !p.want(0, "") {
			return nil
		}
		name = "F" + p.name[1:]
	case "fence":
		if len(p.operands) == 0 {
			p.operands = []string{"rw", "rw"}
		}
		if !p.want(2, "PREDECESSORS,SUCCESSORS") {
			return nil
		}
		name, text = p.fenceSets()
	default:
		if parts := strings.Split(p.name, "."); len(parts) == 3 && len(p.operands) == 0 {
			p.operands = parts[1:]
			p.name = "fence"
			name, text = p.fenceSets()
		} else {
			return nil
		}
	}
	if name == "" {
		return nil
	}
	tag := ir.Bit(tags, name)
	return &node{text, func(b *ir.Builder, _ source.Pos) {
		b.Emit(ir.Micro{Kind: ir.Fence, Dst: ir.NoReg, Tags: tag})
	}}
}

// fenceSets reads the predecessor and successor sets. Device input and output have no events: i and o count for
// nothing beside r and w.
func (p *parser) fenceSets() (name, text string) {
	name, text = "Fence", "fence "
	for i, s := range p.operands {
		var set string
		bad := s == ""
		last := -1
		for _, c := range strings.ToLower(s) {
			at := strings.IndexRune("iorw", c)
			bad = bad || at <= last
			last = max(last, at)
			if c == 'r' || c == 'w' {
				set += string(c)
			}
		}
		switch {
		case bad:
			p.fail("%q is not a set of accesses: expected letters of iorw, in this order", s)
			return "", ""
		case set == "":
			p.fail("%s: fences of device accesses alone are not supported", s)
			return "", ""
		}
		name += "." + set
		if i > 0 {
			text += ","
		}
		text += strings.ToLower(s)
	}
	return name, text
}

// access is a load, a store, lr, sc or an atomic operation.
func (p *parser) access() *node {
	bare, o := cutOrder(p.name)
	if head, letter, ok := strings.Cut(bare, "."); ok {
		size := width[letter]
		if size < 4 {
			return nil
		}
		switch fn, isAmo := amos[head]; {
		case isAmo:
			return p.amo(fn, head+"."+letter, size, o)
		case head == "lr":
			return p.loadReserved(size, o)
		case head == "sc":
			return p.storeConditional(size, o)
		}
		return nil
	}
	letters := bare[min(1, len(bare)):]
	switch {
	case strings.HasPrefix(bare, "l"):
		letter, unsigned := strings.CutSuffix(letters, "u")
		if size := width[letter]; size != 0 && !(unsigned && size == 8) {
			return p.load(bare, size, !unsigned && size < 8, o)
		}
	case strings.HasPrefix(bare, "s") && width[letters] != 0:
		return p.store(bare, width[letters], o)
	}
	return nil
}

func (p *parser) load(bare string, size uint8, signed bool, o order) *node {
	if !p.want(2, "RD,OFFSET(RS)") {
		return nil
	}
	rd := p.reg(0)
	base, offset := p.mem(1)
	text := fmt.Sprintf("%s%s %s,%d(%s)", bare, orderSuffix[o], rd, offset, base)
	return &node{text, func(b *ir.Builder, _ source.Pos) {
		m := ir.Micro{Kind: ir.Load, Size: size, Dst: destination(b, rd), Addr: address(b, base, offset), Tags: orderTags[o]}
		if signed {
			m.Flags = ir.Signed
		}
		b.Emit(m)
	}}
}

func (p *parser) store(bare string, size uint8, o order) *node {
	if !p.want(2, "RS,OFFSET(RS)") {
		return nil
	}
	rs := p.reg(0)
	base, offset := p.mem(1)
	text := fmt.Sprintf("%s%s %s,%d(%s)", bare, orderSuffix[o], rs, offset, base)
	return &node{text, func(b *ir.Builder, _ source.Pos) {
		b.Emit(ir.Micro{
			Kind: ir.Store, Size: size, Dst: ir.NoReg, Addr: address(b, base, offset),
			Src: [3]ir.Operand{value(b, rs)}, Tags: orderTags[o],
		})
	}}
}

func (p *parser) loadReserved(size uint8, o order) *node {
	if !p.want(2, "RD,(RS)") {
		return nil
	}
	rd, base := p.reg(0), p.mem0(1)
	bare, _ := cutOrder(p.name)
	return &node{fmt.Sprintf("%s%s %s,0(%s)", bare, orderSuffix[o], rd, base), func(b *ir.Builder, _ source.Pos) {
		b.Emit(ir.Micro{
			Kind: ir.Load, Flags: ir.Reserve | ir.Signed, Size: size, Dst: destination(b, rd),
			Addr: value(b, base), Tags: exclusive | orderTags[o],
		})
	}}
}

func (p *parser) storeConditional(size uint8, o order) *node {
	if !p.want(3, "RD,RS,(RS)") {
		return nil
	}
	rd, rs, base := p.reg(0), p.reg(1), p.mem0(2)
	bare, _ := cutOrder(p.name)
	return &node{fmt.Sprintf("%s%s %s,%s,0(%s)", bare, orderSuffix[o], rd, rs, base), func(b *ir.Builder, _ source.Pos) {
		b.Emit(ir.Micro{
			Kind: ir.StoreCond, Size: size, Dst: destination(b, rd), Addr: value(b, base),
			Src: [3]ir.Operand{value(b, rs)}, Tags: exclusive | orderTags[o],
		})
	}}
}

func (p *parser) amo(fn ir.Fn, bare string, size uint8, o order) *node {
	if !p.want(3, "RD,RS,(RS)") {
		return nil
	}
	rd, rs, base := p.reg(0), p.reg(1), p.mem0(2)
	return &node{fmt.Sprintf("%s%s %s,%s,(%s)", bare, orderSuffix[o], rd, rs, base), func(b *ir.Builder, _ source.Pos) {
		b.Emit(ir.Micro{
			Kind: ir.Update, Fn: fn, Flags: ir.Signed, Size: size, Dst: destination(b, rd), Addr: value(b, base),
			Src: [3]ir.Operand{value(b, rs)}, Tags: atomic | orderTags[o],
		})
	}}
}
