package stress_test

import (
	"encoding/binary"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// sequential runs a test of one thread, whatever parts of its locations it accesses, and returns the flat state that it ends in: bytes
// in memory, little-endian, one instruction after the other. Only registers hold addresses.
func sequential(t require.TestingT, test *litmus.Test) []ir.Value {
	p := test.Program
	thread := &p.Threads[0]
	regs := slices.Clone(thread.Init)
	memory := map[int32][]byte{}
	for _, c := range p.Cells {
		memory[c.Symbol] = append(memory[c.Symbol], make([]byte, int(c.Offset)+int(c.Type.Size)-len(memory[c.Symbol]))...)
		put(memory[c.Symbol][c.Offset:], c.Type.Size, c.Init)
	}
	get := func(o ir.Operand) ir.Value {
		if o.Reg == ir.NoReg {
			return o.Imm
		}
		return regs[o.Reg]
	}
	steps := 0
	for pc := 0; pc < len(thread.Code); pc++ {
		micro := thread.Code[pc].Micro
	instruction:
		for k := 0; k < len(micro); k++ {
			steps++
			require.Less(t, steps, 10_000, "the test does not end")
			m := &micro[k]
			var v ir.Value
			signed := m.Flags&ir.Signed != 0
			switch m.Kind {
			case ir.Compute:
				var err error
				v, err = ir.Eval(m.Fn, m.Size, signed, get(m.Src[0]), get(m.Src[1]), get(m.Src[2]))
				require.NoError(t, err)
			case ir.Select:
				v = get(m.Src[2])
				if get(m.Src[0]).IsTrue() {
					v = get(m.Src[1])
				}
				v = ir.Extend(v, m.Size, signed)
			case ir.Load:
				at := get(m.Addr)
				v = take(memory[at.Sym][at.Int:], m.Size, signed)
			case ir.Store:
				at := get(m.Addr)
				put(memory[at.Sym][at.Int:], m.Size, get(m.Src[0]))
			case ir.Skip:
				if !get(m.Src[0]).IsTrue() {
					k += int(m.Target)
				}
			case ir.Branch, ir.Jump:
				if m.Kind == ir.Jump || get(m.Src[0]).IsTrue() {
					pc = int(m.Target) - 1
					break instruction
				}
			case ir.Choose, ir.Fence:
			default:
				require.Fail(t, "unexpected micro-operation", "%d of %s", m.Kind, thread.Code[pc].Text)
			}
			if m.Dst != ir.NoReg {
				regs[m.Dst] = v
			}
		}
	}
	state := make([]ir.Value, test.Slots())
	for _, o := range test.Observed {
		if o.Thread >= 0 {
			state[o.Slot] = regs[o.Reg]
		}
		for k, c := range o.Cells {
			cell := &p.Cells[c]
			state[o.Slot+k] = take(memory[cell.Symbol][cell.Offset:], cell.Type.Size, false)
		}
	}
	test.Normalize(state)
	return state
}

func put(at []byte, size uint8, v ir.Value) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(v.Int))
	copy(at[:size], b[:])
}

func take(at []byte, size uint8, signed bool) ir.Value {
	var b [8]byte
	copy(b[:], at[:size])
	return ir.Extend(ir.Int(int64(binary.LittleEndian.Uint64(b[:]))), size, signed)
}
