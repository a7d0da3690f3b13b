package cat

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/model"
)

// write makes files under a fresh directory and returns it.
func write(t *testing.T, files map[string]string) string {
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

// TestIncludesAreFound beside the including file first, then in the given
// directories, then in the library.
func TestIncludesAreFound(t *testing.T) {
	dir := write(t, map[string]string{
		"model.cat":       "include \"sub/a.cat\"\ninclude \"b.cat\"\ninclude \"cos.cat\"\nshow a, b, fre",
		"sub/a.cat":       "include \"b.cat\"\nlet a = b",
		"sub/b.cat":       "let b = po",
		"elsewhere/b.cat": "let b = rf",
	})
	_, err := Load(filepath.Join(dir, "model.cat"))
	require.ErrorContains(t, err, `model.cat:2:1: cannot include "b.cat"`)
	m, err := Load(filepath.Join(dir, "model.cat"), filepath.Join(dir, "elsewhere"))
	require.NoError(t, err)
	x, names := readExecution(t, "i: init x\na: P0 W x\nb: P0 R x\nrf a b\nco i a", nil)
	c, err := m.NewChecker(x.Vocabulary)
	require.NoError(t, err)
	shown := map[string]string{}
	for _, s := range c.Explain(x).Shown {
		shown[s.Name] = pairText(s.Relation, names)
	}
	assert.Equal(t, map[string]string{"a": "a-b", "b": "a-b", "fre": "", "co": "i-a", "fr": ""}, shown)
}

func TestLoadErrors(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.cat"))
	require.ErrorIs(t, err, os.ErrNotExist)
	dir := write(t, map[string]string{"a.cat": "include \"a.cat\""})
	_, err = Load(filepath.Join(dir, "a.cat"))
	require.ErrorContains(t, err, "a.cat:1:1: "+filepath.Join(dir, "a.cat")+" includes itself")
	_, err = Parse("many.cat", strings.Repeat("include \"cos.cat\"\n", maxIncludes+1), nil)
	require.ErrorContains(t, err, "includes more than 1000 files")
}

// TestVariants: what is not chosen is not even read.
func TestVariants(t *testing.T) {
	dir := write(t, map[string]string{
		"v.cat": "if \"on\" || not \"off\" && \"never\"\n  empty po as chosen\nelse\n  include \"missing.cat\"\nend",
	})
	_, err := Load(filepath.Join(dir, "v.cat"))
	require.ErrorContains(t, err, "missing.cat")
	_, err = LoadWith(filepath.Join(dir, "v.cat"), Options{Variants: []string{"on"}})
	require.NoError(t, err)
}

// TestLibrary: every file of the library can be included alone, for every dialect.
func TestLibrary(t *testing.T) {
	files, err := library.ReadDir("library")
	require.NoError(t, err)
	for _, f := range files {
		m, err := Parse("m.cat", fmt.Sprintf("include %q", f.Name()), nil)
		require.NoError(t, err, f.Name())
		if f.Name() == "ppo.cat" || f.Name() == "ppc-checks.cat" {
			continue // these build on names that the including model defines
		}
		for _, arch := range []string{"X86", "AArch64", "RISCV", "C"} {
			_, err = m.NewChecker(&model.Vocabulary{Arch: arch})
			require.NoError(t, err, "%s for %s", f.Name(), arch)
		}
	}
}

// TestPower runs the library's part of the Power model: message passing with lwsync and an address dependency.
func TestPower(t *testing.T) {
	m, err := Parse("power.cat", `
include "cos.cat"
include "ppcfences.cat"
acyclic po-loc | rf | fr | co as coherence
let ii0 = addr | data | rfi
let ic0 = 0
let ci0 = ctrlisync
let cc0 = addr | data | po-loc | ctrl | (addr; po)
include "ppo.cat"
let strong = sync
let light = lwsync \ (W * R)
include "ppc-checks.cat"
`, nil)
	require.NoError(t, err)
	const mp = "i: init x\nj: init y\na: P0 W x\nf: P0 F %s\nb: P0 W y\nc: P1 R y\nd: P1 R x\nco i a, j b\nrf b c, i d\n%s"
	for _, c := range []struct {
		fence, dependency string
		consistent        bool
	}{
		{"LWSYNC", "addr c d", false},
		{"SYNC", "addr c d", false},
		{"LWSYNC", "", true},
		{"EIEIO", "addr c d", true},
	} {
		x, _ := readExecution(t, fmt.Sprintf(mp, c.fence, c.dependency), []string{"SYNC", "LWSYNC", "EIEIO", "ISYNC"})
		checker, err := m.NewChecker(x.Vocabulary)
		require.NoError(t, err)
		assert.Equal(t, c.consistent, judge(t, checker, x), "%v", c)
	}
}

// TestDialects: what a dialect has decides what a model may say of it.
func TestDialects(t *testing.T) {
	check := func(text, arch string, tags ...string) error {
		m, err := Parse("m.cat", text, nil)
		require.NoError(t, err)
		_, err = m.NewChecker(&model.Vocabulary{Arch: arch, Tags: tags})
		return err
	}
	require.EqualError(t, check("empty [MFENCE]", "RISCV"), "m.cat:1:8: RISCV executions have no events named MFENCE")
	require.NoError(t, check("empty [MFENCE]", "X86", "MFENCE"))
	require.NoError(t, check("empty [try MFENCE with emptyset]", "RISCV"))
	require.NoError(t, check("let unused = [MFENCE]", "RISCV"))
	// Nothing is tagged memory here, so that a model may speak of it.
	require.NoError(t, check("empty [T]; iico_data; [R]", "AArch64"))
	require.EqualError(t, check("empty [W]; iico_data; [R]", "AArch64"),
		"m.cat:1:12: iico_data is not available: executions here do not tell what happens inside instructions")
	_, err := Parse("m.cat", "empty [W]; partial_po; [R]", nil)
	require.EqualError(t, err, "m.cat:1:12: partial_po is not available: executions here do not have it")
}

// TestDependenciesStart at reads, but for RISC-V at store-conditionals too.
func TestDependenciesStart(t *testing.T) {
	m, err := Parse("m.cat", "show ctrl as c", nil)
	require.NoError(t, err)
	x, names := readExecution(t, "i: init x\na: P0 R x\nb: P0 W x\nc: P0 W x\nrf i a\nco i b, i c, b c\nctrl a c, b c", nil)
	for arch, want := range map[string]string{"AArch64": "a-c", "RISCV": "a-c b-c"} {
		c, err := m.NewChecker(&model.Vocabulary{Arch: arch})
		require.NoError(t, err)
		assert.Equal(t, want, pairText(c.Explain(x).Shown[0].Relation, names), arch)
	}
}

// TestManyEvents: beyond 64 events, a ring of store buffering.
func TestManyEvents(t *testing.T) {
	const threads = 30
	var text strings.Builder
	for i := range threads {
		fmt.Fprintf(&text, "i%d: init x%d\n", i, i)
	}
	for i := range threads {
		fmt.Fprintf(&text, "w%d: P%d W x%d\nf%d: P%d F\nr%d: P%d R x%d\n", i, i, i, i, i, i, i, (i+1)%threads)
		fmt.Fprintf(&text, "co i%d w%d\n", i, i)
	}
	m, err := Parse("sc.cat", "include \"cos.cat\"\nacyclic po | rf | co | fr as sc", nil)
	require.NoError(t, err)
	for last, want := range map[string]bool{"i0": false, "w0": true} {
		rf := ""
		for i := range threads - 1 {
			rf += fmt.Sprintf("rf i%d r%d\n", i+1, i)
		}
		x, _ := readExecution(t, text.String()+rf+fmt.Sprintf("rf %s r%d", last, threads-1), nil)
		c, err := m.NewChecker(x.Vocabulary)
		require.NoError(t, err)
		require.Greater(t, len(x.Events), 64)
		assert.Equal(t, want, judge(t, c, x))
		if v := c.Explain(x); !want {
			require.Len(t, v.Violations, 1)
			assert.Len(t, v.Violations[0].Cycle, 2*threads)
		}
	}
}

// TestErr: a model may go wrong on some executions only.
func TestErr(t *testing.T) {
	m, err := Parse("m.cat", `
let only S = match S with || {} -> 0 || e ++ rest -> (match rest with || {} -> [{e}] || _ ++ _ -> fail rest end) end
empty only (F & R) as none
empty only F as fences
`, nil)
	require.NoError(t, err)
	x, _ := readExecution(t, "a: P0 F\nb: P0 F", nil)
	c, err := m.NewChecker(x.Vocabulary)
	require.NoError(t, err)
	require.False(t, c.Check(x, model.Complete))
	require.ErrorContains(t, c.(*Checker).Err(), "m.cat:2:")
	require.False(t, c.Explain(x).Consistent)
}

// TestGoroutines: a model serves several at once, its slow parts too.
func TestGoroutines(t *testing.T) {
	m, err := Parse("m.cat", `
include "cos.cat"
let by-location = classes-loc W
let unused = map (fun S -> S * S) by-location
forall S in by-location do acyclic (co & (S * S)) | po-loc as coherent end
with S from linearisations(M \ IW, po)
empty rf \ (S | IW * R) as later
`, nil)
	require.NoError(t, err)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			x, _ := readExecution(t, "i: init x\na: P0 W x\nb: P0 R x\nc: P1 W x\nrf c b\nco i a, i c, a c", nil)
			c, err := m.NewChecker(x.Vocabulary)
			if !assert.NoError(t, err) {
				return
			}
			for range 20 {
				assert.True(t, c.Check(x, model.Skeleton))
				assert.True(t, c.Check(x, model.Complete))
				assert.True(t, c.Explain(x).Consistent)
			}
		})
	}
	wait.Wait()
}

