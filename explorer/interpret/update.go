package interpret

import (
	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/litmus/ir"
)

// update is a read-modify-write with its operands. It does not change, nor
// does what it refers to: the explorer applies it to values that the thread may never see.
type update struct {
	m       *memory
	cell    int
	op      *ir.Micro
	operand ir.Value // of op
	// fits says of the value read, as the register gets it, whether the operation writes; nil: always.
	fits func(ir.Value) bool
}

// apply is a sim.Update; it makes no use of the operands.
func (u *update) apply(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	read := u.m.value(old)
	if u.fits != nil && !u.fits(extended(u.op, read)) {
		return old, sim.Keep
	}
	v, err := u.written(read)
	if err != nil {
		return old, sim.Keep // the thread stops at it
	}
	return u.m.word(v), sim.Write
}

// written is what the cell holds afterwards.
func (u *update) written(read ir.Value) (ir.Value, error) {
	v, err := ir.Eval(u.op.Fn, u.op.Size, u.op.Flags&ir.Signed != 0, extended(u.op, read), u.operand, ir.Value{})
	return u.m.stored(u.cell, v, u.op.Size), err
}

// update makes a read-modify-write of a cell and returns 1 if it wrote, else 0.
// failed are the tags of the read that it is if it does not.
func (t *thread) update(in *instruction, cell int, op *ir.Micro, fits func(ir.Value) bool, failed ir.Tags) int64 {
	m, o := t.p.memory, &t.p.orders
	u := update{m: m, cell: cell, op: op, operand: t.operand(&op.Src[0]), fits: fits}
	old, did := t.sim.Update(m.vars[cell], u.apply, sim.Word{}, sim.Word{}, o.update(op.Tags), o.read(failed))
	a := access{instr: in.Instr, cell: cell, reads: true, read: m.value(old), writes: did == sim.Write}
	t.set(op.Dst, extended(op, a.read))
	written, err := u.written(a.read)
	switch {
	case a.writes:
		a.written = written
	case err != nil:
		t.stop(in, err)
	}
	if a.writes {
		t.note(a, 2)
		return 1
	}
	t.note(a, 1)
	return 0
}

// assumption returns what operations, the first of which follows an update,
// assume of the register that it sets, if the assumption is what comes next: there is no execution in which it
// fails, so that the update need not write then.
func (t *thread) assumption(next []ir.Micro, reg int32) func(ir.Value) bool {
	if len(next) < 2 || !assumes(next, reg) {
		return nil
	}
	compute := &next[0]
	var args [3]ir.Value
	for i := range args {
		args[i] = t.operand(&compute.Src[i])
	}
	return func(read ir.Value) bool {
		args := args
		args[0] = read
		v, err := ir.Eval(compute.Fn, compute.Size, compute.Flags&ir.Signed != 0, args[0], args[1], args[2])
		return err == nil && v.IsTrue()
	}
}

// assumes reports whether ops begin with the computation of a condition on reg, its first argument and
// no other, and the assumption that the condition holds.
func assumes(ops []ir.Micro, reg int32) bool {
	compute, assume := &ops[0], &ops[1]
	return compute.Kind == ir.Compute && assume.Kind == ir.Assume && compute.Dst >= 0 && assume.Src[0].Reg == compute.Dst &&
		compute.Src[0].Reg == reg && compute.Src[1].Reg != reg && compute.Src[2].Reg != reg
}

// A strong compare-exchange is lowered to a choice between two ways, each of
// which assumes what it then finds:
//
//	Choose success; failure = !success
//	Skip unless success: Update seen; Compute seen == expected; Assume
//	Skip unless failure: Load seen; Compute seen != expected; Assume
//
// Since the value read decides, it is one operation here.
const exchangeLength = 10

// exchange makes a strong compare-exchange whose operations start at from, and
// goes to what follows it. It reports false, and does nothing, if there is none.
func (t *thread) exchange(in *instruction, from int) bool {
	ops := in.micro[from:]
	if len(ops) < exchangeLength {
		return false
	}
	choose, failure, write, load := &ops[0], &ops[1], &ops[3], &ops[7]
	success := ir.R(choose.Dst)
	switch {
	case choose.Target != 2,
		failure.Kind != ir.Compute || failure.Fn != ir.Eq || failure.Src[0] != success || failure.Src[1] != ir.Imm(0),
		ops[2].Kind != ir.Skip || ops[2].Src[0] != success || ops[2].Target != 3,
		write.Kind != ir.Update || !assumes(ops[4:], write.Dst) || ops[4].Fn != ir.Eq,
		ops[6].Kind != ir.Skip || ops[6].Src[0] != ir.R(failure.Dst) || ops[6].Target != 3,
		load.Kind != ir.Load || !assumes(ops[8:], load.Dst) || ops[8].Fn != ir.Ne,
		load.Dst != write.Dst || load.Addr != write.Addr || load.Size != write.Size || ops[4].Src != ops[8].Src || ops[4].Size != ops[8].Size:
		return false
	}
	cell, ok := t.locate(in, write)
	if !ok {
		return true
	}
	wrote := t.update(in, cell, write, t.assumption(ops[4:], write.Dst), load.Tags)
	t.set(choose.Dst, ir.Int(wrote))
	t.set(failure.Dst, ir.Int(1-wrote))
	t.micro = from + exchangeLength
	return true
}
