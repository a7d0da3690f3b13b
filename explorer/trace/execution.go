// Package trace is one execution of real code on simulated memory, as plain data
// that people and programs can read.
//
// The explorer fills in an [Execution]: goroutines, the steps that they took,
// which write each read took its value from, in which order the writes of a location count, what
// went wrong. The package renders it, as text for the output of go test, as a Graphviz graph, as one self-contained
// HTML page, and saves failures so that the next run of the test replays them first. It knows nothing of how
// executions are found.
package trace

// Execution is one execution of a test's body.
type Execution struct {
	Name    string   `json:"name"`  // of the test, as testing.T.Name returns it
	Model   string   `json:"model"` // the memory model: "rc11"
	Failure *Failure `json:"failure,omitempty"`
	Threads []Thread `json:"threads"`
	// Steps stand in an order in which they may have happened: each after the steps before it in its thread, and each
	// read after the write that it read.
	Steps []Step   `json:"steps"`
	Token string   `json:"token,omitempty"` // replays exactly this execution
	Notes []string `json:"notes,omitempty"` // the bounds that the exploration hit, and whatever else qualifies the result
}

// Thread is a simulated goroutine.
type Thread struct {
	Name   string `json:"name"`
	Number int    `json:"number"`          // as the explorer counts them
	State  string `json:"state,omitempty"` // at the end: "finished", "blocked: waits for sync.Mutex m held by writer"
}

// What a step's From and CoAfter say in place of the number of a step.
const (
	Initial = -1 // the value that the location had at first
	None    = -2 // nothing, or nothing that is known
)

// Step is one modelled operation. Other steps and threads are named by their
// index in the execution.
type Step struct {
	Thread   int      `json:"thread"`
	Index    int      `json:"index"` // its place among the thread's steps, from 0
	Kind     Kind     `json:"kind"`
	Op       string   `json:"op,omitempty"`       // the operation as the program calls it: "CompareAndSwap"
	Order    string   `json:"order,omitempty"`    // the memory ordering: "acquire"
	Location string   `json:"location,omitempty"` // "ready (atomic.Int32)": one name for each variable of the execution
	Value    string   `json:"value,omitempty"`    // what was read; of a step that only writes, what was written; of Choose and Count, the number
	Written  string   `json:"written,omitempty"`  // of Update: what was written
	From     int      `json:"from"`               // of a step that reads: the step that wrote the value, Initial, or None
	CoAfter  int      `json:"coAfter"`            // of a step that writes: the step whose write comes just before in coherence order, Initial, or None
	Target   int      `json:"target"`             // of Spawn and Join: the thread that is started or waited for
	Waits    bool     `json:"waits,omitempty"`    // the thread could not go on before what it read was written: it took a lock, or an await ended
	Pos      Position `json:"pos"`
	Doing    string   `json:"doing,omitempty"` // what the program says that it is a part of: "Push(1)"
	Why      string   `json:"why,omitempty"`   // of a surprising read: why it was allowed
}

// Kind is what a step does.
type Kind string

const (
	Load         Kind = "load"
	Store        Kind = "store"
	Update       Kind = "update"        // a read-modify-write that wrote
	FailedUpdate Kind = "failed-update" // a read-modify-write that only read
	Fence        Kind = "fence"
	PlainRead    Kind = "plain-read"
	PlainWrite   Kind = "plain-write"
	Alloc        Kind = "alloc"
	Free         Kind = "free"
	Spawn        Kind = "spawn"
	Join         Kind = "join"
	Choose       Kind = "choose"
	Count        Kind = "count"      // adds to a counter, as WaitGroup.Add does
	AwaitZero    Kind = "await-zero" // waits for such a counter
	Blocked      Kind = "blocked"    // the operation that the thread never got past
	End          Kind = "end"        // of the thread
)

// Reads reports whether steps of that kind may read what another step wrote, so that their From counts.
func (k Kind) Reads() bool {
	return k == Load || k == Update || k == FailedUpdate || k == PlainRead || k == Blocked
}

// Writes reports whether steps of that kind write, so that their CoAfter counts.
func (k Kind) Writes() bool { return k == Store || k == Update || k == PlainWrite }

// Position is a place in the source.
type Position struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Function string `json:"function,omitempty"`
}

// Failure is what is wrong with an execution.
type Failure struct {
	Kind    FailureKind `json:"kind"`
	Message string      `json:"message,omitempty"` // may have several lines
	Thread  int         `json:"thread"`            // the thread that failed, or None
	Steps   []int       `json:"steps,omitempty"`   // the steps concerned: the two accesses of a race
	Stack   string      `json:"stack,omitempty"`   // of a panic
}

// FailureKind is the sort of thing that went wrong.
type FailureKind string

const (
	Assertion        FailureKind = "assertion"
	Panic            FailureKind = "panic"
	Race             FailureKind = "race"
	Deadlock         FailureKind = "deadlock"
	UnsatisfiedAwait FailureKind = "unsatisfied-await"
	Livelock         FailureKind = "livelock"
	GoroutineLeak    FailureKind = "goroutine-leak"
	LockMisuse       FailureKind = "lock-misuse"
	IllegalOrdering  FailureKind = "illegal-ordering"
	UseAfterFree     FailureKind = "use-after-free"
	DoubleFree       FailureKind = "double-free"
	Uninitialised    FailureKind = "uninitialised"
	MemoryLeak       FailureKind = "memory-leak"
	Nondeterminism   FailureKind = "nondeterminism"
	Misuse           FailureKind = "misuse" // of the explorer, or of a modelled type, in a way that has no kind of its own
)

// String returns how reports call the failure: "data race".
func (k FailureKind) String() string {
	switch k {
	case Assertion:
		return "assertion failed"
	case Race:
		return "data race"
	case UnsatisfiedAwait:
		return "await that nothing satisfies"
	case GoroutineLeak:
		return "goroutine leak"
	case LockMisuse:
		return "misuse of a lock"
	case IllegalOrdering:
		return "illegal ordering"
	case UseAfterFree:
		return "use after free"
	case DoubleFree:
		return "double free"
	case Uninitialised:
		return "read of uninitialised memory"
	case MemoryLeak:
		return "memory leak"
	case Nondeterminism:
		return "nondeterministic test"
	}
	return string(k)
}
