package perpetual

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/catalog"
)

// convert reads a test of the catalogue and converts it.
func convert(t require.TestingT, file string) (*litmus.Test, *Test) {
	entries := catalog.Files()
	i := slices.IndexFunc(entries, func(e catalog.Entry) bool { return e.File == file })
	require.GreaterOrEqual(t, i, 0, file)
	test, err := entries[i].Parse()
	require.NoError(t, err)
	p, err := Convert(test)
	require.NoError(t, err)
	return test, p
}

// holds is in how many frames the condition's proposition does.
func holds(test *litmus.Test, c *Counter) (n int64) {
	for _, s := range c.States() {
		if test.Condition.Prop.Eval(s.Values) {
			n += s.Count
		}
	}
	return n
}

// coherentValues draws what threads may have loaded as far as coherence goes: values that never decrease.
func coherentValues(t *rapid.T, p *Test, iterations int) [][]uint64 {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	out := make([][]uint64, len(p.Threads))
	for thread := range p.Threads {
		out[thread] = make([]uint64, len(p.Threads[thread].Out)*iterations)
	}
	last := map[[2]int]int{} // by thread and location
	ahead := rapid.IntRange(0, 3).Draw(t, "ahead")
	for n := range iterations {
		for i := range p.loads {
			l := &p.loads[i]
			at := &out[l.thread][n*len(p.Threads[l.thread].Out)+l.out]
			if !l.communicates() {
				*at = uint64(n*l.stores + l.before)
				continue
			}
			key := [2]int{l.thread, l.cell}
			v := (n+r.IntN(7)-4+ahead)*l.stores + r.IntN(l.stores+1)
			last[key] = min(max(v, last[key]), l.stores*iterations)
			*at = uint64(last[key])
		}
	}
	return out
}

// If there is a frame of a classic test's weak outcome, a frame of it is counted, though not all frames are.
func TestFramesAreFound(t *testing.T) {
	for _, file := range []string{
		"x86/SB.litmus", "x86/MP.litmus", "x86/LB.litmus", "x86/WRC.litmus", "x86/ISA2.litmus", "x86/RWC.litmus",
		"x86/W+RWC.litmus", "x86/IRIW.litmus", "x86/SB+rfi-pos.litmus", "x86/MP+array.litmus", "aarch64/PPOCA.litmus",
	} {
		t.Run(file, func(t *testing.T) {
			test, p := convert(t, file)
			type run struct {
				out        [][]uint64
				iterations int
			}
			runs := rapid.Custom(func(t *rapid.T) run {
				iterations := rapid.IntRange(0, 24/len(p.Threads)).Draw(t, "iterations")
				return run{coherentValues(t, p, iterations), iterations}
			})
			frames := func(t require.TestingT, r run) int64 { return holds(test, everyFrame(t, p, r.out, r.iterations)) }
			rapid.Check(t, func(t *rapid.T) {
				r := runs.Draw(t, "run")
				c := p.Counter()
				require.NoError(t, c.Count(r.out, r.iterations))
				all := frames(t, r)
				assert.Equal(t, all > 0, holds(test, c) > 0, "%d frames", all)
			})
			// There are runs that have some; the same are tried each time.
			found := 0
			for seed := range 200 {
				if frames(t, runs.Example(seed)) > 0 {
					found++
				}
			}
			assert.Positive(t, found)
		})
	}
}

// Store buffering is found, with buffers, in the iterations where there is a partner for it.
func TestStoreBuffering(t *testing.T) {
	test, p := convert(t, "x86/SB.litmus")
	const iterations = 1000
	// Each thread is two iterations of the other behind.
	out := [][]uint64{make([]uint64, iterations), make([]uint64, iterations)}
	for n := range out[0] {
		out[0][n], out[1][n] = uint64(max(0, n-1)), uint64(max(0, n-1))
	}
	c := p.Counter()
	require.NoError(t, c.Count(out, iterations))
	assert.EqualValues(t, iterations, holds(test, c), "one for each iteration of the pivot")
	assert.LessOrEqual(t, c.Frames(), int64(2*iterations))
	require.NoError(t, c.Count(out, iterations))
	assert.EqualValues(t, 2*iterations, holds(test, c), "counts add up")
}

// A load of a later iteration's store reads the last of the frame's: to take it for the same store of the frame would turn
// the 2, then 3 of this run, store 1 and then store 0 of the next iteration, to 2, then 1.
func TestLaterStores(t *testing.T) {
	test, err := litmus.Parse("two.litmus", []byte(`X86 two
{ }
 P0         | P1          ;
 MOV [x],$1 | MOV EAX,[x] ;
 MOV [x],$2 | MOV EBX,[x] ;
exists (1:EAX=2 /\ 1:EBX=1)`))
	require.NoError(t, err)
	p, err := Convert(test)
	require.NoError(t, err)
	c := everyFrame(t, p, [][]uint64{nil, {2, 3, 3, 4}}, 2)
	var got []string
	for _, s := range c.States() {
		got = append(got, test.FormatState(s.Values))
	}
	// Frames (0,0), (0,1), (1,0), (1,1) of P0 and P1.
	assert.Equal(t, []string{"1:EAX=0; 1:EBX=1;", "1:EAX=1; 1:EBX=2;", "1:EAX=2; 1:EBX=2;"}, got)
}

