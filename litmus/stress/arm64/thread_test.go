package arm64

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/aarch64"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// line is how far apart the locations of the tests' plans are.
const line = 128

// planned is a plan that looks at all registers that the test speaks of. An instance takes size bytes.
func planned(test *litmus.Test) (p *plan.Plan, size int) {
	p = &plan.Plan{Test: test, Offsets: map[string]int32{}, Threads: make([]plan.Thread, len(test.Threads))}
	for _, c := range test.Program.Cells {
		if c.ReadOnly {
			continue
		}
		name := test.Program.Symbols[c.Symbol-1].Name
		if _, ok := p.Offsets[name]; !ok {
			p.Offsets[name] = int32(size)
		}
		size = (int(p.Offsets[name]) + int(c.Offset) + line) / line * line
	}
	for _, o := range test.Observed {
		if o.Thread >= 0 {
			out := &p.Threads[o.Thread].Out
			*out = append(*out, o.Reg)
		}
	}
	return p, size
}

func parsed(t *testing.T, text string) *litmus.Test {
	t.Helper()
	test, err := litmus.Parse("t.litmus", []byte(text))
	require.NoError(t, err)
	return test
}

// one is a test of one thread.
func one(init string, lines ...string) string {
	return "AArch64 one\n{" + init + "}\nP0;\n" + strings.Join(lines, ";\n") + ";\nexists (x=0)\n"
}

// catalogTests are the texts of the catalogue's tests, by file.
func catalogTests() map[string][]byte {
	tests := map[string][]byte{}
	for _, e := range catalog.Files() {
		tests[e.File] = e.Text
	}
	return tests
}

// corpusTests are those of others' tests, where they stand beside the checkout or at LITMUS_CORPUS.
func corpusTests(t *testing.T) map[string][]byte {
	t.Helper()
	corpus := os.Getenv("LITMUS_CORPUS")
	if corpus == "" {
		corpus = "../../../../shared/corpus"
	}
	root := filepath.Join(corpus, "aarch64")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no tests of others: set LITMUS_CORPUS to their directory")
	}
	tests := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".litmus" {
			return err
		}
		tests[path], err = os.ReadFile(path)
		return err
	}))
	return tests
}

func TestBuildCatalog(t *testing.T) {
	built, refused := buildAll(t, catalogTests())
	assert.Positive(t, built)
	assert.Empty(t, refused)
}

func TestBuildCorpus(t *testing.T) {
	built, refused := buildAll(t, corpusTests(t))
	t.Logf("%d tests built", built)
	assert.Positive(t, built)
	jumps := "it jumps to addresses that registers hold, and other threads' code has such: expected jumps within the thread"
	stack := "the stack is that of the loop around the test: expected a register other than SP"
	assert.Equal(t, []string{
		"0:X1: an instruction as data is not supported",
		"P0: LDR X1,[SP]: " + stack,
		"P0: MOV X6,SP: " + stack,
		"P0: STR WZR,[C1]: capability register C1 is not supported",
		"P0: " + jumps,
		"P0: register VNCR_EL2 cannot be set",
		"P0: register X0: an instruction as data is not supported",
		"[p]: an instruction as data is not supported",
		"[y]: an instruction as data is not supported",
	}, refused)
}

var position = regexp.MustCompile(`^.*\.litmus:[0-9]+:[0-9]+: `)

// buildAll counts the AArch64 ones among tests that build, and returns why others are refused. All that build leave alone what
// is not theirs.
func buildAll(t *testing.T, tests map[string][]byte) (built int, refused []string) {
	t.Helper()
	reasons := map[string]bool{}
	for name, text := range tests {
		test, err := litmus.Parse(name, text)
		if err != nil || test.Dialect != "AArch64" {
			continue // Tests that ask for instruction fetch or virtual memory do not parse.
		}
		p, _ := planned(test)
		for _, p.Sync = range []plan.Sync{plan.Free, plan.Time, plan.Barrier} {
			b := &builder{plan: p, code: &plan.Code{}}
			err = b.functions()
			if err != nil {
				break
			}
			keepsRegisters(t, name, b)
		}
		if err != nil {
			reasons[position.ReplaceAllString(err.Error(), "")] = true
			continue
		}
		built++
		knowsRegisters(t, name, test)
	}
	return built, slices.Sorted(maps.Keys(reasons))
}

