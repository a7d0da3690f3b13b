package arm64

import (
	"encoding/binary"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRefuses(t *testing.T) {
	x, w := width(X), width(W)
	for want, in := range map[string]Instruction{
		"frob x0: unknown instruction: expected an A64 instruction in lower case":                                          New("frob", x(0)),
		"LDR x0, [x1]: unknown instruction: expected an A64 instruction in lower case":                                     New("LDR", x(0), At(x(1))),
		"add x0, x1: expected a register after the last operand":                                                           New("add", x(0), x(1)),
		"add x0, x1, w2: w2: expected a register of 64 bits":                                                               New("add", x(0), x(1), w(2)),
		"add x0, x1, x2, x3: expected a shift, found x3":                                                                   New("add", x(0), x(1), x(2), x(3)),
		"add x0, x1, #4097: #4097: expected #0 to #4095, or a multiple of 4096 up to #16773120":                            New("add", x(0), x(1), Immediate(4097)),
		"add x0, x1, x2, ror #1: ror #1: expected one of [lsl lsr asr]":                                                    New("add", x(0), x(1), x(2), Modifier{ROR, 1}),
		"add x0, x1, x2, lsl #64: lsl #64: expected an amount of at most 63":                                               New("add", x(0), x(1), x(2), Modifier{LSL, 64}),
		"add x0, xzr, x2, sxtx: xzr: expected w0 to w30, x0 to x30 or a stack pointer":                                     New("add", x(0), XZR, x(2), Modifier{SXTX, 0}),
		"add x0, x1, x2, sxtw: sxtw of x2: expected a w register":                                                          New("add", x(0), x(1), x(2), Modifier{SXTW, 0}),
		"and w0, w1, #5: #5: " + errBitmask.Error():                                                                        New("and", w(0), w(1), Immediate(5)),
		"and w0, w1, #4294967296: #4294967296: expected 32 bits":                                                           New("and", w(0), w(1), Immediate(1<<32)),
		"and x0, sp, x1: sp: expected w0 to w30, x0 to x30 or a zero register":                                             New("and", x(0), SP, x(1)),
		"mov x0, #65537: no single instruction moves #65537: expected 16 bits among zeros or ones, or a bitmask immediate": New("mov", x(0), Immediate(65537)),
		"movz w0, #1, lsl #32: lsl #32: expected an amount of at most 16":                                                  New("movz", w(0), Immediate(1), Modifier{LSL, 32}),
		"movz w0, #1, lsl #8: lsl #8: expected a multiple of 16":                                                           New("movz", w(0), Immediate(1), Modifier{LSL, 8}),
		"lsl w0, w1, #32: #32: expected a shift of #0 to #31":                                                              New("lsl", w(0), w(1), Immediate(32)),
		"ubfx w0, w1, #31, #2: expected a bit field within 32 bits":                                                        New("ubfx", w(0), w(1), Immediate(31), Immediate(2)),
		"cset x0, al: expected a condition other than al, found al":                                                        New("cset", x(0), AL),
		"ldr x0, [w1]: [w1]: expected an x register or sp as base":                                                         New("ldr", x(0), At(w(1))),
		"ldr x0, [x1, #257]: [x1, #257]: expected an offset of -256 to 255, or a multiple of 8 up to 32760":                New("ldr", x(0), At(x(1)).Plus(257)),
		"ldr x0, [x1, x2, lsl #2]: [x1, x2, lsl #2]: expected a shift by 0 or 3":                                           New("ldr", x(0), At(x(1)).Indexed(x(2), Modifier{LSL, 2})),
		"ldr x0, [x1, w2]: [x1, w2]: expected uxtw or sxtw of w2":                                                          New("ldr", x(0), At(x(1)).Indexed(w(2), Modifier{})),
		"ldr x1, [x1], #8: the base register is also loaded or stored: unpredictable":                                      New("ldr", x(1), At(x(1)).Post(8)),
		"ldp x1, x1, [x2]: both registers of the pair are x1: unpredictable":                                               New("ldp", x(1), x(1), At(x(2))),
		"ldp x0, x1, [x2, #4]: [x2, #4]: expected a multiple of 8 from -512 to 504":                                        New("ldp", x(0), x(1), At(x(2)).Plus(4)),
		"ldar x0, [x1, #8]: [x1, #8]: expected [x1]":                                                                       New("ldar", x(0), At(x(1)).Plus(8)),
		"ldarb x0, [x1]: x0: expected a w register":                                                                        New("ldarb", x(0), At(x(1))),
		"stxr w0, x1, [x0]: the status register w0 is also stored or the base: unpredictable":                              New("stxr", w(0), x(1), At(x(0))),
		"stxr w0, w0, [x1]: the status register w0 is also stored or the base: unpredictable":                              New("stxr", w(0), w(0), At(x(1))),
		"casp x1, x2, x4, x5, [x6]: x1, x2: expected an even register and the next":                                        New("casp", x(1), x(2), x(4), x(5), At(x(6))),
		"b there: the label has no place yet: expected a distance":                                                         New("b", Label("there")),
		"b .+2: expected a distance of a multiple of 4 bytes":                                                              New("b", Distance(2)),
		"tbz x0, #1, .+32768: expected a distance of -32768 to 32764 bytes":                                                New("tbz", x(0), Immediate(1), Distance(32768)),
		"tbz w0, #32, .+4: #32: expected #0 to #31":                                                                        New("tbz", w(0), Immediate(32), Distance(4)),
		"dmb #0: #0: expected a barrier option of this instruction":                                                        New("dmb", Barrier(0)),
		"isb ish: ish: expected a barrier option of this instruction":                                                      New("isb", ISH),
		"ic civac, x0: civac: expected one of [ivau]":                                                                      New("ic", CIVAC, x(0)),
		"ldiapp x0, x1, [x2, #16]: [x2, #16]: expected [x2] or [x2], #16":                                                  New("ldiapp", x(0), x(1), At(x(2)).Plus(16)),
		"mov no register, #1: expected a register, found no register":                                                      New("mov", x(31), Immediate(1)),
		"br no register: no register: expected w0 to w30, x0 to x30 or a zero register":                                    New("br", x(31)),
		"add no register, x1, #1: no register: expected w0 to w30, x0 to x30 or a stack pointer":                           New("add", x(-1), x(1), Immediate(1)),
		"ldrb w0, .+8: expected an address, found .+8":                                                                     New("ldrb", w(0), Distance(8)),
		"sxtw w0, w1: w0, w1: expected another width":                                                                      New("sxtw", w(0), w(1)),
		"mrs x0, s1_0_c0_c0_0: s1_0_c0_c0_0: expected a system register, of op0 2 or 3":                                    New("mrs", x(0), System(1<<14)),
		"br nothing: expected a register, found <nil>":                                                                     New("br", nil),
	} {
		code, err := in.Encode()
		assert.EqualError(t, err, want)
		assert.Nil(t, code)
	}
}

// Operands that are missing at the end are an error, unless what is left is a form too.
func TestEncodesTruncated(t *testing.T) {
	for _, f := range forms() {
		whole := f.edges()[0]
		for n := range whole.Operands {
			in := New(whole.Op, whole.Operands[:n]...)
			if _, err := in.Encode(); err == nil {
				require.Equal(t, knownToXArch(in.Op), decodes(t, in))
			}
		}
	}
}

// Whatever the operands, there is an error, or bytes that mean what the text says.
func TestEncodesAnything(t *testing.T) {
	opcodes := slices.Sorted(maps.Keys(encodings))
	opcodes = append(opcodes, slices.Sorted(maps.Keys(aliases))...)
	seen := map[string]bool{}
	var operands []Operand
	for _, in := range edges() {
		for _, o := range in.Operands {
			if !seen[o.String()] {
				seen[o.String()] = true
				operands = append(operands, o)
			}
		}
	}
	operands = append(operands, nil, Register(0), Register(31), Register(0xff), Condition(15), Barrier(200), Prefetch(32), System(7),
		Maintenance(9), Label("L"), Modifier{}, Modifier{99, 99}, Memory{}, At(XZR), At(W(1)), At(X(1)).Indexed(SP, Modifier{}),
		Memory{Base: X(1), Mode: PreIndex, Index: X(2)}, Immediate(-1<<63), Distance(1<<62))
	anyOperands := rapid.SliceOfN(rapid.SampledFrom(operands), 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		in := New(rapid.SampledFrom(opcodes).Draw(t, "opcode"), anyOperands.Draw(t, "operands")...)
		if _, err := in.Encode(); err != nil {
			require.NotContains(t, err.Error(), "%!", "a broken format")
			return
		}
		require.Equal(t, knownToXArch(in.Op), decodes(t, in))
	})
}

