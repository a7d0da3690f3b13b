// Package litmus reads litmus tests: small concurrent programs with an initial
// state and a question about their final states.
//
// In goes the text of one test in the format of the herdtools7 suite (a header, an initial
// state in braces, a table of assembly or a list of C functions, and a final condition);
// out comes a [Test]: the parts as written, which [Format] prints back, and the program
// lowered to the register machine of package ir, with the locations resolved to memory cells
// and the condition to propositions over a flat vector of final values.
//
// The format is described in the herd7 documentation (https://diy.inria.fr/doc/herd.html).
package litmus

import (
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// Test is a parsed litmus test.
type Test struct {
	Dialect string   // the word that starts the header: "AArch64"
	Name    string   // the test's name
	Title   string   // what follows the name on its line, other than a "doc" string
	Doc     []string // the "doc" strings of the header
	Meta    []Field  // the Key=value lines, in order

	Init      []InitItem     // the initial state as written
	Threads   []Thread       // the program as written
	Locations []LocationItem // locations [...]
	Regions   string         // what follows "regions:", as written
	Filter    Prop           // nil if none
	Condition Condition
	Legacy    []LegacyVerdict // after "with": the verdicts of old models
	Expect    []Expectation   // of the Expect lines of Meta

	Program  *ir.Program // the program, lowered
	Observed []Observed  // what a state shows, in print order: registers by thread, then memory
	slots    int
}

// Field is a Key=value line of the header.
type Field struct{ Key, Value string }

// Value returns the value of the first Key=value line with that key, or "".
func (t *Test) Value(key string) string {
	for _, f := range t.Meta {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// Thread is one thread as written.
type Thread struct {
	Name string // "P0"
	// Lines are the thread's cells of an assembly table, from the first to the last that is not blank.
	Lines []Line
	// Function is the thread's function in a C test.
	Function Function
}

// Line is one cell of an assembly table.
type Line struct {
	Pos    source.Pos
	Labels []string
	Node   ir.Node // nil if there is none
}

// Function is a thread that is written as a function; it prints its own text.
type Function interface{ String() string }

// LegacyVerdict is an item of "with": whether an old model was said to allow the condition.
type LegacyVerdict struct {
	Model      string
	Quantifier Quantifier
}

// Observed is one item of a final state.
type Observed struct {
	Name   string  // as printed left of "=": "0:X0", "[x]", "x" for a whole array, "x[1]" for an element
	Thread int     // -1 for memory
	Reg    int32   // the register's index in the thread
	Cells  []int   // memory: the cells, several for a whole array
	Slot   int     // index of its first value in a flat []ir.Value
	Type   ir.Type // of the value, or of each element
	Array  bool
	Hidden bool // the filter alone speaks of it: a state does not show it
}

// Parse reads a litmus test, resolves its names and lowers its program.
// file names the input in errors, which are of type *source.Error.
func Parse(file string, src []byte) (*Test, error) {
	t := newText(file, src)
	p := &parser{text: t, test: &Test{}}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return p.test, nil
}
