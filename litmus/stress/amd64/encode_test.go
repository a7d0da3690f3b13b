package amd64

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/arch/x86/x86asm"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "have GNU as write testdata/encodings.golden")

const golden = "testdata/encodings.golden"

// assembled are the bytes that GNU as makes of each instruction, none of those that are not to be encoded.
func assembled(t require.TestingT, as, dir string, list []Instruction) [][]byte {
	lines := make([]string, len(list))
	for i, in := range list {
		lines[i] = in.String()
	}
	code := gnuAs(t, as, dir, lines)
	for i, in := range list {
		// GNU as cuts constants that do not fit, and swaps operands.
		constant, ok := in.Src.(Immediate)
		_, memory := in.Src.(Memory)
		if ok && !constant.fits(in.Size) || memory && (in.Op == Test || in.Op == Xchg) {
			code[i] = nil
		}
	}
	return code
}

// TestGNUAs: the golden file is what GNU as says.
func TestGNUAs(t *testing.T) {
	as := findGNUAs(t)
	list := everyForm()
	var b strings.Builder
	for i, code := range assembled(t, as, t.TempDir(), list) {
		if code == nil {
			fmt.Fprintf(&b, "%s\trefused\n", list[i])
			continue
		}
		fmt.Fprintf(&b, "%s\t%x\n", list[i], code)
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o666))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.True(t, string(want) == b.String(), "%s is not what GNU as says: see -update", golden)
}

// TestEncodings: every form has the golden bytes.
func TestEncodings(t *testing.T) {
	text, err := os.ReadFile(golden)
	require.NoError(t, err)
	want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	list := everyForm()
	require.Len(t, want, len(list))
	for i, in := range list {
		got := in.String() + "\t"
		if code, err := in.Encode(); err != nil {
			got += "refused"
		} else {
			got += hex.EncodeToString(code)
		}
		assert.Equal(t, want[i], got)
	}
}

// TestEveryFormIsTried: each line of the table of opcodes is some instruction's in everyForm.
func TestEveryFormIsTried(t *testing.T) {
	tried := map[*form]bool{}
	for _, in := range everyForm() {
		if f, err := in.form(); err == nil {
			tried[f] = true
		}
	}
	for op := range opcodes {
		for i := range opcodes[op].forms {
			assert.True(t, tried[&opcodes[op].forms[i]], "%s, form %d", Op(op), i)
		}
	}
}

// TestDecode: a disassembler reads every form back.
func TestDecode(t *testing.T) {
	for _, in := range everyForm() {
		if code, err := in.Encode(); err == nil {
			decodes(t, in, code)
		}
	}
}

// decodes checks that the code is the instruction, by its text.
func decodes(t require.TestingT, in Instruction, code []byte) {
	if in.Op == Endbr64 || in.Op == Endbr32 {
		return // unknown to x86asm
	}
	got, err := x86asm.Decode(code, 64)
	require.NoError(t, err, in)
	require.Equal(t, len(code), got.Len, in)
	for i, arg := range got.Args {
		if m, ok := arg.(x86asm.Mem); ok { // x86asm has displacements of 4 bytes without sign
			m.Disp = int64(int32(m.Disp))
			got.Args[i] = m
		}
	}
	text := x86asm.GNUSyntax(got, 0, nil)
	text = strings.NewReplacer(",%riz", "", ",%eiz", "").Replace(text) // no index
	require.Equal(t, asDisassembled(in), text, "%x", code)
}

// addressZero is the operand that is memory at address 0, of which x86asm prints nothing; a constant 0 is $0x0.
var addressZero = regexp.MustCompile(`([ ,])0x0\b`)

// asDisassembled is the instruction's text where x86asm has another that means the same.
func asDisassembled(in Instruction) string {
	text := in.String()
	switch {
	case in.Op == Ret:
		return "retq"
	case in.Op == Xchg && in.Dst == RAX && in.Src == RAX && in.Size == 8:
		return "nop"
	case in.Op == Xchg && in.Dst == RAX && in.Src == RAX && in.Size == 2:
		return "data16 nop"
	case in.Op == Xchg && in.Dst == RAX && in.Size > 1:
		in.Dst, in.Src = in.Src, in.Dst
		return in.String()
	case in.Op == Movsx && in.From == 4:
		text = strings.Replace(text, "movslq", "movsxd", 1)
	case in.Op == Clflushopt:
		text = strings.Replace(text, "clflushopt", "data16 clflush", 1)
	case (in.Op == Shl || in.Op == Shr || in.Op == Sar) && in.Src == Immediate(1):
		text = strings.Replace(text, "$0x1,", "", 1)
	}
	for _, o := range []Operand{in.Dst, in.Src} {
		if o == (Memory{}) {
			text = addressZero.ReplaceAllString(text, "$1")
		}
	}
	return text
}

