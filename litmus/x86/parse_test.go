package x86

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

var here = source.Pos{File: "t", Line: 1, Col: 1}

func TestCanonicalText(t *testing.T) {
	for _, c := range []struct {
		dialect  *Dialect
		from, to string
	}{
		{X86, "mov [x],1", "MOV [x],$1"},
		{X86, "MOV\tEAX , [ EBX + 4 ]", "MOV EAX,[EBX+4]"},
		{X86, "mov eax,(ebx)", "MOV EAX,[EBX]"},
		{X86, "mov [x+4],-0x1", "MOV [x+4],$-1"},
		{X86, "mov eax,[ebx+ecx*4-8]", "MOV EAX,[EBX+ECX*4-8]"},
		{X86, "mov [12],al", "MOV [12],AL"},
		{X86, "LOCK ; inc [x]", "LOCK INC [x]"},
		{X86, "mov eax,%r", "MOV EAX,%r"},
		{X86, "jnz L0", "JNZ L0"},
		{X86, "jmp .+4", "JMP .+4"},
		{X86, "cmpxchg [x],ecx", "CMPXCHG [x],ECX"},
		{X86, "movb [x],1", "MOVB [x],$1"},
		{X86_64, "movl $1,[x]", "movl $1,(x)"},
		{X86_64, "MOVQ 8(%rax), %RCX", "movq 8(%rax),%rcx"},
		{X86_64, "movl x(%rip),%eax", "movl (x),%eax"},
		{X86_64, "movl x+4(%rip),%eax", "movl (x+4),%eax"},
		{X86_64, "movl x(,%rbx,4),%eax", "movl x(,%rbx,4),%eax"},
		{X86_64, "movl -4(%rax,%rbx),%eax", "movl -4(%rax,%rbx,1),%eax"},
		{X86_64, "movq $x,%rax", "movq $x,%rax"},
		{X86_64, "nopw %cs:0x0(%rax,%rax,1)", "nopw %cs:(%rax,%rax,1)"},
		{X86_64, "cmpxchg (x),%ebx", "cmpxchg %ebx,(x)"},
		{X86_64, "cmpxchg %ebx,(x)", "cmpxchg %ebx,(x)"},
		{X86_64, "cmovc %eax,(x)", "cmovc (x),%eax"},
		{X86_64, "cmovnel (x),%eax", "cmovnel (x),%eax"},
		{X86_64, "lock;xaddq %rax,(%rbx)", "lock xaddq %rax,(%rbx)"},
		{X86_64, "mov rax,rbx", "mov %rax,%rbx"},
		{X86_64, "movl $1,(%sym)", "movl $1,(%sym)"},
		{X86_64, "endbr64", "endbr64"},
	} {
		node, err := c.dialect.Parse(c.from, here)
		if assert.NoError(t, err, c.from) {
			assert.Equal(t, c.to, node.String())
			again, err := c.dialect.Parse(c.to, here)
			require.NoError(t, err, c.to)
			assert.Equal(t, c.to, again.String())
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		dialect    *Dialect
		from, want string
	}{
		{X86, "frob eax", "unknown instruction frob"},
		{X86, "mov eax", "mov takes 2 operands, found 1"},
		{X86, "mov eax,x", "x is not a register of X86: a location is written [x]"},
		{X86_64, "movl %eax,x", "x is not a register of X86_64: a location is written (x)"},
		{X86_64, "movl %eax,%cs:", `"%cs:" is not an operand of X86_64`},
		{X86, "mov $1,eax", "mov: the destination cannot be the constant $1"},
		{X86, "mov [x],[y]", "mov: only one operand can be in memory"},
		{X86_64, "movl %rax,(x)", "movl: register %rax is 8 bytes wide, not 4"},
		{X86_64, "mov %eax,%rbx", "mov: register %eax is 4 bytes wide, not 8"},
		{X86, "movq [x],eax", "movq: X86 has no accesses of 8 bytes"},
		{X86, "lock mov [x],eax", "lock mov: only a read-modify-write of memory can be locked"},
		{X86, "lock inc eax", "lock inc: only a read-modify-write of memory can be locked"},
		{X86, "lock mfence", "lock mfence: only a read-modify-write of memory can be locked"},
		{X86, "mfence 1", `mfence takes no operands, found "1"`},
		{X86, "jmp 12", `jmp: expected a label, found "12"`},
		{X86_64, "push %rax", "push: the stack is not supported"},
		{X86_64, "movntil %eax,(x)", "movntil: non-temporal stores are not supported"},
		{X86_64, "clflush (x)", "clflush: cache maintenance is not supported"},
		{X86_64, "lea %eax,%ebx", "lea: expected a register and a memory operand"},
		{X86_64, "movzbl %eax,%ebx", "movzbl: register %eax is 4 bytes wide, not 1"},
		{X86_64, "xchgl $1,(x)", "xchgl: expected a register as the source"},
		{X86_64, "shll %ebx,%eax", "shll: expected a constant or the register cl as the count"},
		{X86_64, "movl (%rax,%rbx,9),%eax", `"(%rax,%rbx,9)" is not an operand of X86_64`},
		{X86_64, "movl $99999999999999999999,%eax", `"$99999999999999999999" is not an operand of X86_64`},
		{X86, "", `expected an instruction, found ""`},
	} {
		_, err := c.dialect.Parse(c.from, here)
		assert.EqualError(t, err, "t:1:1: "+c.want, c.from)
	}
}

func TestRegister(t *testing.T) {
	for _, c := range []struct {
		dialect  *Dialect
		name     string
		want     string
		register bool
	}{
		{X86, "eax", "EAX", true}, {X86, "BL", "EBX", true}, {X86, "ch", "ECX", true}, {X86, "RAX", "", false}, {X86, "x", "", false},
		{X86_64, "EAX", "rax", true}, {X86_64, "%r8d", "r8", true}, {X86_64, "sil", "rsi", true}, {X86_64, "rip", "rip", true},
		{X86_64, "%sym", "%sym", true}, {X86_64, "r16", "", false}, {X86_64, "%", "", false},
	} {
		name, ok := c.dialect.Register(c.name)
		assert.Equal(t, c.register, ok, c.name)
		assert.Equal(t, c.want, name, c.name)
	}
}

// TestLockedAccesses: both accesses of a locked instruction are in X, and pair; those of a plain one are not.
func TestLockedAccesses(t *testing.T) {
	for text, locked := range map[string]bool{
		"XCHG [x],EAX": true, "UXCH [x],EAX": false, "LOCK ADD [x],1": true, "ADD [x],1": false,
		"LOCK CMPXCHG [x],EBX": true, "CMPXCHG [x],EBX": false, "LOCK XADD [x],EBX": true,
	} {
		p := &ir.Program{Tags: X86.Tags()}
		b := ir.NewBuilder(p, 0)
		node, err := X86.Parse(text, here)
		require.NoError(t, err)
		b.Instruction(text, here)
		require.NoError(t, node.Lower(b, here))
		require.NoError(t, b.Finish())
		accesses := 0
		for _, m := range p.Threads[0].Code[0].Micro {
			if m.Kind != ir.Load && m.Kind != ir.Store {
				continue
			}
			accesses++
			assert.Equal(t, locked, m.Tags&ir.Bit(tags, "X") != 0, text)
			assert.Equal(t, locked && m.Kind == ir.Store, m.Flags&ir.Amo != 0, text)
		}
		assert.Equal(t, 2, accesses, text)
	}
}

func FuzzInstruction(f *testing.F) {
	for _, seed := range []string{
		"mov [x],1", "MOV EAX,[EBX+ECX*4-8]", "lock; xaddl %eax,x+4(%rip)", "movq 0(%rax,%rbx,8),%rcx", "cmovnel (x),%eax",
		"movsbq %al,%rdi", "shlq %cl,%rax", "setb %ah", "jmp .+4", "nopw %cs:0(%rax)", "mov $x+8,%rbx", "lea (,%rbx,2),%r9", "xchg AH,BL",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []*Dialect{X86, X86_64} {
			node, err := d.Parse(strings.TrimSpace(text), here)
			if err != nil {
				continue
			}
			again, err := d.Parse(node.String(), here)
			require.NoError(t, err, node.String())
			require.Equal(t, node.String(), again.String())
			lowered := func(n ir.Node) *ir.Program {
				p := &ir.Program{Tags: tags}
				b := ir.NewBuilder(p, 0)
				b.Instruction("", here)
				require.NoError(t, n.Lower(b, here))
				_ = b.Finish() // labels are missing
				return p
			}
			require.Equal(t, lowered(node), lowered(again), node.String())
		}
	})
}
