package main

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

var large = flag.Bool("large", false, "run all tests for arm64, where they are emulated, not some")

// The command for arm64 is one static file. It runs every test that arm64 has the instructions for, and shows only final states that
// the model allows: those of the catalogue's tests as the engine has them, those of others' as a reference simulator has them.
func TestStressOnArm64(t *testing.T) {
	b := newBoard(t)
	t.Run("report", func(t *testing.T) { b.alone(t, b.report) })
	t.Run("suite", func(t *testing.T) { b.alone(t, b.suite) })
	t.Run("catalogue", func(t *testing.T) { b.runs(t, catalogueStates(t), 8) })
	t.Run("corpus", func(t *testing.T) { b.runs(t, corpusStates(t), 50) })
}

// board is what runs the command for arm64: this processor, or QEMU.
type board struct {
	command  []string
	emulator string // as reports name it; "" for a processor
	first    int    // a processor that may be used
	// weaker is the model without what the emulator does not keep to. QEMU on amd64 makes STLR a fence and a store, LDAR a load and
	// a fence (version 7.2), with nothing between the two, and amd64 lets loads pass the stores before them. It is the model itself if
	// there is no emulator.
	weaker model.Model
}

func newBoard(t *testing.T) *board {
	file := filepath.Join(t.TempDir(), "litmus")
	build := exec.Command("go", "build", "-o", file, ".")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	requireStatic(t, file)

	if runtime.GOOS != "linux" {
		t.Skip("the file is for Linux")
	}
	processors, err := native.Processors()
	require.NoError(t, err)
	b := &board{command: []string{file, "stress"}, first: processors[0]}
	text, err := os.ReadFile("../../model/models/aarch64.cat")
	require.NoError(t, err)
	if runtime.GOARCH != "arm64" {
		qemu, err := exec.LookPath("qemu-aarch64-static")
		if err != nil {
			qemu, err = exec.LookPath("qemu-aarch64")
		}
		if err != nil {
			t.Skip("nothing runs programs for arm64: install qemu-user-static, or qemu-user")
		}
		b.command, b.emulator = append([]string{qemu}, b.command...), "QEMU"
		const ordering = "\n  | [L]; po; [A]\n"
		require.Contains(t, string(text), ordering)
		text = bytes.Replace(text, []byte(ordering), []byte("\n"), 1)
	}
	weaker := filepath.Join(t.TempDir(), "weaker.cat")
	require.NoError(t, os.WriteFile(weaker, text, 0o644))
	b.weaker, err = models.Load(weaker)
	require.NoError(t, err)
	*large = *large || b.emulator == ""
	return b
}

// requireStatic is that the program needs no dynamic linker, and so nothing but the kernel.
func requireStatic(t *testing.T, file string) {
	f, err := elf.Open(file)
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, elf.EM_AARCH64, f.Machine)
	for _, p := range f.Progs {
		require.NotEqual(t, elf.PT_INTERP, p.Type)
	}
}

// alone calls body on the first processor, where the programs that it starts stay.
func (b *board) alone(t *testing.T, body func(t *testing.T)) {
	release, err := native.Pin(b.first)
	require.NoError(t, err)
	defer release()
	body(t)
}

// stress runs the command, whose exit code is to be one of codes.
func (b *board) stress(t *testing.T, codes []int, args ...string) (stdout, stderr string) {
	c := exec.CommandContext(t.Context(), b.command[0], append(slices.Clone(b.command[1:]), args...)...)
	if b.emulator != "" {
		// When Go stops the world it relies on the very ordering that the emulator does not keep, and may hang: it is given no cause to.
		c.Env = append(os.Environ(), "GOMAXPROCS=8", "GOGC=off", "GOMEMLIMIT=1GiB")
	}
	var out, errs strings.Builder
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); !errors.As(err, new(*exec.ExitError)) {
		require.NoError(t, err)
	}
	require.Contains(t, codes, c.ProcessState.ExitCode(), "%.2000s", errs.String())
	return out.String(), errs.String()
}