func TestBitmasks(t *testing.T) {
	// There are as many as the manual's table of N and imms has rows times rotations: the sum of size*(size-1).
	count := 0
	seen := map[uint32]bool{}
	for _, size := range []int{2, 4, 8, 16, 32, 64} {
		for ones := 1; ones < size; ones++ {
			for by := range size {
				v := rotateRight(uint64(1)<<ones-1, by, size)
				for at := size; at < 64; at *= 2 {
					v |= v << at
				}
				field, err := bitmask(int64(v), 64)
				require.NoError(t, err)
				require.Equal(t, v, unmask(field), "%#x", v)
				seen[field] = true
				count++
			}
		}
	}
	assert.Equal(t, 5334, count)
	assert.Len(t, seen, count)
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64().Draw(t, "v")
		if field, err := bitmask(v, 64); err == nil {
			require.Equal(t, uint64(v), unmask(field))
		}
	})
}

// unmask is DecodeBitMasks of the manual's shared pseudocode, for 64 bits.
func unmask(field uint32) uint64 {
	n, immr, imms := field>>12, field>>6&63, field&63
	size := 64
	for combined := n<<6 | ^imms&63; combined&uint32(size) == 0; {
		size /= 2
	}
	levels := uint32(size - 1)
	element := rotateRight(uint64(1)<<(imms&levels+1)-1, int(immr&levels), size)
	for at := size; at < 64; at *= 2 {
		element |= element << at
	}
	return element
}