// TestNeedsInside: only models that speak of what happens inside instructions ask for it.
func TestNeedsInside(t *testing.T) {
	for text, want := range map[string]bool{
		"acyclic po | rf":                            false,
		"let unused = iico_data\nacyclic po":         false,
		"empty [T]; iico_data; [R]":                  false, // nothing is tagged memory
		"empty rf-reg":                               true,
		"let rec d = rf-reg | d; d\nempty d":         true,
		"acyclic po\nshow iico_ctrl as c":            true,
		"empty [BCC]; po":                            true,
		"empty [ADDR]":                               true,
		"procedure f(S) = empty S end\ncall f(DATA)": true,
	} {
		m, err := Parse("m.cat", text, nil)
		require.NoError(t, err, text)
		c, err := m.NewChecker(&model.Vocabulary{Arch: "AArch64", Registers: true})
		require.NoError(t, err, text)
		assert.Equal(t, want, c.(*Checker).NeedsInside(), text)
	}
}

// TestSameAccess: si relates the events of an instruction, sm those of one access.
func TestSameAccess(t *testing.T) {
	m, err := Parse("m.cat", "show sm as sm show si \\ id as si", nil)
	require.NoError(t, err)
	x, names := readExecution(t, "i: init x\na: P0 R x\nb: P0 W x\nrf i a\nco i b", nil)
	x.Events[2].Index = x.Events[1].Index
	c, err := m.NewChecker(x.Vocabulary)
	require.NoError(t, err)
	shown := c.Explain(x).Shown
	require.Equal(t, "i-i a-a b-b", pairText(shown[0].Relation, names))
	require.Equal(t, "a-b b-a", pairText(shown[1].Relation, names))
}
