package amd64

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// planned is a plan with the test's locations one line after the other, and the registers of states recorded.
func planned(t *litmus.Test) *plan.Plan {
	p := &plan.Plan{Test: t, Offsets: map[string]int32{}, Threads: make([]plan.Thread, len(t.Threads)), Sync: plan.Barrier, Yield: true}
	for _, s := range t.Program.Symbols {
		if s.Kind == ir.Location {
			p.Offsets[s.Name] = int32(64 * len(p.Offsets))
		}
	}
	for _, o := range t.Observed {
		if o.Thread >= 0 {
			p.Threads[o.Thread].Out = append(p.Threads[o.Thread].Out, o.Reg)
		}
	}
	return p
}

func parsed(t *testing.T, text string) *litmus.Test {
	t.Helper()
	test, err := litmus.Parse("t.litmus", []byte(text))
	require.NoError(t, err)
	return test
}

// eachX86 calls body with the tests of the catalogue, and with others' tests where they stand beside the checkout or at LITMUS_CORPUS.
func eachX86(t *testing.T, body func(name string, test *litmus.Test)) {
	for _, e := range catalog.Files() {
		test, err := e.Parse()
		require.NoError(t, err)
		if strings.HasPrefix(test.Dialect, "X86") {
			body(e.File, test)
		}
	}
	corpus := os.Getenv("LITMUS_CORPUS")
	if corpus == "" {
		corpus = "../../../../shared/corpus"
	}
	corpus = filepath.Join(corpus, "x86")
	if _, err := os.Stat(corpus); err != nil {
		t.Log("no tests of others: set LITMUS_CORPUS to their directory")
		return
	}
	require.NoError(t, filepath.WalkDir(corpus, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".litmus") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		test, err := litmus.Parse(path, text)
		if assert.NoError(t, err) {
			body(path, test)
		}
		return nil
	}))
}

// Every test becomes machine code in which each of its instructions stands where the code says that it does.
func TestBuild(t *testing.T) {
	built := 0
	eachX86(t, func(name string, test *litmus.Test) {
		code, err := Build(planned(test))
		if err != nil {
			assert.ErrorContains(t, err, "register rip cannot be set and looked at", name)
			return
		}
		built++
		require.Len(t, code.Entries, len(test.Threads))
		for n, thread := range test.Threads {
			instr := 0
			for _, line := range thread.Lines {
				if line.Node == nil {
					continue
				}
				at, ok := code.Label(n, instr)
				require.True(t, ok, name)
				place, ok := code.At(at)
				require.True(t, ok, name)
				assert.Equal(t, line.Node.String(), place.What, name)
				assert.Equal(t, n, place.Thread)
				instr++
			}
			end, ok := code.Label(n, instr)
			require.True(t, ok)
			place, _ := code.At(end)
			assert.Equal(t, "the end of the test's instructions", place.What)
		}
	})
	assert.GreaterOrEqual(t, built, 40) // the catalogue alone has more
}

func TestBuildRefuses(t *testing.T) {
	for text, message := range map[string]string{
		"X86_64 T\n{ x=0; }\n P0 ;\n movq %rsp,%rax ;\nexists (0:rax=0)":                "P0: register rsp is the machine code's own",
		"X86_64 T\n{ 0:rip=0; }\n P0 ;\n nop ;\nexists (0:rip=0)":                       "P0: register rip cannot be set and looked at",
		"X86_64 T\n{ x=0; }\n P0 ;\n movl $1,%fs:(x) ;\nexists (x=0)":                   "segment %fs is the thread's own",
		"X86_64 T\n{}\n P0 ;\n " + every("movq %rax,%", " ;\n ") + "nop ;\nforall true": "P0: the test uses too many registers",
	} {
		test, err := litmus.Parse("t.litmus", []byte(text))
		if !assert.NoError(t, err, text) {
			continue
		}
		_, err = Build(planned(test))
		assert.ErrorContains(t, err, message)
	}
}

// every names each register that the harness could take.
func every(before, after string) string {
	var b strings.Builder
	for _, r := range []string{"rbx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r12", "r13", "r14", "r15"} {
		b.WriteString(before + r + after)
	}
	return b.String()
}

// What a perpetual test cannot store is refused, and so are more stores than there are registers.
func TestBuildPerpetual(t *testing.T) {
	test := parsed(t, "X86_64 T\n{ x=0; y=0; }\n P0 ;\n movl $1,(x) ;\n movl (y),%eax ;\n xchgl %ebx,(y) ;\nexists (0:rax=0)")
	p := planned(test)
	p.Perpetual = true
	p.Threads[0].Stores = []plan.Store{{Line: 0, First: 1, Stride: 1}}
	_, err := Build(p)
	require.NoError(t, err)
	p.Threads[0].Stores = []plan.Store{{Line: 2, First: 1, Stride: 1}}
	_, err = Build(p)
	require.ErrorContains(t, err, "expected a plain store")
	p.Threads[0].Stores = nil
	for range 16 {
		p.Threads[0].Stores = append(p.Threads[0].Stores, plan.Store{Line: 0, First: 1, Stride: 1})
	}
	_, err = Build(p)
	require.ErrorContains(t, err, "too many registers")
}

func TestNoPlaceOutsideTheCode(t *testing.T) {
	code, err := Build(planned(parsed(t, "X86_64 T\n{ x=0; }\n P0 ;\n nop ;\nexists (x=0)")))
	require.NoError(t, err)
	for _, offset := range []int{-1, len(code.Text)} {
		_, ok := code.At(offset)
		require.False(t, ok)
	}
}
