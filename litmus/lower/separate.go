package lower

import (
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
)

// registers calls read and write with the registers that an operation reads and writes.
func (op *operation) registers(read, write func(*int32)) {
	operand := func(o *ir.Operand) {
		if o.Reg != ir.NoReg {
			read(&o.Reg)
		}
	}
	if x := op.cas; x != nil {
		operand(&op.Addr)
		operand(&x.expected)
		operand(&x.desired)
		write(&x.old)
		write(&x.success)
		write(&x.failure)
		op.Dst = x.old
		return
	}
	if op.Kind == ir.Load || op.Kind == ir.Store || op.Kind == ir.Update {
		operand(&op.Addr)
	}
	sources := map[ir.Kind]int{ir.Compute: 3, ir.Select: 3, ir.Store: 1, ir.Update: 1, ir.Branch: 1, ir.Skip: 1, ir.Assume: 1}
	for i := range sources[op.Kind] {
		operand(&op.Src[i])
	}
	if op.Dst != ir.NoReg {
		write(&op.Dst)
	}
}

// separate gives each value that a register without a name holds one of its own: the IR uses the same few in every statement.
// A value is all that flows together: a web of definitions and uses (Muchnick, "Advanced Compiler Design and
// Implementation", 1997, 16.3.3).
func separate(code [][]operation, t *ir.Thread) {
	t.Regs, t.Init = slices.Clone(t.Regs), slices.Clone(t.Init)
	var ops []*operation
	start := make([]int, len(code)+1)
	for i := range code {
		start[i] = len(ops)
		for k := range code[i] {
			ops = append(ops, &code[i][k])
		}
	}
	start[len(code)] = len(ops)
	before := liveBefore(ops, start)

	// A point is before (even) or after (odd) an operation.
	type point struct {
		at  int
		reg int32
	}
	parent := map[point]point{}
	find := func(p point) point {
		for {
			up, ok := parent[p]
			if !ok {
				return p
			}
			p = up
		}
	}
	union := func(a, b point) {
		if a, b = find(a), find(b); a != b {
			parent[b] = a
		}
	}
	for i, op := range ops {
		written := set{}
		op.registers(func(*int32) {}, func(r *int32) { written[*r] = true })
		for _, next := range successors(ops, start, i) {
			for r := range before[next] {
				union(point{2*i + 1, r}, point{2 * next, r})
				if !written[r] {
					union(point{2 * i, r}, point{2*i + 1, r})
				}
			}
		}
	}
	names, used := map[point]int32{}, set{}
	rename := func(at int) func(*int32) {
		return func(r *int32) {
			if t.Regs[*r].Name != "" {
				return
			}
			web := find(point{at, *r})
			name, ok := names[web]
			if !ok {
				name = *r
				if used[name] {
					name = int32(len(t.Regs))
					t.Regs, t.Init = append(t.Regs, t.Regs[*r]), append(t.Init, t.Init[*r])
				}
				names[web], used[name] = name, true
			}
			*r = name
		}
	}
	for i, op := range ops {
		op.registers(rename(2*i), rename(2*i+1))
	}
}

// liveBefore is, for each operation, the registers whose values it or a later one needs.
func liveBefore(ops []*operation, start []int) []set {
	before := make([]set, len(ops)+1)
	for i := range before {
		before[i] = set{}
	}
	for changed := true; changed; {
		changed = false
		for i := len(ops) - 1; i >= 0; i-- {
			size := len(before[i])
			written := set{}
			ops[i].registers(func(r *int32) { before[i][*r] = true }, func(r *int32) { written[*r] = true })
			for _, next := range successors(ops, start, i) {
				for r := range before[next] {
					if !written[r] {
						before[i][r] = true
					}
				}
			}
			changed = changed || len(before[i]) != size
		}
	}
	return before
}

// successors are the operations that may run after operation i; start has the first one of each instruction.
func successors(ops []*operation, start []int, i int) []int {
	switch op := ops[i]; op.Kind {
	case ir.Exit:
		return nil
	case ir.Jump:
		return []int{start[op.Target]}
	case ir.Branch:
		return []int{i + 1, start[op.Target]}
	case ir.Skip:
		return []int{i + 1, min(i+1+int(op.Target), len(ops))}
	}
	return []int{i + 1}
}
