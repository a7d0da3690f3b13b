// Package source gives positions in input files, and the errors that name
// them, to every reader of the module: litmus tests, their dialects, cat.
package source

import "fmt"

// Pos is a place in an input file. Line and Col count from 1; Col counts
// bytes. The zero Pos is "nowhere".
type Pos struct {
	File      string
	Line, Col int
}

// IsValid reports whether p is a place at all.
func (p Pos) IsValid() bool { return p.Line > 0 }

// Shift returns the position n bytes further on the same line.
func (p Pos) Shift(n int) Pos {
	p.Col += n
	return p
}

// Advance returns the position after text, which starts at p.
func (p Pos) Advance(text string) Pos {
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			p.Line++
			p.Col = 1
		} else {
			p.Col++
		}
	}
	return p
}

// String is FILE:LINE:COL, without what is unknown.
func (p Pos) String() string {
	switch {
	case p.File == "" && p.Line == 0:
		return "?"
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Col)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Error is bad input: where, what, and what was expected.
type Error struct {
	Pos Pos
	Msg string
}

func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// Errorf builds an *Error.
func Errorf(pos Pos, format string, args ...any) error {
	return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}
}
