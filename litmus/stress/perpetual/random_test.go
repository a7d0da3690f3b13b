package perpetual

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// parse reads a program as a test of which registers alone are observed.
func parse(t require.TestingT, p *random.Program) *litmus.Test {
	text := random.Listing(p.Text()).Registers()
	test, err := litmus.Parse("random.litmus", []byte(text))
	require.NoError(t, err, "%s", text)
	return test
}

// allowed are the final states that a model allows.
func allowed(t require.TestingT, test *litmus.Test, name string) [][]ir.Value {
	m, err := models.Load(name)
	require.NoError(t, err)
	results, err := enumerate.Run(context.Background(), test, []model.Model{m}, enumerate.Options{})
	require.NoError(t, err)
	require.Empty(t, results[0].Unsupported)
	var states [][]ir.Value
	for _, s := range results[0].States {
		states = append(states, s.Values)
	}
	return states
}

func has(states [][]ir.Value, s []ir.Value) bool {
	return slices.ContainsFunc(states, func(o []ir.Value) bool { return slices.Equal(o, s) })
}

// everyFrame counts each frame of a run once.
func everyFrame(t require.TestingT, p *Test, out [][]uint64, iterations int) *Counter {
	c := p.Counter()
	c.pivots = nil
	loads := make([]int, len(c.loads))
	for i := range loads {
		loads[i] = i
	}
	require.NoError(t, c.Count(out, iterations))
	var pick func(thread int)
	pick = func(thread int) {
		if thread == len(c.at) {
			c.counts[c.read(loads)]++
			return
		}
		for n := range c.n {
			c.at[thread] = n
			pick(thread + 1)
		}
	}
	pick(0)
	return c
}

// unrolled is a program as it runs perpetually, written out: so many iterations of it, with their own registers.
func unrolled(p *random.Program, iterations int) *random.Program {
	q := &random.Program{Dialect: p.Dialect, Locations: p.Locations, Threads: make([][]random.Op, len(p.Threads))}
	for thread, ops := range p.Threads {
		stores, loads := map[int]int{}, 0
		for _, op := range ops {
			switch op.Kind {
			case random.Load:
				loads++
			case random.Store:
				stores[op.Loc]++
			}
		}
		done := map[int]int{}
		for n := range iterations {
			for _, op := range ops {
				op.From += n * loads
				switch op.Kind {
				case random.Load:
					op.ID += n * loads
				case random.Store:
					done[op.Loc]++
					op.Value = done[op.Loc]
				}
				q.Threads[thread] = append(q.Threads[thread], op)
			}
		}
	}
	return q
}

// recorded are the buffers of a run that ended in a final state of an unrolled program.
func recorded(t require.TestingT, p *Test, whole *litmus.Test, state []ir.Value, iterations int) [][]uint64 {
	registers := map[string][]string{
		"X86_64": {"rbx", "rcx", "rdx", "rsi", "rbp"}, "AArch64": {"X0", "X1", "X2", "X3", "X4", "X5", "X6", "X7"},
	}[whole.Dialect]
	out := make([][]uint64, len(p.Threads))
	for thread := range p.Threads {
		n := len(p.Threads[thread].Out)
		for id := range n * iterations {
			name := fmt.Sprintf("%d:%s", thread, registers[id])
			i := slices.IndexFunc(whole.Observed, func(o litmus.Observed) bool { return o.Name == name })
			require.GreaterOrEqual(t, i, 0, name)
			out[thread] = append(out[thread], uint64(state[whole.Observed[i].Slot].Int))
		}
	}
	return out
}

