package litmus

import (
	"bytes"
	"sort"
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// text is a file being parsed: src is what was read, with comments blanked out
// where they have been found, so that offsets stay those of the file.
type text struct {
	file  string
	src   []byte
	lines []int // offsets of line starts
}

func newText(file string, src []byte) *text {
	t := &text{file: file, src: bytes.Clone(src), lines: []int{0}}
	for i, c := range src {
		if c == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

func (t *text) pos(offset int) source.Pos {
	line := sort.SearchInts(t.lines, offset+1) - 1
	return source.Pos{File: t.file, Line: line + 1, Col: offset - t.lines[line] + 1}
}

func (t *text) errorf(offset int, format string, args ...any) error {
	return source.Errorf(t.pos(offset), format, args...)
}

// blank overwrites src[from:to] with spaces, keeping line breaks.
func (t *text) blank(from, to int) {
	for i := from; i < to; i++ {
		if t.src[i] != '\n' {
			t.src[i] = ' '
		}
	}
}

// blankComments erases the comments in src[from:to]: (* … *), which nest, and,
// if slashes, // to the end of the line and /* … */. Strings protect what looks like one. What follows <<
// is no part of a test.
func (t *text) blankComments(from, to int, slashes bool) error {
	for i := from; i < to; i++ {
		rest := t.src[i:to]
		switch {
		case rest[0] == '"':
			end := bytes.IndexByte(rest[1:], '"')
			if end < 0 {
				return t.errorf(i, "this string does not end")
			}
			i += 1 + end
		case bytes.HasPrefix(rest, []byte("<<")):
			return nil
		case bytes.HasPrefix(rest, []byte("(*")):
			end := commentEnd(rest)
			if end < 0 {
				return t.errorf(i, "this comment does not end: expected *)")
			}
			t.blank(i, i+end)
			i += end - 1
		case slashes && bytes.HasPrefix(rest, []byte("//")):
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			t.blank(i, i+end)
			i += end - 1
		case slashes && bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest[2:], []byte("*/"))
			if end < 0 {
				return t.errorf(i, "this comment does not end: expected */")
			}
			t.blank(i, i+end+4)
			i += end + 3
		}
	}
	return nil
}

// commentEnd is the length of the comment that s starts with, or -1.
func commentEnd(s []byte) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] == '(' && s[i+1] == '*':
			depth++
			i++
		case s[i] == '*' && s[i+1] == ')':
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// tokenKind is the kind of a token of the initial state and of the propositions.
type tokenKind uint8

const (
	tokEOF    tokenKind = iota
	tokName             // x, P0, uint64_t
	tokNumber           // 12, -1, 0x1f
	tokSymReg           // %sym
	tokInstr            // instr:"…"; val is what stands between the quotes
	tokLabel            // label:"…"
	tokString           // "…"
	tokQuoted           // `…`
	tokPunct            // any of the rest
)

type token struct {
	kind tokenKind
	val  string
	at   int
}

// is reports whether the token is the punctuation p.
func (k token) is(p string) bool { return k.kind == tokPunct && k.val == p }

// isName reports whether the token is the name s.
func (k token) isName(s string) bool { return k.kind == tokName && k.val == s }

// describe names the token in an error.
func (k token) describe() string {
	switch k.kind {
	case tokEOF:
		return "the end"
	case tokSymReg:
		return "%" + k.val
	case tokInstr:
		return `instr:"` + k.val + `"`
	case tokLabel:
		return `label:"` + k.val + `"`
	case tokString:
		return `"` + k.val + `"`
	}
	return k.val
}

// scanner reads tokens of src[at:end].
type scanner struct {
	*text
	at, end int
	tok     token // the token under the cursor
}

func newScanner(t *text, from, to int) (*scanner, error) {
	s := &scanner{text: t, at: from, end: to}
	return s, s.next()
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.' || c == '$'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// nameLen is the length of the name that s starts with. Names go on over '/' and '-' only between letters
// and digits, so that x/\y is a conjunction.
func nameLen(s []byte) int {
	if len(s) == 0 || !isLetter(s[0]) {
		return 0
	}
	n := 1
	for n < len(s) {
		switch c := s[n]; {
		case isLetter(c) || isDigit(c):
			n++
		case (c == '/' || c == '-') && n+1 < len(s) && (isLetter(s[n+1]) || isDigit(s[n+1])):
			n += 2
		default:
			return n
		}
	}
	return n
}

func numberLen(s []byte) int {
	n := 0
	if len(s) > 0 && s[0] == '-' {
		n = 1
	}
	if n >= len(s) || !isDigit(s[n]) {
		return 0
	}
	if s[n] == '0' && n+2 < len(s) && (s[n+1] == 'x' || s[n+1] == 'X') && isHex(s[n+2]) {
		n += 2
		for n < len(s) && isHex(s[n]) {
			n++
		}
		return n
	}
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

var punctuation = []string{`/\`, `\/`, "=>", "==", "!=", "<>", "<<", ">>",
	"=", "~", "&", "*", "(", ")", "[", "]", "{", "}", ";", ":", ",", "+", "!"}

// next moves to the next token.
func (s *scanner) next() error {
	for s.at < s.end && isSpace(s.src[s.at]) {
		s.at++
	}
	rest := s.src[s.at:s.end]
	s.tok = token{at: s.at}
	if len(rest) == 0 {
		return nil
	}
	take := func(kind tokenKind, n int, val string) error {
		s.tok.kind, s.tok.val = kind, val
		s.at += n
		return nil
	}
	for _, q := range []struct {
		open string
		kind tokenKind
	}{{`instr:"`, tokInstr}, {`label:"`, tokLabel}, {`"`, tokString}, {"`", tokQuoted}} {
		if !bytes.HasPrefix(rest, []byte(q.open)) {
			continue
		}
		body := rest[len(q.open):]
		n := bytes.IndexByte(body, q.open[len(q.open)-1])
		if n < 0 {
			return s.errorf(s.at, "this string does not end")
		}
		return take(q.kind, len(q.open)+n+1, string(body[:n]))
	}
	if n := numberLen(rest); n > 0 {
		return take(tokNumber, n, string(rest[:n]))
	}
	if n := nameLen(rest); n > 0 {
		return take(tokName, n, string(rest[:n]))
	}
	if rest[0] == '%' {
		if n := nameLen(rest[1:]); n > 0 {
			return take(tokSymReg, n+1, string(rest[1:n+1]))
		}
	}
	for _, p := range punctuation {
		if bytes.HasPrefix(rest, []byte(p)) {
			return take(tokPunct, len(p), p)
		}
	}
	r, _ := strings.CutSuffix(strings.ToValidUTF8(string(rest[:min(4, len(rest))]), "?"), "?")
	return s.errorf(s.at, "unexpected character %q", firstRune(r, rest[0]))
}

func firstRune(s string, first byte) rune {
	for _, r := range s {
		return r
	}
	return rune(first)
}

// peek is the token after the one under the cursor.
func (s *scanner) peek() token {
	ahead := *s
	if ahead.next() != nil {
		return token{kind: tokEOF, at: ahead.at}
	}
	return ahead.tok
}

// accept moves past the punctuation p if it is under the cursor.
func (s *scanner) accept(p string) (bool, error) {
	if !s.tok.is(p) {
		return false, nil
	}
	return true, s.next()
}

// expect moves past the punctuation p, which must be under the cursor.
func (s *scanner) expect(p, where string) error {
	if !s.tok.is(p) {
		return s.errorf(s.tok.at, "expected %s %s, found %s", p, where, s.tok.describe())
	}
	return s.next()
}