func TestEncodeErrors(t *testing.T) {
	load := func(m Memory) Instruction { return Instruction{Op: Mov, Size: 8, Dst: RAX, Src: m} }
	for want, in := range map[string]Instruction{
		"opcode(0): expected an opcode":                                                       {},
		"opcode(255): expected an opcode":                                                     {Op: 255},
		"jcondition(16) l: expected a condition code":                                         {Op: Jcc, Condition: 16, Dst: Label("l")},
		"jne l: only an Assembler knows where l is":                                           {Op: Jcc, Condition: NotEqual, Dst: Label("l")},
		"jmp : the label has no name":                                                         {Op: Jmp, Dst: Label("")},
		"lock add %rbx,%rax: only a read-modify-write of memory can be locked":                {Op: Add, Size: 8, Lock: true, Dst: RAX, Src: RBX},
		"lock cmpl $0x1,(%rbx): only a read-modify-write of memory can be locked":             {Op: Cmp, Size: 4, Lock: true, Dst: Memory{Base: RBX}, Src: Immediate(1)},
		"lock mfence: only a read-modify-write of memory can be locked":                       {Op: Mfence, Lock: true},
		"mov %ah,%eax: ah is not a register of 4 bytes":                                       {Op: Mov, Size: 4, Dst: RAX, Src: AH},
		"mov %rip,%rax: rip is not a register of 8 bytes":                                     {Op: Mov, Size: 8, Dst: RAX, Src: RIP},
		"push %register(0): register(0) is not a register of 8 bytes":                         {Op: Push, Size: 8, Dst: NoRegister},
		"push %register(99): register(99) is not a register of 8 bytes":                       {Op: Push, Size: 8, Dst: Register(99)},
		"mov %ah,%r8b: %ah is out of reach beside operands that need the prefix REX":          {Op: Mov, Size: 1, Dst: R8, Src: AH},
		"movzbq %ah,%rax: %ah is out of reach beside operands that need the prefix REX":       {Op: Movzx, Size: 8, From: 1, Dst: RAX, Src: AH},
		"add $0x100,%al: the constant 256 does not fit 1 bytes":                               {Op: Add, Size: 1, Dst: RAX, Src: Immediate(256)},
		"add $-0x8001,%ax: the constant -32769 does not fit 2 bytes":                          {Op: Add, Size: 2, Dst: RAX, Src: Immediate(-32769)},
		"add $0x80000000,%rax: add has no form with these operands, of 8 bytes":               {Op: Add, Size: 8, Dst: RAX, Src: Immediate(1 << 31)},
		"mov %rax: mov has no form with these operands, of 8 bytes":                           {Op: Mov, Size: 8, Dst: RAX},
		"mov $0x1,%al: mov has no form with these operands, of 3 bytes":                       {Op: Mov, Size: 3, Dst: RAX, Src: Immediate(1)},
		"mov l,%rax: mov has no form with these operands, of 8 bytes":                         {Op: Mov, Size: 8, Dst: RAX, Src: Label("l")},
		"mov (%rax,%rsp),%rax: rsp cannot be an index":                                        load(Memory{Base: RAX, Index: RSP, Scale: 1}),
		"mov (%ah),%rax: ah cannot be a base":                                                 load(Memory{Base: AH}),
		"mov (%rax,%rbx,3),%rax: expected a scale of 1, 2, 4 or 8, found 3":                   load(Memory{Base: RAX, Index: RBX, Scale: 3}),
		"mov (%rax),%rax: the scale 2 is without an index":                                    load(Memory{Base: RAX, Scale: 2}),
		"mov (%rip,%rbx),%rax: RIP goes with a displacement alone":                            load(Memory{Base: RIP, Index: RBX, Scale: 1}),
		"mov 0x8,%rax: a narrow address needs a register":                                     load(Memory{Disp: 8, Narrow: true}),
		"mov l(%rax),%rax: the distance of label l counts from RIP, which has to be the base": load(Memory{Base: RAX, Label: "l"}),
		"mov l(%rip),%rax: only an Assembler knows where l is":                                load(Memory{Base: RIP, Label: "l"}),
	} {
		_, err := in.Encode()
		assert.EqualError(t, err, want)
	}
}

// TestDrawnInstructions: GNU as and the disassembler agree with the encoder on instructions of any operands.
func TestDrawnInstructions(t *testing.T) {
	as, dir := findGNUAs(t), t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(drawInstruction(), 1, 200).Draw(t, "instructions")
		for i, want := range assembled(t, as, dir, list) {
			code, err := list[i].Encode()
			require.True(t, bytes.Equal(want, code), "%s: GNU as has %x, not %x, %v", list[i], want, code, err)
			if err == nil {
				decodes(t, list[i], code)
			}
		}
	})
}
