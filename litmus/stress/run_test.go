package stress_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// here are the catalogue's tests for this processor.
func here(t testing.TB) []*litmus.Test {
	t.Helper()
	var tests []*litmus.Test
	for _, e := range catalog.Files() {
		test, err := e.Parse()
		require.NoError(t, err)
		if slices.Contains(stress.Dialects(), test.Dialect) {
			tests = append(tests, test)
		}
	}
	if len(tests) == 0 {
		t.Skipf("the catalogue has no test for %s", runtime.GOARCH)
	}
	return tests
}

func named(t testing.TB, name string) *litmus.Test {
	t.Helper()
	tests := here(t)
	at := slices.IndexFunc(tests, func(test *litmus.Test) bool { return test.Name == name })
	require.GreaterOrEqual(t, at, 0, name)
	return tests[at]
}

// allowed are the states that the processor's model allows.
func allowed(t *testing.T, test *litmus.Test) []string {
	t.Helper()
	name := map[string]string{"amd64": "tso", "arm64": "aarch64"}[runtime.GOARCH]
	m, err := models.Load(name)
	require.NoError(t, err)
	results, err := enumerate.Run(context.Background(), test, []model.Model{m}, enumerate.Options{})
	require.NoError(t, err)
	var states []string
	for _, s := range results[0].States {
		states = append(states, test.FormatState(s.Values))
	}
	return states
}

// The processor shows nothing that its model forbids.
func TestProcessorAgainstModel(t *testing.T) {
	perpetual := 0
	for _, test := range here(t) {
		t.Run(test.Name, func(t *testing.T) {
			r, err := stress.Run(t.Context(), test, stress.Options{Instances: 40_000, Time: 200 * time.Millisecond}, nil, nil)
			require.NoError(t, err)
			if slices.Contains(r.Modes, stress.Perpetual) {
				perpetual++
			}
			require.True(t, len(r.States) > 0 || test.Filter != nil, "nothing was counted")
			var sum int64
			may := allowed(t, test)
			for _, s := range r.States {
				sum += s.Count
				assert.Contains(t, may, test.FormatState(s.Values))
				assert.Equal(t, test.Condition.Prop.Eval(s.Values), s.Holds)
			}
			require.Equal(t, r.Instances, sum)
			require.Len(t, test.Threads, r.Threads)
		})
	}
	require.Positive(t, perpetual)
}

// Store buffering is seen soon, wherever two threads can run at the same time.
func TestStoreBufferingIsSeen(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("needs two processors")
	}
	for _, mode := range stress.Modes() {
		r, err := stress.Run(t.Context(), named(t, "SB"), stress.Options{Time: 2 * time.Second, Instances: 1_000_000, Mode: mode}, nil, nil)
		require.NoError(t, err)
		require.Positive(t, r.Positive(), mode)
		require.Equal(t, "Sometimes", r.Observation())
	}
}

func TestPerpetualWhereItCannotBe(t *testing.T) {
	_, err := stress.Run(t.Context(), named(t, "2+2W"), stress.Options{Mode: stress.Perpetual}, nil, nil)
	require.ErrorIs(t, err, stress.ErrUnsupported)
	require.ErrorContains(t, err, "in mode perpetual: ")
}

// Each store of a perpetual thread takes a register; a test for which there are too few is run in the other mode.
func TestPerpetualWithoutRegisters(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("a test for amd64")
	}
	text := "X86_64 stores\n{}\nP0 | P1 ;\n"
	for i := range 12 {
		text += fmt.Sprintf("movl $%d,(x) | movl (x),%%eax ;\n", i+1)
	}
	test, err := litmus.Parse("stores.litmus", []byte(text+"exists (1:rax=1)\n"))
	require.NoError(t, err)
	_, err = stress.Run(t.Context(), test, stress.Options{Mode: stress.Perpetual}, nil, nil)
	require.ErrorIs(t, err, stress.ErrUnsupported)
	require.ErrorContains(t, err, "in mode perpetual: P0: the test uses too many registers")
	r, err := stress.Run(t.Context(), test, stress.Options{Instances: 1000}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, []stress.Mode{stress.Sync}, r.Modes)
	require.EqualValues(t, 1000, r.Instances)
}

func TestHoweverLittleTimeThereIs(t *testing.T) {
	for _, mode := range []stress.Mode{stress.Sync, stress.Perpetual} {
		r, err := stress.Run(t.Context(), named(t, "SB"), stress.Options{Time: 1, Mode: mode}, nil, nil)
		require.NoError(t, err)
		require.Positive(t, r.Instances, mode)
	}
}

func TestBudgets(t *testing.T) {
	test := named(t, "SB")
	r, err := stress.Run(t.Context(), test, stress.Options{Instances: 12_345, Mode: stress.Sync}, nil, nil)
	require.NoError(t, err)
	require.EqualValues(t, 12_345, r.Instances)
	require.False(t, r.Stopped)

	ctx, cancel := context.WithCancel(t.Context())
	rounds := 0
	r, err = stress.Run(ctx, test, stress.Options{Time: time.Hour}, nil, func(so *stress.Result) {
		require.Equal(t, rounds+1, so.Rounds)
		if rounds++; rounds == 3 {
			cancel()
		}
	})
	require.NoError(t, err)
	require.True(t, r.Stopped)
	require.Equal(t, 3, r.Rounds)
	require.NotEmpty(t, r.States)
}

// The garbage collector stops threads between their calls of machine code, whatever they wait for.
func TestGarbageIsCollectedMeanwhile(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		for range 200 {
			runtime.GC()
		}
	}()
	for _, name := range []string{"SB", "IRIW"} {
		r, err := stress.Run(t.Context(), named(t, name), stress.Options{Time: 100 * time.Millisecond}, nil, nil)
		require.NoError(t, err)
		require.Positive(t, r.Instances)
	}
	<-done
}

// The flags are clear when a test begins, as the dialects have it.
func TestFlagsAreClearAtFirst(t *testing.T) {
	text := map[string]string{
		"amd64": "X86_64 clear\n{ x=0; }\n P0 ;\n sete (x) ;\n setb %al ;\nforall 0:rax=0 /\\ x=0\n",
		"arm64": "AArch64 clear\n{ }\n P0 ;\n CSET X0,EQ ;\n CSET X1,CS ;\nforall 0:X0=0 /\\ 0:X1=0\n",
	}[runtime.GOARCH]
	if text == "" {
		t.Skip("there is no machine code for this processor")
	}
	test, err := litmus.Parse("clear.litmus", []byte(text))
	require.NoError(t, err)
	r, err := stress.Run(t.Context(), test, stress.Options{Instances: 100}, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "Always", r.Observation())
}
