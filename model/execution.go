// Package model holds the vocabulary of axiomatic memory models: events,
// relations over them as bit matrices, execution graphs, and what a model says
// of one.
//
// A relation over n ≤ 64 events is n words: union, intersection, difference
// and complement cost n word operations, composition and inverse one per pair,
// closure n², acyclicity between n and n². Beyond 64 events each row takes
// ⌈n/64⌉ words and costs grow with it.
package model

// Kind is what an event does; an event that both reads and writes (a C
// read-modify-write) has both bits.
type Kind uint8

const (
	Read Kind = 1 << iota
	Write
	FenceEvent
	RegisterRead
	RegisterWrite
	BranchEvent // a branch on a condition or to a computed address
	DataPort    // of a register read: it feeds the value that a write stores, or decides whether it does
)

// Event is one node of an execution graph.
type Event struct {
	Thread int    // -1 for the initial writes
	Index  int    // the point of program order: events of one instruction share it
	Kind   Kind   //
	Loc    int    // the cell, or what stands for the register, a number beyond those of cells; -1 for fences and branches
	Tags   uint64 // bit i: the event is in the set named Vocabulary.Tags[i]
}

// IsRead reports whether e reads memory.
func (e *Event) IsRead() bool { return e.Kind&Read != 0 }

// IsWrite reports whether e writes memory.
func (e *Event) IsWrite() bool { return e.Kind&Write != 0 }

// Vocabulary is what a dialect's executions can speak of beyond the names that
// every execution has.
type Vocabulary struct {
	Arch string
	Tags []string
	// Registers says that executions can tell what happens inside instructions (see Inside), to checkers that
	// ask for it by implementing [NeedsInside].
	Registers bool
}

// Execution is one candidate execution graph: the initial writes first, one a
// cell, then the threads' events, thread after thread, in program order.
//
// It is known in stages. The skeleton is everything but Co and Rf: which
// events there are, their locations, and the relations that follow. Then Co is
// chosen, then Rf, read by read.
type Execution struct {
	Vocabulary *Vocabulary
	Events     []Event
	Init       int // the number of initial writes

	Po   *Relation // program order between instructions, transitive; no initial writes
	Addr *Relation // address, data and control dependencies: from reads, and from successful
	Data *Relation // store-conditionals (models choose by [R];addr or [M];addr)
	Ctrl *Relation
	Rmw  *Relation // from the read to the write of a read-modify-write of two events
	Amo  *Relation // those pairs of Rmw that one instruction makes

	// The "pick" dependencies of the Arm architecture: like basic, address, data and control
	// dependencies, but going through a choice (CSEL's condition, CAS's comparison) too.
	PickBasic, PickAddr, PickData, PickCtrl *Relation

	Co *Relation // coherence: a strict total order over the writes to each cell, initial write first
	Rf *Relation // reads-from: from a write to the reads that take its value

	// Inside is what happens inside instructions; nil unless the checker needs it.
	Inside *Inside

	// Describe returns a label for an event: "P0:2 W[x]=1". It may be nil.
	Describe func(event int) string
}

// Inside is the part of a skeleton that tells what happens inside instructions,
// as herd7's models for Arm do to define dependencies. With it, the events of reads and writes of registers
// and of branches follow all others, thread after thread; Po relates them too.
type Inside struct {
	Data  *Relation // iico_data: the second is computed from the first, of the same instruction
	Ctrl  *Relation // iico_ctrl: the first decides whether, or from what, the second happens
	Order *Relation // iico_order: other order within an instruction
	Rf    *Relation // rf-reg: from a register write to the register reads that take its value
}

// NeedsInside is what a checker implements that may look at [Execution.Inside].
type NeedsInside interface {
	// NeedsInside reports whether it does.
	NeedsInside() bool
}

// Stage is how much of an execution is known.
type Stage uint8

const (
	Skeleton Stage = iota // all but Co and Rf
	Cohering              // Co holds for some of the writes: what it has, transitively closed, stays
	Coherent              // all of Co
	Partial               // Rf holds for some of the reads
	Complete              // everything
)

// Model decides which executions a memory model allows.
type Model interface {
	// Name is the name that users call it by.
	Name() string
	// NewChecker readies the model for executions of a vocabulary. It fails if the model speaks of something that
	// they do not have. A checker belongs to one goroutine.
	NewChecker(v *Vocabulary) (Checker, error)
}

// Checker holds executions against a model. Calls come in the order of the
// search: Check(x, Skeleton), then Check(x, Cohering) as coherence orders grow and shrink, for each complete one Check(x, Coherent), then Check(x, Partial)
// as reads are assigned and withdrawn, then Check(x, Complete). What was computed at one stage is reused at
// those below it until a call at that stage, or an earlier one, comes again. x's earlier parts do not change meanwhile.
type Checker interface {
	// Check reports whether x, known up to a stage, may still be extended to a consistent execution; at
	// stage Complete, whether it is consistent.
	Check(x *Execution, s Stage) bool
	// Flags returns the names of the flags that the execution last found consistent by Check raises, "undefined"
	// ones (data races) with Undefined set. The slice is valid until the next call.
	Flags() []Flag
	// Err returns, and forgets, the first error that kept the model from judging an execution since the last
	// call: what Check answered then, false, means nothing.
	Err() error
	// Explain judges a complete execution whole, and says why.
	Explain(x *Execution) Verdict
}

// Flag is a remark on a consistent execution.
type Flag struct {
	Name      string
	Undefined bool     // the program has undefined behaviour
	Pairs     [][2]int // the pairs of events that show it, such as a race; only Explain fills it
}

// Verdict is what a model says of one complete execution.
type Verdict struct {
	Consistent bool
	Violations []Violation
	Flags      []Flag
	Shown      []NamedRelation // what the model asks to show
}

// NamedRelation is a relation as a model calls it.
type NamedRelation struct {
	Name     string
	Relation *Relation
}

// Violation is an axiom that an execution breaks.
type Violation struct {
	Axiom string // its name in the model
	Test  string // "acyclic", "irreflexive", "empty", or with "~"
	Cycle []Edge // the cycle, edge by edge; the pairs or events that should not be, for "empty"
}

// Edge is one step of a cycle: a base relation of the model that holds from one event to another.
type Edge struct {
	From, To int
	Name     string // "po-loc", "rfe", "fence"
}