func TestConstant(t *testing.T) {
	halves := rapid.SampledFrom([]uint64{0, 0xffff, 0x1234, 1, 0x8000})
	random := rapid.Custom(func(t *rapid.T) uint64 {
		return halves.Draw(t, "a") | halves.Draw(t, "b")<<16 | halves.Draw(t, "c")<<32 | halves.Draw(t, "d")<<48
	})
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(random, rapid.Uint64()).Draw(t, "value")
		for _, d := range []Register{X(5), W(5)} {
			want := v
			if !d.Wide() {
				want &= 1<<32 - 1
			}
			code := Constant(d, v)
			require.LessOrEqual(t, len(code), int(d.bits()/16))
			require.Equal(t, want, run(t, d, code), "%v", code)
		}
	})
	assert.Equal(t, []Instruction{New("mov", X(0), Immediate(-1))}, Constant(X(0), 1<<64-1))
	assert.Len(t, Constant(X(0), 0xffff1234ffff5678), 2)
	assert.Len(t, Constant(X(0), 0x1234000000005678), 2)
	assert.Len(t, Constant(X(0), 0x123456789abcdef0), 4)
}

// run returns what moves leave in a register, read from their encodings (section C6.2, "MOVZ", "MOVN", "MOVK" and "ORR (immediate)").
func run(t *rapid.T, d Register, code []Instruction) uint64 {
	var v uint64
	for _, in := range code {
		encoded, err := in.Encode()
		require.NoError(t, err)
		word := binary.LittleEndian.Uint32(encoded)
		require.Equal(t, d.number(), word&31)
		require.Equal(t, d.Wide(), word>>31 == 1)
		at := word >> 21 & 3 * 16
		part := uint64(word>>5&0xffff) << at
		switch word >> 23 & 0xff {
		case 0xa5:
			v = part
		case 0x25:
			v = ^part
		case 0xe5:
			v = v&^(0xffff<<at) | part
		case 0x64:
			v = unmask(word >> 10 & 0x1fff)
		default:
			t.Fatalf("%08x is no move", word)
		}
		if !d.Wide() {
			v &= 1<<32 - 1
		}
	}
	return v
}