// A crash costs one test, and the report has what ran the others.
func (b *board) report(t *testing.T) {
	null := filepath.Join(t.TempDir(), "null.litmus")
	require.NoError(t, os.WriteFile(null, []byte("AArch64 null\n{ }\nP0;\nLDR W1,[X0];\nforall (0:X1=0)\n"), 0o644))
	out, errs := b.stress(t, []int{exitBad}, "--iterations", "1000", null, "../../"+catalogue+"aarch64/SB.litmus")
	assert.Regexp(t, `(?m)^\S*null.litmus: the processor raised .* at P0: LDR W1,\[X0\] \(`, errs)
	assert.Regexp(t, `(?m)^  sound\? +yes: aarch64 allows every outcome seen$`, out)
	assert.Contains(t, out, "1 tests run: 1 sound, 0 not, 0 not judged; 0 cannot be run here, 1 failed\n")
	if b.emulator != "" {
		assert.Regexp(t, `(?m)^arm64: .*, emulated \(`+b.emulator+`\)`, out)
		assert.Contains(t, out, "*emulated* ("+b.emulator+")")
	} else {
		assert.NotContains(t, out, "emulated")
	}
}

// suite is what runs on a board in CI.
func (b *board) suite(t *testing.T) {
	if !*large {
		t.Skip("it takes half a minute: give -large")
	}
	out, _ := b.stress(t, []int{exitFine}, "--suite", "--time", "1s")
	assert.Regexp(t, `(?m)^([1-9]\d*) tests run: [1-9]\d* sound, 0 not, 0 not judged; 0 cannot be run here, 0 failed$`, out)
}

// states are the final states that a test may end in, as lines with their items in order.
type states map[string]bool

func (s states) add(line string) {
	var items []string
	for item := range strings.SplitSeq(line, ";") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	slices.Sort(items)
	s[strings.Join(items, "; ")] = true
}

// beyond are those of seen that are not in s.
func (s states) beyond(seen states) states {
	rest := maps.Clone(seen)
	maps.DeleteFunc(rest, func(line string, _ bool) bool { return s[line] })
	return rest
}

// allowedStates are those that a model allows the test of a file, or if that is in C, what it is lowered to. Loops go round twice at most,
// which is enough for all states of these tests.
func allowedStates(t *testing.T, file string, m model.Model) states {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	test, err := litmus.Parse(file, text)
	require.NoError(t, err)
	ran, as := test, func(state []ir.Value) []ir.Value { return state }
	if test.Dialect == "C" {
		table, err := mapping.Find("arm64", "")
		require.NoError(t, err)
		l, err := lowered(&report{file: file, test: test}, table)
		require.NoError(t, err)
		ran, as = l.Test, l.State
	}
	results, err := enumerate.Run(context.Background(), ran, []model.Model{m}, enumerate.Options{})
	require.NoError(t, err, file)
	all := states{}
	for _, s := range results[0].States {
		all.add(test.FormatState(as(s.Values)))
	}
	return all
}

// catalogueStates are the states of the catalogue's tests, by file.
func catalogueStates(t *testing.T) map[string]states {
	aarch64, err := models.Load("aarch64")
	require.NoError(t, err)
	tests := map[string]states{}
	for _, dir := range []string{"aarch64", "c"} {
		files, err := filepath.Glob("../../" + catalogue + dir + "/*.litmus")
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			file, err = filepath.Abs(file)
			require.NoError(t, err)
			tests[file] = allowedStates(t, file, aarch64)
		}
	}
	return tests
}

