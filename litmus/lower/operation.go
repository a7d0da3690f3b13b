package lower

import "github.com/weakmem/litmus/litmus/ir"

// operation is a micro-operation, or a whole compare-exchange.
type operation struct {
	ir.Micro
	cas *compareExchange // nil for a micro-operation
}

// compareExchange is what a C compare-exchange is in the IR: a choice between an Update that reads the expected value and a
// Load that does not, with success telling which.
type compareExchange struct {
	success, failure, old int32
	expected, desired     ir.Operand
	onSuccess, onFailure  ir.Tags
}

// operations finds the compare-exchanges among an instruction's micro-operations.
func operations(in *ir.Instr) []operation {
	var list []operation
	for i := 0; i < len(in.Micro); i++ {
		if x, length := recognise(in.Micro[i:]); x != nil {
			list = append(list, operation{in.Micro[i+3], x})
			i += length - 1
			continue
		}
		list = append(list, operation{Micro: in.Micro[i]})
	}
	return list
}

// recognise matches the micro-operations that package c emits for a compare-exchange, strong or weak:
//
//	success = choose 0 or 1;  failure = success == 0
//	if success { old = exchange(addr, desired);  assume old == expected }
//	if failure { old = load(addr);  assume old != expected }       the assumption only if strong
//
// length is how many they are.
func recognise(m []ir.Micro) (x *compareExchange, length int) {
	kinds := []ir.Kind{ir.Choose, ir.Compute, ir.Skip, ir.Update, ir.Compute, ir.Assume, ir.Skip, ir.Load, ir.Compute, ir.Assume}
	const weak = 8
	if len(m) < weak {
		return nil, 0
	}
	for i, k := range kinds[:weak] {
		if m[i].Kind != k {
			return nil, 0
		}
	}
	length = weak
	if m[6].Target == 3 {
		length = len(kinds)
	}
	if m[0].Target != 2 || m[2].Target != 3 || m[3].Fn != ir.Exchange || len(m) < length ||
		m[2].Src[0].Reg != m[0].Dst || m[6].Src[0].Reg != m[1].Dst {
		return nil, 0
	}
	return &compareExchange{
		success: m[0].Dst, failure: m[1].Dst, old: m[3].Dst,
		expected: m[4].Src[1], desired: m[3].Src[0],
		onSuccess: m[3].Tags, onFailure: m[7].Tags,
	}, length
}

func isComparison(fn ir.Fn) bool {
	switch fn {
	case ir.Eq, ir.Ne, ir.LtU, ir.LtS, ir.LeU, ir.LeS:
		return true
	}
	return false
}

func fitsWord(o ir.Operand) bool {
	return o.Imm.Sym == 0 && int64(int32(o.Imm.Int)) == o.Imm.Int
}

// widths tells, for each register of a thread, whether its upper 32 bits have to be right. Those of others are
// whatever the instructions leave.
func widths(code [][]operation, t *ir.Thread, observed map[int32]ir.Type) []bool {
	wide := make([]bool, len(t.Regs))
	// What is computed in 64 bits is wide; a copy is what it is a copy of.
	for r, v := range t.Init {
		wide[r] = !fitsWord(ir.ImmValue(v)) || observed[int32(r)].Size == 8
	}
	mark := func(o ir.Operand) (changed bool) {
		if o.Reg != ir.NoReg && !wide[o.Reg] {
			wide[o.Reg], changed = true, true
		}
		return changed
	}
	isWide := func(o ir.Operand) bool { return o.Reg != ir.NoReg && wide[o.Reg] || o.Reg == ir.NoReg && !fitsWord(o) }
	each := func(visit func(operation) bool) {
		for changed := true; changed; {
			changed = false
			for _, in := range code {
				for _, op := range in {
					changed = visit(op) || changed
				}
			}
		}
	}
	each(func(op operation) bool {
		dst := ir.R(op.Dst)
		switch {
		case op.Dst == ir.NoReg:
			return false
		case op.Kind == ir.Load || op.Kind == ir.Update:
			return op.Size == 8 && mark(dst)
		case op.Kind == ir.Select:
			return (isWide(op.Src[1]) || isWide(op.Src[2])) && mark(dst)
		case op.Kind == ir.Compute && op.Size == 8 && op.Fn == ir.Move:
			return isWide(op.Src[0]) && mark(dst)
		}
		return op.Kind == ir.Compute && op.Size == 8 && !isComparison(op.Fn) && mark(dst)
	})
	// Then what these look at.
	each(func(op operation) (changed bool) {
		changed = op.Kind >= ir.Load && op.Kind <= ir.Update && mark(op.Addr)
		switch {
		case op.cas != nil:
			if op.Size == 8 {
				changed = mark(op.cas.expected) || changed
				changed = mark(op.cas.desired) || changed
			}
			return changed
		case op.Kind == ir.Select || op.Kind == ir.Compute && op.Size == 8 && op.Fn == ir.Move:
			if !wide[op.Dst] {
				return changed
			}
		case op.Kind == ir.Store || op.Kind == ir.Update || op.Kind == ir.Compute:
			againstZero := (op.Fn == ir.Eq || op.Fn == ir.Ne) && op.Src[1] == ir.Imm(0)
			if op.Size != 8 || op.Kind == ir.Compute && againstZero {
				return changed
			}
		default:
			return changed
		}
		looked := op.Src[:2]
		switch op.Kind {
		case ir.Select:
			looked = op.Src[1:]
		case ir.Store, ir.Update:
			looked = op.Src[:1]
		}
		for _, o := range looked {
			changed = mark(o) || changed
		}
		return changed
	})
	return wide
}
