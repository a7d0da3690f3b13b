package amd64

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/aarch64"
	"github.com/weakmem/litmus/litmus/x86"
)

var here = source.Pos{File: "t", Line: 1, Col: 1}

// names has x in memory that R14 points to, y with an index register too, z at a label, and the symbolic register a.
var names = Names{
	Location: func(name string) (Memory, error) {
		switch name {
		case "x":
			return Memory{Base: R14, Disp: 64}, nil
		case "y":
			return Memory{Base: R14, Index: R15, Scale: 8}, nil
		case "z":
			return Memory{Base: RIP, Label: "data"}, nil
		}
		return Memory{}, errors.New("it is nowhere")
	},
	Register: func(name string) (Register, error) {
		if name == "a" {
			return R10, nil
		}
		return NoRegister, errors.New("it is no register")
	},
}

func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		dialect  *x86.Dialect
		from, to string
	}{
		{x86.X86, "MOV [x],$1", "movl $0x1,0x40(%r14)"},
		{x86.X86, "MOV EAX,[x+4]", "mov 0x44(%r14),%eax"},
		{x86.X86, "MOV AL,[x]", "mov 0x40(%r14),%al"},
		{x86.X86, "MOV EAX,[EBX+ECX*4-8]", "mov -0x8(%ebx,%ecx,4),%eax"},
		{x86.X86, "MOV [x+EBX],AL", "mov %al,0x40(%r14d,%ebx)"},
		{x86.X86, "MOV EAX,%a", "mov %r10d,%eax"},
		{x86.X86, "MOVB [x],$1", "movb $0x1,0x40(%r14)"},
		{x86.X86, "MOV EAX,$x", "lea 0x40(%r14),%eax"},
		{x86.X86, "LOCK INC [x]", "lock incl 0x40(%r14)"},
		{x86.X86, "XCHG EAX,[x]", "xchg %eax,0x40(%r14)"},
		{x86.X86, "LOCK XCHG EAX,[x]", "lock xchg %eax,0x40(%r14)"},
		{x86.X86, "CMP EAX,$4294967295", "cmp $-0x1,%eax"},
		{x86.X86, "TEST EAX,[x]", "test %eax,0x40(%r14)"},
		{x86.X86, "JNZ L0", "jne L0"},
		{x86.X86, "MFENCE", "mfence"},
		{x86.X86_64, "movl $1,(x)", "movl $0x1,0x40(%r14)"},
		{x86.X86_64, "movq x+8(%rip),%rax", "mov 0x48(%r14),%rax"},
		{x86.X86_64, "movl (y),%eax", "mov (%r14,%r15,8),%eax"},
		{x86.X86_64, "movl (z),%eax", "mov data(%rip),%eax"},
		{x86.X86_64, "movl z+4(%rip),%eax", "mov data+0x4(%rip),%eax"},
		{x86.X86_64, "movl x(,%rbx,4),%eax", "mov 0x40(%r14,%rbx,4),%eax"},
		{x86.X86_64, "movq $x,%rax", "lea 0x40(%r14),%rax"},
		{x86.X86_64, "leaq x(%rip),%a", "lea 0x40(%r14),%r10"},
		{x86.X86_64, "movl %ds:(x),%eax", "mov 0x40(%r14),%eax"},
		{x86.X86_64, "xaddb %a,(x)", "xadd %r10b,0x40(%r14)"},
		{x86.X86_64, "cmpxchg (x),%ebx", "cmpxchg %ebx,0x40(%r14)"},
		{x86.X86_64, "setc (x)", "setb 0x40(%r14)"},
		{x86.X86_64, "nop %rax", "nop"},
		{x86.X86_64, "nopw %cs:8(%rax,%eax,0)", "nop"},
		{x86.X86_64, "jmp L0", "jmp L0"},
	} {
		node, err := c.dialect.Parse(c.from, here)
		require.NoError(t, err)
		in, err := Translate(node, names)
		if assert.NoError(t, err, c.from) {
			assert.Equal(t, c.to, in.String(), c.from)
		}
	}
}

