// Package plan says what the machine code of a stress run is to do, in terms that the generators of both architectures
// share: packages amd64 and arm64 build a [Code] from a [Plan].
//
// # What a thread's code does
//
// Each thread of the test becomes one function. It is called with the address of a [Record], its own, and
//
//  1. arrives: it adds one to Shared.Arrived. The last of the threads sets Shared.Start to the time a little ahead; the others wait
//     until it is set. Time is that of the processor's time-stamp counter, in ticks. A thread that has waited for Record.Patience takes its
//     one back, unless all have arrived by then, and returns. It is to be called again: Go may have stopped the others, and waits for this
//     one to be stopped too. One that goes on sets Record.Entered. From then on threads wait only for such as are in machine code too.
//  2. runs Record.Count instances. Of each it takes the address from Record.Table, does the thread's [Preload]s, waits as Sync says,
//     delays itself, sets the test's registers to their initial values, runs the test's instructions, and appends
//     the registers of Thread.Out, 8 bytes each, to what Record.Out points to.
//  3. sets Record.Late to the ticks by which it was behind at its end, and returns.
//
// The locations of an instance are at Plan.Offsets from its address. They hold their initial values when the code is called, and what
// is in them when all threads have returned is the final state.
//
// Perpetual code (Sengupta and others, "PerpLE: Improving the Speed and Effectiveness of Memory Consistency Testing", MICRO 2020)
// has one instance, the first of the table, for all iterations. It sets the registers once, before the
// first, and never waits; the instructions of Thread.Stores store, in place of a constant, First + Stride×iteration.
package plan

import (
	"sort"
	"strings"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// Plan is what the code of all threads is to do.
type Plan struct {
	Test      *litmus.Test
	Offsets   map[string]int32 // by location: bytes from the instance's address
	Threads   []Thread         // by the test's threads
	Sync      Sync
	Perpetual bool
	// Yield has threads that have waited long give their processor to others, by a system call of Linux.
	Yield bool
}

// Thread is what one thread does besides its instructions.
type Thread struct {
	Out      []int32 // registers, indices of the ir.Thread's Regs
	Preloads []Preload
	Stores   []Store // perpetual only
}

// Sync is how threads wait for one another before each instance.
type Sync uint8

const (
	// Free: they do not.
	Free Sync = iota
	// Time: each waits until Shared.Start + Record.Interval×instance.
	Time
	// Barrier: each adds one to Shared.Barrier, and waits until it is at least threads×(instance+1). One that finds, after a long wait,
	// that Record.Limit is over sets it to Released.
	Barrier
)

// String is the word for it in reports.
func (s Sync) String() string { return [...]string{"free", "time", "barrier"}[s] }

// Preload is what is done to the cache line of a location before waiting.
type Preload struct {
	Offset int32 // from the instance's address
	How    Touch
}

// Touch is a way to move a cache line.
type Touch uint8

const (
	Fetch Touch = iota // prefetch it, for a load
	Load               // load from it
	Flush              // flush it from all caches
)

// Store is an instruction of a perpetual test that stores the terms of an arithmetic sequence.
type Store struct {
	Line   int   // index of the litmus.Thread's Lines
	First  int64 // what it stores at first
	Stride int64 // by how much more each time
}

// Record is a thread's own part of memory that Go and machine code share. All addresses are of memory outside of Go's heap.
type Record struct {
	Table    uintptr // of the instances' addresses, 8 bytes each
	Out      uintptr // where the first instance's registers go
	Count    uint64  // instances, at least 1
	Shared   uintptr // of the *Shared
	Interval uint64  // ticks from one instance to the next
	Patience uint64  // ticks that a thread waits for others to arrive
	Limit    uint64  // ticks after which nobody waits for others any more: the rest of the instances are run as if Sync were Free
	// Before each instance the thread's counter of delay grows by Step; the thread then goes round an empty loop as often as the
	// counter's bits in Mask, shifted right by DelayShift. Mask 0 is no delay.
	Step, Mask uint64
	Entered    uint64 // set to 1 when all threads have arrived
	Late       uint64 // set at the end: ticks since the last instance was due; 0 unless Sync is Time
	_          [40]byte
}

// Shared is memory that all threads share, and nothing else: each field has a cache line pair of its own.
type Shared struct {
	Arrived uint64
	Threads uint64
	_       [112]byte
	Start   uint64
	_       [120]byte
	Barrier uint64
	_       [120]byte
}

// Lead is how many ticks Shared.Start is ahead of the time at which the last thread arrives.
const Lead = 64

// DelayShift makes the step of the delay from instance to instance as fine as it has to be.
const DelayShift = 16

// Spins is how often a thread looks before it gives its processor to others.
const Spins = 100

// Released is a Shared.Barrier that nobody waits for.
const Released = 1 << 62

// Code is the machine code of all threads, one after the other.
type Code struct {
	Text    []byte
	Entries []int   // by thread: the offset of its function
	Places  []Place // by offset
}

// Place says what the code from an offset on, up to that of the next Place, does.
type Place struct {
	Offset int
	Thread int
	Instr  int    // the index in the ir.Thread's Code; -1 if it is the harness's own; len(Code) at the end of the thread's instructions
	What   string // the instruction as the test has it, or what the harness does: "waiting for the other threads"
}

// At returns the place that an offset is in.
func (c *Code) At(offset int) (Place, bool) {
	if offset < 0 || offset >= len(c.Text) {
		return Place{}, false
	}
	i := sort.Search(len(c.Places), func(i int) bool { return c.Places[i].Offset > offset })
	if i == 0 {
		return Place{}, false
	}
	return c.Places[i-1], true
}

// Label returns the offset of a thread's instruction, or of the end of its instructions.
func (c *Code) Label(thread, instr int) (offset int, ok bool) {
	for _, p := range c.Places {
		if p.Thread == thread && p.Instr == instr {
			return p.Offset, true
		}
	}
	return 0, false
}

// LabelOffset returns the offset of the label that a symbol of the program is.
func (c *Code) LabelOffset(p *ir.Program, sym int32) (int, bool) {
	for t := range p.Threads {
		// A label of one thread may be known to others, whose code ends before it.
		if name := p.Threads[t].Name; !strings.HasPrefix(p.Symbols[sym-1].Name, name+":") {
			continue
		}
		if instr, ok := p.Threads[t].Labels[sym]; ok {
			return c.Label(t, instr)
		}
	}
	return 0, false
}
