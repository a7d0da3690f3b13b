//go:build linux || darwin

package process_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/plan"
	"github.com/weakmem/litmus/litmus/stress/process"
)

// faulting has, by architecture and test, an instruction or two that raise a signal or never end.
var faulting = map[string]map[string][]byte{
	"amd64": {
		"load-null":     {0x48, 0x8b, 0x07},             // movq (%rdi), %rax
		"load-no-page":  {0x48, 0x8b, 0x07},             // movq (%rdi), %rax
		"load-past-end": {0x48, 0x8b, 0x07},             // movq (%rdi), %rax
		"lost-null":     {0x6a, 0x00, 0x48, 0x8b, 0x07}, // pushq $0; movq (%rdi), %rax
		"illegal":       {0x0f, 0x0b},                   // ud2
		"divide":        {0x31, 0xc9, 0xf7, 0xf1},       // xorl %ecx, %ecx; divl %ecx
		"trap":          {0xcc},                         // int3
		"jump":          {0x31, 0xc0, 0xff, 0xe0},       // xorl %eax, %eax; jmp *%rax
		"loop":          {0xeb, 0xfe},                   // 0: jmp 0b
		"lose-stack":    {0x31, 0xe4, 0x50},             // xorl %esp, %esp; pushq %rax
	},
	"arm64": {
		"load-null":     {0x01, 0x00, 0x40, 0xf9},                         // ldr x1, [x0]
		"load-no-page":  {0x01, 0x00, 0x40, 0xf9},                         // ldr x1, [x0]
		"load-past-end": {0x01, 0x00, 0x40, 0xf9},                         // ldr x1, [x0]
		"lost-null":     {0x1e, 0x00, 0x80, 0xd2, 0x01, 0x00, 0x40, 0xf9}, // mov x30, #0; ldr x1, [x0]
		"illegal":       {0x00, 0x00, 0x00, 0x00},                         // udf #0
		"trap":          {0x00, 0x00, 0x20, 0xd4},                         // brk #0
		"jump":          {0x01, 0x00, 0x80, 0xd2, 0x20, 0x00, 0x1f, 0xd6}, // mov x1, #0; br x1
		"loop":          {0x00, 0x00, 0x00, 0x14},                         // 0: b 0b
	},
}

var harmless = map[string][]byte{"amd64": {0x90}, "arm64": {0x1f, 0x20, 0x03, 0xd5}}

// fault runs machine code: for each of two threads an instruction that does nothing, then the test's.
func fault(test string, started func(uintptr, *plan.Code), progress func(*stress.Result)) (*stress.Result, error) {
	if test == "abort" {
		fmt.Fprintln(os.Stderr, "out of threads")
		_ = unix.Kill(unix.Getpid(), unix.SIGABRT)
		select {}
	}
	var text []byte
	code := &plan.Code{}
	add := func(thread, instr int, what string, bytes []byte) {
		code.Places = append(code.Places, plan.Place{Offset: len(text), Thread: thread, Instr: instr, What: what})
		text = append(text, bytes...)
	}
	for thread := range 2 {
		code.Entries = append(code.Entries, len(text))
		add(thread, 0, "harmless", harmless[runtime.GOARCH])
		add(thread, 1, test, faulting[runtime.GOARCH][test])
	}
	add(1, 2, "after", harmless[runtime.GOARCH])
	code.Text = text

	loaded, err := native.Load(text)
	if err != nil {
		return nil, err
	}
	memory, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if test == "load-past-end" {
		var file *os.File
		if file, err = os.CreateTemp("", "empty"); err == nil {
			os.Remove(file.Name())
			memory, err = unix.Mmap(int(file.Fd()), 0, unix.Getpagesize(), unix.PROT_READ, unix.MAP_SHARED)
		}
	}
	if err != nil {
		return nil, err
	}
	arg := unsafe.Pointer(&memory[0])
	if test == "load-null" || test == "lost-null" || test == "loop" {
		arg = nil
	}
	for range 3 {
		// As a test's rounds do: only the last code that was announced matters.
		started(0x10000, &plan.Code{Text: make([]byte, 1<<20), Places: make([]plan.Place, 100)})
	}
	progress(&stress.Result{Instances: 7, Rounds: os.Getpid()})
	started(loaded.Base(), code)
	if test == "loop" {
		// Both threads are to be in machine code: Go does not start one thread while it waits for another that is there already.
		runtime.GOMAXPROCS(4)
		var begun atomic.Bool
		go func() {
			begun.Store(true)
			loaded.CallAt(code.Entries[0], nil)
		}()
		for !begun.Load() {
		}
	}
	loaded.CallAt(code.Entries[1], arg)
	return &stress.Result{}, nil
}