// TestTranslationAssembles: instructions that a test's text has as assemblers do become what GNU as makes of the text.
func TestTranslationAssembles(t *testing.T) {
	as := findGNUAs(t)
	texts := strings.Split(strings.TrimSpace(`
movl $1,%eax
movq $-1,%rbx
movabs $81985529216486895,%r8
movb %ah,(%rdi)
movw 8(%rsp),%r9w
movl (%ebx,%ecx,2),%edx
movzbl (%rax),%ebx
movzwq %ax,%rbx
movzx %cl,%edx
movsbw %sil,%dx
movsx %dx,%r11
movslq %eax,%rbx
addq $1000,-4(%rax,%rbx,1)
subb $1,%al
andw %dx,%r12w
orl (%rax),%r13d
xorq %r14,%r15
cmpl %eax,(%rax)
testb $1,(%rax)
test %eax,%ebx
incw (%rax)
decl %ecx
negq %rax
notb %dil
shll $4,%eax
sall $1,(%rax)
shrq %cl,%rax
sarw $15,%ax
leal 4(%eax),%ebx
leaq (,%rbx,2),%r9
xchg %ah,%bl
xchgq %rax,(%rbx)
xaddl %eax,%ebx
cmpxchgw %bx,(%r12)
lock addl $1,(%rax)
lock subl %ecx,(%rax)
lock andl $-2,(%rax)
lock orb $1,(%rax)
lock xorq %rax,(%r13)
lock incl (%rax)
lock decq (%rax)
lock notl (%rax)
lock negw (%rax)
lock xaddq %rax,(%rbx)
lock cmpxchgl %ebx,(%rcx)
cmovne %eax,%ebx
cmovgeq (%rax),%rbx
setnae %ah
setno (%rax)
mfence
sfence
lfence
nop
pause
endbr64
endbr32
ret
`), "\n")
	want := gnuAs(t, as, t.TempDir(), texts)
	for i, text := range texts {
		node, err := x86.X86_64.Parse(text, here)
		require.NoError(t, err, text)
		in, err := Translate(node, Names{})
		require.NoError(t, err)
		got, err := in.Encode()
		require.NoError(t, err)
		assert.Equal(t, want[i], got, "%s: %s", text, in)
	}
}

func TestTranslateErrors(t *testing.T) {
	for _, c := range []struct {
		dialect    *x86.Dialect
		from, want string
	}{
		{x86.X86, "MOV [w],$1", "MOV [w],$1: it is nowhere"},
		{x86.X86, "MOV [x],$y", "MOV [x],$y: an address as a constant has to be moved into a register first"},
		{x86.X86, "CMP EAX,$y", "CMP EAX,$y: an address as a constant has to be moved into a register first"},
		{x86.X86, "UXCH [x],EAX", "UXCH [x],EAX: no processor has uxch"},
		{x86.X86, "JMP .+4", "JMP .+4: the distance .+4 does not count the bytes of machine code: expected a label"},
		{x86.X86, "MOV EAX,[AL]", "MOV EAX,[AL]: expected registers of 4 or of 8 bytes for an address, found %al"},
		{x86.X86, "MOV [y+EBX],EAX", "MOV [y+EBX],EAX: the address of y and two registers are more than a memory operand holds"},
		{x86.X86_64, "movl (%rax,%ebx,1),%ecx", "movl (%rax,%ebx,1),%ecx: expected registers of 4 or of 8 bytes for an address, found %ebx"},
		{x86.X86_64, "movl (%rax,%rbx,3),%ecx", "movl (%rax,%rbx,3),%ecx: as machine code: mov (%rax,%rbx,3),%ecx: expected a scale of 1, 2, 4 or 8, found 3"},
		{x86.X86_64, "movl %fs:(%rax),%ecx", "movl %fs:(%rax),%ecx: segment %fs is the thread's own"},
		{x86.X86_64, "movl %b,%ecx", "movl %b,%ecx: it is no register"},
		{x86.X86_64, "movq $4294967296,(x)", "movq $4294967296,(x): as machine code: movq $0x100000000,0x40(%r14): mov has no form with these operands, of 8 bytes"},
		{x86.X86_64, "movb $256,%al", "movb $256,%al: as machine code: mov $0x100,%al: the constant 256 does not fit 1 bytes"},
		{x86.X86_64, "movb %ah,(x)", "movb %ah,(x): as machine code: mov %ah,0x40(%r14): %ah is out of reach beside operands that need the prefix REX"},
		{x86.X86_64, "movl x+2147483647(%rip),%eax", "movl (x+2147483647),%eax: the displacement 2147483711 does not fit 4 bytes"},
	} {
		node, err := c.dialect.Parse(c.from, here)
		require.NoError(t, err, c.from)
		_, err = Translate(node, names)
		assert.EqualError(t, err, c.want, c.from)
	}
	node, err := x86.X86_64.Parse("movl %a,(x)", here)
	require.NoError(t, err)
	_, err = Translate(node, Names{})
	assert.EqualError(t, err, "movl %a,(x): nothing says where x is")
	_, err = Translate(node, Names{Location: names.Location})
	assert.EqualError(t, err, "movl %a,(x): nothing says which register %a is")
	node, err = aarch64.Dialect.Parse("MOV X0,#1", here)
	require.NoError(t, err)
	_, err = Translate(node, names)
	assert.EqualError(t, err, "MOV X0,#1: expected an instruction of X86 or X86_64")
}
