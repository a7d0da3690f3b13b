package perpetual

import (
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// Test is a litmus test that may run perpetually.
type Test struct {
	// Threads say by thread which instructions store sequences, and which registers are to be recorded after
	// each iteration, 8 bytes each: their low bytes are what an instruction loaded.
	Threads []plan.Thread
	// MaxIterations is how often the instructions may be run before a sequence no longer fits its location: at least MinIterations.
	MaxIterations int

	test      *litmus.Test
	constants []ir.Value // a flat state, without what loads give
	loads     []load     // by thread, then in program order
	outcomes  int        // ways of the loads to read from the initial writes and the frame's stores
}

// MinIterations is what makes a perpetual run worth its start.
const MinIterations = 1000

// maxOutcomes bounds a Counter's memory: it counts each way in which the loads of a frame may read.
const maxOutcomes = 1 << 16

// load is a load whose value is recorded.
type load struct {
	thread int // the register is the thread's plan.Thread.Out[out]
	event  int // of its thread, in program order
	out    int
	name   string     // of the register, as it is observed: "0:EAX"
	cell   int        // of the location
	size   uint8      // bytes
	writer int        // the thread that stores to the location; its own if none does
	stores int        // of the writer to the location, in each iteration
	before int        // of these, how many are before it in program order, if the writer is its own thread
	weight int        // of what it reads, 0 … stores, in the number of an outcome
	slot   int        // of the state that it sets
	values []ir.Value // what it sets it to if it reads the initial write, and each of the stores
}

// communicates reports whether the load may read from another thread.
func (l *load) communicates() bool { return l.writer != l.thread }
