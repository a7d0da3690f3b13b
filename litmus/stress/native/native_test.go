package native_test

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus/stress/native"
)

// increment adds one to the 64 bits that its argument points to; clobber overwrites every register that it may;
// fault loads from address 0.
var (
	increment = map[string][]byte{
		"amd64": {0x48, 0xff, 0x07, 0xc3}, // incq (%rdi); ret
		"arm64": {
			0x01, 0x00, 0x40, 0xf9, // ldr x1, [x0]
			0x21, 0x04, 0x00, 0x91, // add x1, x1, #1
			0x01, 0x00, 0x00, 0xf9, // str x1, [x0]
			0xc0, 0x03, 0x5f, 0xd6, // ret
		},
	}
	clobber = map[string][]byte{"amd64": clobberAMD64(), "arm64": clobberARM64()}
	fault   = map[string][]byte{
		"amd64": {0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0xc3},                                                       // movq 0, %rax; ret
		"arm64": {0x1f, 0x00, 0x00, 0xd2, 0xe1, 0x03, 0x1f, 0xaa, 0x20, 0x00, 0x40, 0xf9, 0xc0, 0x03, 0x5f, 0xd6}, // …; ldr x0, [x1] with x1 = 0; ret
	}
)

func clobberAMD64() []byte {
	var text []byte
	for r := byte(0); r < 16; r++ {
		if r == 4 {
			continue // rsp
		}
		text = append(text, 0x48|r>>3, 0xc7, 0xc0|r&7, 0xff, 0xff, 0xff, 0xff) // movq $-1, r
	}
	for x := byte(0); x < 16; x++ {
		if x >= 8 {
			text = append(text, 0x66, 0x45, 0x0f, 0x76, 0xc0|(x&7)<<3|x&7) // pcmpeqd x, x
		} else {
			text = append(text, 0x66, 0x0f, 0x76, 0xc0|x<<3|x)
		}
	}
	return append(text, 0xc3)
}

func clobberARM64() []byte {
	var text []byte
	for r := uint32(0); r < 28; r++ {
		if r == 18 {
			continue
		}
		w := 0x92800000 | r // movn x, #0
		text = append(text, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
	}
	return append(text, 0xc0, 0x03, 0x5f, 0xd6)
}

func load(t *testing.T, text map[string][]byte) *native.Code {
	t.Helper()
	if !native.Supported() {
		t.Skip(native.ErrUnsupported)
	}
	c, err := native.Load(text[runtime.GOARCH])
	require.NoError(t, err)
	return c
}

func TestCall(t *testing.T) {
	c := load(t, increment)
	n := new(uint64)
	for range 1000 {
		c.Call(unsafe.Pointer(n))
	}
	require.EqualValues(t, 1000, *n)
	require.NoError(t, c.Close())
	require.NoError(t, c.Close())
	require.PanicsWithValue(t, "native: a call of code that is closed", func() { c.Call(nil) })
}

// What the code may overwrite is nothing that Go needs, whatever else goes on.
func TestRegistersAreGosAgain(t *testing.T) {
	c := load(t, clobber)
	defer c.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2000 {
				before := make([]int, 10, 10+i%7)
				c.Call(nil)
				before = append(before, i)
				require.Equal(t, i, before[10])
			}
		})
	}
	for range 20 {
		runtime.GC()
	}
	wg.Wait()
}

// A fault is the end of the process, with a message: callers that must survive it run code in a child.
func TestFaultEndsTheProcess(t *testing.T) {
	c := load(t, fault)
	defer c.Close()
	if os.Getenv("NATIVE_TEST_FAULT") != "" {
		c.Call(nil)
		os.Exit(0)
	}
	child := exec.Command(os.Args[0], "-test.run", "^TestFaultEndsTheProcess$")
	child.Env = append(os.Environ(), "NATIVE_TEST_FAULT=1")
	out, err := child.CombinedOutput()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip("an emulated process cannot start one like itself here: ", err)
	}
	require.Error(t, err)
	require.Regexp(t, "(?i)sigsegv|segmentation", strings.Join([]string{string(out), err.Error()}, "\n"))
}

func TestLoadNothing(t *testing.T) {
	_, err := native.Load(nil)
	require.ErrorContains(t, err, "no code to load")
}

func TestPin(t *testing.T) {
	all, err := native.Processors()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	if runtime.GOOS != "linux" {
		_, err := native.Pin(all[0])
		require.ErrorContains(t, err, runtime.GOOS)
		return
	}
	for _, p := range all {
		release, err := native.Pin(p)
		require.NoError(t, err)
		now, err := native.Processors()
		require.NoError(t, err)
		require.Equal(t, []int{p}, now)
		release()
	}
	_, err = native.Pin(1 << 9)
	require.ErrorContains(t, err, "no processor 512")
	now, err := native.Processors()
	require.NoError(t, err)
	require.Equal(t, all, now)
}

func TestNothingIsWritableAndExecutable(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	c := load(t, increment)
	defer c.Close()
	maps, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	require.Contains(t, string(maps), " r-xp ")
	require.NotContains(t, string(maps), " rwx")
}

func TestCallAt(t *testing.T) {
	c := load(t, increment)
	defer c.Close()
	last := len(increment[runtime.GOARCH])
	if runtime.GOARCH == "arm64" {
		last -= 4
	} else {
		last--
	}
	n := new(uint64)
	c.CallAt(last, unsafe.Pointer(n)) // the return
	require.Zero(t, *n)
	c.CallAt(0, unsafe.Pointer(n))
	require.EqualValues(t, 1, *n)
	require.NotZero(t, c.Base())
}

func TestAllocate(t *testing.T) {
	if !native.Supported() {
		t.Skip(native.ErrUnsupported)
	}
	for _, low := range []bool{false, true} {
		memory, err := native.Allocate(1<<20, low)
		if low && (runtime.GOOS != "linux" || runtime.GOARCH != "amd64") {
			require.ErrorIs(t, err, native.ErrUnsupported)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, low, uint64(uintptr(unsafe.Pointer(&memory[0]))) < 1<<32)
		memory[1<<20-1] = 1
		require.NoError(t, native.Free(memory))
	}
}