// keepsRegisters holds the code against what package native wants kept.
func keepsRegisters(t *testing.T, name string, b *builder) {
	t.Helper()
	kept := []uint32{platform, goroutine, framePointer}
	for i, in := range b.asm.instructions {
		for _, o := range in.Operands {
			m, _ := o.(Memory)
			r, _ := o.(Register)
			for _, r := range []Register{r, m.Base, m.Index} {
				if r != 0 && slices.Contains(kept, r.number()) {
					t.Errorf("%s: instruction %d: %s", name, i, in)
				}
			}
		}
	}
}

// knowsRegisters asserts that a thread's registers are all that its instructions name, so that all have their initial values.
func knowsRegisters(t *testing.T, name string, test *litmus.Test) {
	t.Helper()
	for i := range test.Threads {
		regs := test.Program.Threads[i].Regs
		thread := test.Threads[i]
		thread.Lines = slices.DeleteFunc(slices.Clone(thread.Lines), func(l litmus.Line) bool {
			in, ok := l.Node.(*aarch64.Instruction)
			return ok && in.Mnemonic() == "PRFM"
		})
		for _, r := range registerNames(&thread, regs) {
			known := r == "XZR" || slices.ContainsFunc(regs, func(reg ir.Reg) bool { return reg.Name == r })
			assert.True(t, known, "%s: P%d: %s", name, i, r)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	all := "0:X0=x"
	for n := 1; n < 31; n++ {
		all += fmt.Sprintf(";0:X%d=%d", n, n)
	}
	for text, want := range map[string]string{
		one("0:X0=x", "NOP", "LDR W1,[SP,#8]"): "t.litmus:5:1: P0: LDR W1,[SP,#8]: the stack is that of the loop around the test: expected a register other than SP",
		one("0:X0=x", "MOV X1,SP"):             "t.litmus:4:1: P0: MOV X1,SP: the stack is that of the loop around the test: expected a register other than SP",
		one("0:X0=x", "L: LDR W1,L"):           "t.litmus:4:4: P0: LDR W1,L: it loads code as data: not supported",
		one(`0:X0=x; 0:X1=instr:"NOP"`, "NOP"): "P0: register X1: an instruction as data is not supported",
		one("0:X0=x; ins_t 0:X1", "NOP"):       "t.litmus:2:10: 0:X1: an instruction as data is not supported",
		one("0:X0=x", "NOP", "B .+12"):         "t.litmus:5:1: P0: B .+12: .+12 is outside of the thread's code",
		one("0:X0=x", "STR WZR,[C0]"):          "t.litmus:4:1: P0: STR WZR,[C0]: capability register C0 is not supported",
		one("0:X0=x", "ADD W0,W1,#4097"):       "t.litmus:4:1: P0: ADD W0,W1,#4097: #4097: expected #0 to #4095, or a multiple of 4096 up to #16773120",
		one("0:X0=x;0:SP=3", "NOP"):            "P0: the stack is that of the loop around the test: expected a register other than SP",
		one("0:X0=x; 0:SP=0", "MOV W0,W1"):     "P0: the stack is that of the loop around the test: expected a register other than SP",
		one("0:X0=x; 0:XZR=0", "MOV W0,W1"):    "",
		one("0:X0=x; 0:XZR=1", "MOV W0,W1"):    "P0: register XZR cannot be set",
		one(all, "NOP"):                        "P0: register X18 is not a test's to use, and the test leaves no two others alone",
		one(strings.NewReplacer(";0:X18=18", "", ";0:X28=28", "", ";0:X29=29", "").Replace(all), "NOP"): "P0: the test uses too many registers: none is left for the loop around it",
		"AArch64 two\n{0:X0=P1:L; 0:X1=x}\nP0 | P1;\nBR X0 | NOP;\n | L: NOP;\nexists (x=0)\n":          "P0: it jumps to addresses that registers hold, and other threads' code has such: expected jumps within the thread",
		"X86_64 x\n{}\nP0;\nmovl $1,(x);\nexists (x=0)\n":                                               "a test in X86_64: expected AArch64",
	} {
		p, _ := planned(parsed(t, text))
		_, err := Build(p)
		if want == "" {
			assert.NoError(t, err, text)
			continue
		}
		assert.EqualError(t, err, want, text)
	}
}

func TestBuildRefusesStores(t *testing.T) {
	for line, want := range map[string]string{
		"STR W1,[X0]":          "",
		"STLRB W1,[X0]":        "",
		"STR W1,[X0,W2,SXTW]":  "",
		"STR W1,[X0],#4":       "t.litmus:4:1: P0: STR W1,[X0],#4: expected a store that does not change its base",
		"STXR W1,W2,[X0]":      "t.litmus:4:1: P0: STXR W1,W2,[X0]: expected a store that does not change its base",
		"MOV W1,#1":            "t.litmus:4:1: P0: MOV W1,#1: expected a store that does not change its base",
		"STP W1,W2,[X0]":       "t.litmus:4:1: P0: STP W1,W2,[X0]: expected a store that does not change its base",
		"SWP W1,W2,[X0]":       "t.litmus:4:1: P0: SWP W1,W2,[X0]: expected a store that does not change its base",
		"LDR W1,[X0]":          "t.litmus:4:1: P0: LDR W1,[X0]: expected a store that does not change its base",
		"STADD W1,[X0]":        "t.litmus:4:1: P0: STADD W1,[X0]: expected a store that does not change its base",
		"STUR X1,[X0,#-8]":     "",
		"STR X1,[X0,X2,LSL#3]": "",
	} {
		p, _ := planned(parsed(t, one("0:X0=x", line)))
		p.Perpetual = true
		p.Threads[0].Stores = []plan.Store{{Line: 0, First: 1, Stride: 2}}
		_, err := Build(p)
		if want == "" {
			assert.NoError(t, err, line)
			continue
		}
		assert.EqualError(t, err, want)
	}
}

func TestPlaces(t *testing.T) {
	p, _ := planned(parsed(t, "AArch64 two\n{0:X0=x;1:X0=x}\nP0 | P1;\nMOV W1,#1 | L:;\nSTR W1,[X0] | LDR W1,[X0];\nexists (1:X1=1)\n"))
	p.Sync = plan.Barrier
	code, err := Build(p)
	require.NoError(t, err)
	require.Len(t, code.Entries, 2)

	type instr struct {
		thread, index int
		what          string
	}
	var found []instr
	for _, place := range code.Places {
		if place.Instr >= 0 {
			found = append(found, instr{place.Thread, place.Instr, place.What})
		}
		at, ok := code.At(place.Offset)
		require.True(t, ok)
		assert.Equal(t, place, at)
	}
	end := "the end of the test's instructions"
	assert.Equal(t, []instr{
		{0, 0, "MOV W1,#1"}, {0, 1, "STR W1,[X0]"}, {0, 2, end},
		{1, 0, "LDR W1,[X0]"}, {1, 1, end},
	}, found)

	for text, in := range map[[2]int]Instruction{{0, 0}: New("mov", W(1), Immediate(1)), {0, 1}: New("str", W(1), At(X(0))), {1, 0}: New("ldr", W(1), At(X(0)))} {
		offset, ok := code.Label(text[0], text[1])
		require.True(t, ok)
		want, err := in.Encode()
		require.NoError(t, err)
		assert.Equal(t, want, code.Text[offset:offset+Size], in.String())
	}
	for thread, entry := range code.Entries {
		at, ok := code.At(entry)
		require.True(t, ok)
		assert.Equal(t, plan.Place{Offset: entry, Thread: thread, Instr: -1, What: "entering"}, at)
	}
	assert.Equal(t, uint32(0xd65f03c0), binary.LittleEndian.Uint32(code.Text[len(code.Text)-Size:]), "ret")
}

func TestNeeds(t *testing.T) {
	test := parsed(t, one("0:X0=x", "LDR W1,[X0]", "LDADD W1,W2,[X0]", "SWP W1,W2,[X0]", "LDAPR W1,[X0]", "B.EQ .+4"))
	needs := Needs(test)
	require.Len(t, needs, 2)
	assert.Equal(t, "FEAT_LSE P0: LDADD W1,W2,[X0]", needs[0].Feature+" "+needs[0].Text)
	assert.Equal(t, "FEAT_LRCPC P0: LDAPR W1,[X0]", needs[1].Feature+" "+needs[1].Text)
	assert.Equal(t, "t.litmus:5:1", fmt.Sprint(needs[0].Pos))
}