func TestIncoherence(t *testing.T) {
	for file, cases := range map[string]map[string][][]uint64{
		"x86/SB.litmus": {
			"": {{0, 0, 3}, {1, 2, 3}},
			"0:EAX got 1 from y in iteration 2 of the perpetual test: expected 2 to 3": {{0, 2, 1}, {1, 2, 3}},
			"1:EAX got 4 from x in iteration 0 of the perpetual test: expected 0 to 3": {{0, 0, 0}, {4, 4, 4}},
		},
		"x86/CoRR.litmus": {
			"": {nil, {0, 0, 1, 2}},
			"1:EBX got 0 from x in iteration 0 of the perpetual test: expected 1 to 2": {nil, {1, 0, 1, 1}},
			"1:EAX got 1 from x in iteration 1 of the perpetual test: expected 2 to 2": {nil, {1, 2, 1, 2}},
		},
		"x86/SB+rfi-pos.litmus": {
			"": {{1, 0, 2, 0}, {1, 0, 2, 0}},
			"0:rax got 1 from x in iteration 1 of the perpetual test: expected 2 to 2": {{1, 0, 1, 0}, {1, 0, 2, 0}},
			"1:rax got 3 from y in iteration 1 of the perpetual test: expected 2 to 2": {{1, 0, 2, 0}, {1, 0, 3, 0}},
		},
	} {
		for want, out := range cases {
			_, p := convert(t, file)
			c := p.Counter()
			iterations := len(out[1]) / len(p.Threads[1].Out)
			err := c.Count(out, iterations)
			if want == "" {
				assert.NoError(t, err, file)
				continue
			}
			var incoherent *IncoherenceError
			if assert.ErrorAs(t, err, &incoherent, file) {
				assert.Equal(t, want, strings.TrimSuffix(err.Error(), ", by coherence"))
			}
			assert.Zero(t, c.Frames())
		}
	}
}

// What is in a register besides what was loaded does not count.
func TestHighBytes(t *testing.T) {
	test, p := convert(t, "x86/SB.litmus")
	c := p.Counter()
	require.NoError(t, c.Count([][]uint64{{7 << 32}, {7 << 32}}, 1))
	require.Len(t, c.States(), 1)
	assert.Equal(t, "0:EAX=0; 1:EAX=0;", test.FormatState(c.States()[0].Values))
}

// The filter drops states.
func TestFilter(t *testing.T) {
	test, p := convert(t, "x86/MP+filter.litmus")
	c := p.Counter()
	require.NoError(t, c.Count([][]uint64{nil, {0, 0, 1, 2, 3, 3}}, 3))
	var kept int64
	for _, s := range c.States() {
		assert.Contains(t, []string{"1:rbx=0;", "1:rbx=1;"}, test.FormatState(s.Values), "what the filter alone speaks of is hidden")
		kept += s.Count
	}
	assert.Positive(t, kept)
	assert.Less(t, kept, c.Frames())
}

// Nothing was run, nothing is counted.
func TestNoIterations(t *testing.T) {
	_, p := convert(t, "x86/IRIW.litmus")
	c := p.Counter()
	require.NoError(t, c.Count(make([][]uint64, 4), 0))
	assert.Zero(t, c.Frames())
	assert.Empty(t, c.States())
}

// BenchmarkCount counts runs in which threads see each other's stores late, by as much as threads that are put to sleep do.
func BenchmarkCount(b *testing.B) {
	for _, file := range []string{"x86/SB.litmus", "x86/MP.litmus", "x86/IRIW.litmus"} {
		b.Run(strings.TrimSuffix(strings.TrimPrefix(file, "x86/"), ".litmus"), func(b *testing.B) {
			_, p := convert(b, file)
			const iterations = 1 << 16
			r := rand.New(rand.NewPCG(1, 2))
			out := make([][]uint64, len(p.Threads))
			for t := range p.Threads {
				n := len(p.Threads[t].Out)
				seen := 0
				for i := range iterations {
					if r.IntN(30) == 0 {
						seen = max(seen, min(iterations, i+r.IntN(200)-100))
					}
					for range n {
						out[t] = append(out[t], uint64(seen))
					}
				}
			}
			c := p.Counter()
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Count(out, iterations); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(c.Frames())/b.Elapsed().Seconds(), "frames/s")
		})
	}
}