// Whatever a model allows a few iterations to do, written out as one test, each frame of it is a final state that
// the model allows the test.
func TestFramesAreExecutions(t *testing.T) {
	judges := map[string][]string{"X86_64": {"sc", "tso"}, "AArch64": {"sc", "tso", "aarch64"}}
	for dialect, names := range judges {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			threads := rapid.IntRange(2, 3).Draw(t, "threads")
			program := random.Unsynchronised(dialect, threads, 6).Draw(t, "program")
			test := parse(t, program)
			p, err := Convert(test)
			if err != nil {
				t.Skip(err)
			}
			whole := parse(t, unrolled(program, 2))
			for _, name := range names {
				states := allowed(t, test, name)
				c := p.Counter()
				for _, s := range allowed(t, whole, name) {
					out := recorded(t, p, whole, s, 2)
					all := everyFrame(t, p, out, 2)
					for _, seen := range all.States() {
						require.True(t, has(states, seen.Values), "%s forbids %s, seen in %s", name, test.FormatState(seen.Values), whole.FormatState(s))
					}
					few := p.Counter()
					require.NoError(t, few.Count(out, 2))
					for i, n := range few.counts {
						require.LessOrEqual(t, n, int64(len(few.pivots))*all.counts[i], "a frame is counted twice")
					}
					require.NoError(t, c.Count(out, 2))
				}
			}
		}))
	}
}

// machine runs a program perpetually, on sequentially consistent memory, or with store buffers as x86-TSO has them.
type machine struct {
	*rand.Rand
	buffered bool
	memory   [3]uint64
	buffers  [][]write
}

type write struct {
	loc   int
	value uint64
}

func (m *machine) drain(thread int) {
	w := m.buffers[thread][0]
	m.buffers[thread] = m.buffers[thread][1:]
	m.memory[w.loc] = w.value
}

func (m *machine) load(thread, loc int) uint64 {
	for _, w := range slices.Backward(m.buffers[thread]) {
		if w.loc == loc {
			return w.value
		}
	}
	return m.memory[loc]
}

// run returns what the threads loaded, by thread and iteration.
func (m *machine) run(p *random.Program, test *Test, iterations int) [][]uint64 {
	m.buffers = make([][]write, len(p.Threads))
	out, pc := make([][]uint64, len(p.Threads)), make([]int, len(p.Threads))
	for {
		var ready []int
		for t, ops := range p.Threads {
			if pc[t] < len(ops)*iterations {
				ready = append(ready, t)
			}
		}
		if len(ready) == 0 {
			return out
		}
		t := ready[m.IntN(len(ready))]
		for range m.IntN(4) { // a thread often goes on
			ops := p.Threads[t]
			if pc[t] == len(ops)*iterations {
				break
			}
			n, i := pc[t]/len(ops), pc[t]%len(ops)
			pc[t]++
			switch op := ops[i]; op.Kind {
			case random.Load:
				out[t] = append(out[t], m.load(t, op.Loc))
			case random.Store:
				s := 0
				for _, o := range ops[:i] {
					if o.Kind == random.Store {
						s++
					}
				}
				store := test.Threads[t].Stores[s]
				m.buffers[t] = append(m.buffers[t], write{op.Loc, uint64(store.First + store.Stride*int64(n))})
			case random.Fence:
				for op.Fence == "mfence" && len(m.buffers[t]) > 0 {
					m.drain(t)
				}
			}
			for len(m.buffers[t]) > 0 && (!m.buffered || m.IntN(3) == 0) {
				m.drain(t)
			}
		}
	}
}

// What machines that are sc and tso do is allowed by these.
func TestRunsOfMachines(t *testing.T) {
	for name, buffered := range map[string]bool{"sc": false, "tso": true} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			program := random.Unsynchronised("X86_64", rapid.IntRange(2, 4).Draw(t, "threads"), 8).Draw(t, "program")
			test := parse(t, program)
			p, err := Convert(test)
			if err != nil {
				t.Skip(err)
			}
			m := machine{Rand: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), buffered: buffered}
			const iterations = 200
			c := p.Counter()
			require.NoError(t, c.Count(m.run(program, p, iterations), iterations))
			require.Positive(t, c.Frames())
			states := allowed(t, test, name)
			for _, seen := range c.States() {
				require.True(t, has(states, seen.Values), "%s", test.FormatState(seen.Values))
			}
		}))
	}
}