func TestCrashNamesTheInstruction(t *testing.T) {
	for name, want := range map[string]string{
		"load-null":     `^the processor raised SIGSEGV at P1: load-null \(segmentation violation, address 0x0\)$`,
		"load-no-page":  `^the processor raised (SIGSEGV|SIGBUS) at P1: load-no-page \(.*, address 0x[0-9a-f]+\)$`,
		"load-past-end": `^the processor raised SIGBUS at P1: load-past-end \(bus error, address 0x[0-9a-f]+\)$`,
		"lost-null":     `^the processor raised a signal at P1: lost-null \(SIGSEGV, SIGBUS or SIGFPE\)$`,
		"illegal":       `^the processor raised SIGILL at P1: illegal \(illegal instruction\)$`,
		"divide":        `^the processor raised SIGFPE at P1: divide \(floating-point exception, address 0x[0-9a-f]+\)$`,
		"trap":          `^the processor raised SIGTRAP at P1: trap \(trace trap\)$`,
		"jump":          `^the processor raised SIGSEGV at 0x0, outside of the test's machine code \(segmentation violation, address 0x0\)$`,
		"lose-stack":    `^the process that ran the test ended \(signal: segmentation fault\)$`,
	} {
		if faulting[runtime.GOARCH][name] == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			p := new(t)
			got, err := run(p, name)
			var crash *process.Crash
			require.ErrorAs(t, err, &crash)
			require.Regexp(t, want, err.Error())
			require.EqualValues(t, 7, got.Instances)
			require.LessOrEqual(t, len(crash.Stderr), 16<<10)
			if crash.Place != nil {
				require.Equal(t, 1, crash.Place.Instr)
			}
			_, err = run(p, "answer")
			require.NoError(t, err)
			// The code of one test is not that of the next.
			_, err = run(p, "panic")
			require.ErrorContains(t, err, "panic: of Go code")
		})
	}
}

// A process aborts itself; no processor makes it.
func TestAbort(t *testing.T) {
	_, err := run(new(t), "abort")
	require.EqualError(t, err, "the process that ran the test ended (abort): out of threads")
}

func TestHangNamesTheLoop(t *testing.T) {
	p := new(t)
	p.Grace = 2 * time.Second
	_, err := run(p, "answer")
	require.NoError(t, err)
	got, err := run(p, "loop")
	var hang *process.Hang
	require.ErrorAs(t, err, &hang)
	require.EqualError(t, err, "the test did not end: nothing was heard of it for 2s; P0: loop; P1: loop")
	require.EqualValues(t, 7, got.Instances)
	_, err = run(p, "answer")
	require.NoError(t, err)
}

// beParent runs, in a process of its own, a test that loops in machine code, and prints the child's number.
func beParent() {
	p := process.New(command)
	p.Grace = time.Hour
	p.Run(context.Background(), "loop.litmus", test("loop"), stress.Options{}, func(r *stress.Result) { fmt.Println(r.Rounds) })
	os.Exit(1)
}

// The parent's death ends even a child that does not notice it.
func TestDeathOfTheParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with its parent")
	}
	parent := command()
	parent.Env = append(os.Environ(), role+"=parent")
	stdout, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	var child int
	_, err = fmt.Fscan(stdout, &child)
	require.NoError(t, err)
	require.NoError(t, parent.Process.Kill())
	require.Error(t, parent.Wait())
	require.Eventually(t, func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
		return err != nil || strings.Contains(string(stat), ") Z ") // nobody need wait for it here
	}, 20*time.Second, time.Millisecond)
}
