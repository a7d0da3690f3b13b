package ir

import "github.com/weakmem/litmus/internal/source"

// Dialect is an instruction set whose tests are tables with one thread a column.
type Dialect interface {
	// Name is the word that starts a test's header.
	Name() string
	// Tags are the names of the event sets that the dialect's events may carry, by bit.
	Tags() []string
	// Register returns the canonical name of a register as conditions and results print it
	// ("X0" for w0, "x10" for a0), and whether name is one.
	Register(name string) (string, bool)
	// Parse reads one instruction; labels and comments are gone from text, which is trimmed.
	Parse(text string, pos source.Pos) (Node, error)
}

// Node is a parsed instruction.
type Node interface {
	// String is the instruction's canonical text: parsing it gives an equal Node.
	String() string
	// Lower emits the instruction into b, which has started it.
	Lower(b *Builder, pos source.Pos) error
}

// Bit returns the tag bit of a set name in tags; it panics if there is none: a dialect's own mistake.
func Bit(tags []string, name string) Tags {
	for i, t := range tags {
		if t == name {
			return 1 << i
		}
	}
	panic("ir: no tag " + name)
}