// corpusStates are the states of others' tests, by file: where the reference has no answer, none.
func corpusStates(t *testing.T) map[string]states {
	dir := os.Getenv("LITMUS_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	dir, err := filepath.Abs(filepath.Join(dir, "aarch64"))
	require.NoError(t, err)
	text, err := os.ReadFile(dir + ".jsonl")
	if err != nil {
		t.Skip("no tests with reference results: set LITMUS_CORPUS to their directory")
	}
	tests := map[string]states{}
	for line := range bytes.Lines(text) {
		var r struct {
			File   string
			States []string
		}
		require.NoError(t, json.Unmarshal(line, &r))
		all := states{}
		for _, s := range r.States {
			all.add(s)
		}
		tests[filepath.Join(dir, r.File)] = all
	}
	return tests
}

// runs runs tests, one in so many if only a few are wanted: first on one processor, where the translation of barriers does not matter,
// then on all.
func (b *board) runs(t *testing.T, tests map[string]states, short int) {
	if !*large {
		for i, file := range slices.Sorted(maps.Keys(tests)) {
			if i%short != 0 {
				delete(tests, file)
			}
		}
	}
	t.Run("one processor", func(t *testing.T) { b.alone(t, func(t *testing.T) { b.pass(t, tests, nil) }) })
	t.Run("all processors", func(t *testing.T) { b.pass(t, tests, b.weaker) })
}

// refusal is a reason for which a test may be refused.
var refusal = regexp.MustCompile(`: (this processor is without FEAT_\w+` +
	`|code as data cannot be run` +
	`|the stack is that of the loop around the test: expected a register other than SP` +
	`|capability register C\d+ is not supported` +
	`|P\d+: register VNCR_EL2 cannot be set` +
	`|Variant=(ifetch|vmsa) asks for [a-z ]+, which is not supported)$`)

// pass runs the tests once. What they show is in their states, or allowed by the weaker model if there is one. A test that has but one
// state, as most of one thread and those that are fully synchronised have, shows that. Where a test has none, it is not known what it may show.
func (b *board) pass(t *testing.T, tests map[string]states, weaker model.Model) {
	const iterations = 1000
	list := filepath.Join(t.TempDir(), "list")
	require.NoError(t, os.WriteFile(list, []byte(strings.Join(slices.Sorted(maps.Keys(tests)), "\n")), 0o644))
	// The judging is done here, where nothing is emulated: the command is left no time for it.
	out, errs := b.stress(t, []int{exitFine, exitBad}, "--json", "--iterations", strconv.Itoa(iterations), "--model-timeout", "1ns", "@"+list)
	assert.NotContains(t, errs, "tests run in this process")
	objects := strings.Split(strings.TrimSpace(out), "\n")
	var head stressHead
	require.NoError(t, json.Unmarshal([]byte(objects[0]), &head))
	assert.Equal(t, "arm64", head.Host.Architecture)
	assert.Equal(t, b.emulator, head.Host.Emulated)

	var ran, exact, silent, seen, allowed, weak int
	refused := map[string]int{}
	left := maps.Clone(tests)
	for _, object := range objects[1:] {
		var no stressRefusal
		require.NoError(t, json.Unmarshal([]byte(object), &no))
		require.Contains(t, left, no.File)
		delete(left, no.File)
		if no.Error != "" {
			assert.Regexp(t, refusal, no.Error)
			refused[no.Error[strings.LastIndex(no.Error, ": ")+2:]]++
			continue
		}
		var r stressLine
		require.NoError(t, json.Unmarshal([]byte(object), &r))
		ran++
		assert.Empty(t, r.Failure, r.File)
		assert.Equal(t, b.emulator, r.Emulated, r.File)
		assert.GreaterOrEqual(t, r.Instances, int64(iterations), r.File)
		shown, may := states{}, tests[r.File]
		for _, s := range r.States {
			shown.add(s.State)
		}
		if len(may) == 0 {
			silent++
			continue
		}
		beyond := may.beyond(shown)
		seen += len(shown) - len(beyond)
		allowed += len(may)
		if len(beyond) > 0 && weaker != nil {
			weak += len(beyond)
			beyond = allowedStates(t, r.File, weaker).beyond(beyond)
		}
		assert.Empty(t, beyond, r.File)
		if len(may) == 1 {
			exact++
			assert.Subset(t, shown, may, r.File)
		}
	}
	assert.Empty(t, left)
	t.Logf("%d tests ran, %d of them for their one state, %d without known states; refused: %v", ran, exact, silent, refused)
	t.Logf("%d of %d allowed states were seen, and %d that STLR and LDAR should prevent", seen, allowed, weak)
}
