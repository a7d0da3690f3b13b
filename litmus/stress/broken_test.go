//go:build linux || darwin

package stress_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
	"github.com/weakmem/litmus/litmus/stress/plan"
	"github.com/weakmem/litmus/litmus/stress/process"
	"github.com/weakmem/litmus/model/models"
)

// What follows shows that the checks of random programs can fail.

// examples are the first tests that a generator draws, the same each time.
func examples(g *rapid.Generator[random.Listing], n int) []random.Listing {
	var list []random.Listing
	for seed := range n {
		list = append(list, g.Example(seed))
	}
	return list
}

// The processor is weaker than sequential consistency, and drawn programs show it.
func TestTooStrongModelIsCaught(t *testing.T) {
	if len(stress.Dialects()) == 0 || runtime.NumCPU() < 2 || emulated() {
		t.Skip("needs machine code, and two processors that are real")
	}
	dialect := stress.Dialects()[0]
	text := func(p *random.Program) random.Listing { return random.Listing(p.Text()).Registers() }
	for _, text := range examples(rapid.Map(random.Unsynchronised(dialect, 2, 6), text), 1000) {
		test := parse(t, text)
		sc, weak := verdict(t, test, "sc").States, verdict(t, test, models.Default(dialect)).States
		if len(sc) == len(weak) {
			continue // it cannot show it
		}
		r, err := stress.Run(t.Context(), test, stress.Options{Instances: 100_000, Time: 200 * time.Millisecond}, nil, nil)
		require.NoError(t, err)
		if forbidden(r.States, sc, asIs) != nil {
			return
		}
	}
	t.Fatal("no drawn program shows a store buffer")
}

// Locations that lie at one place are seen by most programs of a single thread.
func TestWrongOffsetIsCaught(t *testing.T) {
	for _, dialect := range stress.Dialects() {
		caught := 0
		list := examples(random.Listings(dialect, random.Size{Threads: 1, Ops: 12, Total: 6}), 40)
		for _, text := range list {
			test := parse(t, text)
			allowed := verdict(t, test, models.Default(dialect)).States
			run := func(offsets func([]int32)) bool {
				states, err := stress.RunBroken(test, stress.Options{Instances: 100}, offsets, func(*plan.Code) {}, nil)
				require.NoError(t, err)
				return forbidden(states, allowed, asIs) != nil
			}
			require.False(t, run(func([]int32) {}))
			if run(func(offsets []int32) { offsets[1] = offsets[0] }) {
				caught++
			}
		}
		require.Greater(t, caught, len(list)/2)
	}
}

// victims are threads every bit of whose machine code matters, but for few.
var victims = map[string]string{
	"amd64": `X86_64 victim
{ uint32_t x=5; uint8_t y=7; uint64_t z=0x1234567890; 0:rax=0x7fffffff1a; 0:rbx=0x22; 0:rcx=0x333; 0:rdx=0x4444; 0:rsi=0x55555; 0:r8=0x666666; }
 P0                    ;
 movl (x),%eax         ;
 addq %rbx,%rcx        ;
 xaddb %dl,(y)         ;
 movzbl (y),%esi       ;
 cmpl $12,%esi         ;
 je L                  ;
 movw $0x7654,%r8w     ;
 L: xchgq %r8,(z)      ;
locations [x; y; z; 0:rax int64_t; 0:rbx int64_t; 0:rcx int64_t; 0:rdx int64_t; 0:rsi int64_t; 0:r8 int64_t;]
`,
	"arm64": `AArch64 victim
{ uint32_t x=5; uint8_t y=7; uint64_t z=0x1234567890; 0:X0=1; 0:X1=0x22; 0:X2=0x333; 0:X3=0x4444; 0:X4=0x55555; 0:X5=0x666666; 0:X6=x; 0:X7=y; 0:X8=z; }
 P0                ;
 LDR W0,[X6]       ;
 ADD X2,X2,X1      ;
 LDRB W3,[X7]      ;
 STRB W1,[X7]      ;
 CMP W3,#7         ;
 B.NE L            ;
 MOVK X5,#0x7654   ;
 L: EOR X4,X5,X4   ;
 STR X5,[X8]       ;
locations [x; y; z; 0:X0 int64_t; 0:X1 int64_t; 0:X2 int64_t; 0:X3 int64_t; 0:X4 int64_t; 0:X5 int64_t; 0:X6 int64_t; 0:X7 int64_t; 0:X8 int64_t;]
`,
}

// role is the variable that makes a process of this program run broken code for another.
const role = "LITMUS_STRESS_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(role) == "" {
		os.Exit(m.Run())
	}
	if err := process.Serve(os.Stdin, os.Stdout, runBroken); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// runBroken runs a test with one bit of its instructions, that which the seed counts from 1, turned over.
func runBroken(
	_ context.Context, t *litmus.Test, o stress.Options, started func(uintptr, *plan.Code), _ func(*stress.Result),
) (*stress.Result, error) {
	bits := 0
	states, err := stress.RunBroken(t, o, func([]int32) {}, func(code *plan.Code) {
		from, _ := code.Label(0, 0)
		to, _ := code.Label(0, len(t.Program.Threads[0].Code))
		bits = 8 * (to - from)
		if n := int(o.Seed); n > 0 && n <= bits {
			code.Text[from+(n-1)/8] ^= 1 << ((n - 1) % 8)
		}
	}, started)
	return &stress.Result{States: states, Instances: int64(bits)}, err
}

// child starts this program as the one that runs broken code, through the emulator if it is run by one.
func child() *exec.Cmd {
	c := exec.Command(os.Args[0])
	if host.Describe().Emulated == "QEMU" {
		c = exec.Command(map[string]string{"arm64": "qemu-aarch64-static", "amd64": "qemu-x86_64-static"}[runtime.GOARCH], os.Args[0])
	}
	c.Env = append(os.Environ(), role+"=child", "GORACE=atexit_sleep_ms=0")
	return c
}

// A wrong bit in the machine code of an instruction is seen, or ends the process. Some are of no effect: a longer load of what is followed by
// zeros, a lock prefix where there is one thread.
func TestWrongEncodingIsCaught(t *testing.T) {
	text := victims[runtime.GOARCH]
	if text == "" {
		t.Skip("there is no machine code for this processor")
	}
	test := parse(t, random.Listing(text))
	allowed := verdict(t, test, models.Default(test.Dialect)).States
	require.Len(t, allowed, 1)
	run := func(bit int) (*stress.Result, error) {
		p := process.New(child) // another for each: what wrong code does to its process is not known
		defer p.Close()
		if bit > 0 {
			p.Grace = time.Second
		}
		return p.Run(t.Context(), "victim.litmus", []byte(text), stress.Options{Instances: 100, Seed: uint64(bit)}, nil)
	}
	whole, err := run(0)
	require.NoError(t, err)
	require.Nil(t, forbidden(whole.States, allowed, asIs), "the code is as it should be")
	step := 7
	if testing.Short() {
		step = 29
	}
	caught, tried := 0, 0
	for bit := 1; bit <= int(whole.Instances); bit += step {
		r, err := run(bit)
		var crash *process.Crash
		var hang *process.Hang
		switch {
		case errors.As(err, &hang): // or the machine is busy
			continue
		case errors.As(err, &crash) || err == nil && forbidden(r.States, allowed, asIs) != nil:
			caught++
		default:
			require.NoError(t, err)
		}
		tried++
	}
	require.Greater(t, 3*caught, 2*tried)
}
