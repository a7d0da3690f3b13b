package c

import (
	"math"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

type tokenKind uint8

const (
	eof tokenKind = iota
	ident
	number
	punct
)

type token struct {
	kind  tokenKind
	text  string
	start int // byte offset
	end   int
	pos   source.Pos
	num   Number // kind number: the value; no position
}

// describe is how an error message calls the token.
func (t token) describe() string {
	if t.kind == eof {
		return "the end of the text"
	}
	return strconv.Quote(t.text)
}

// scanner cuts text into tokens. It is lazy, since what follows the functions
// is not C.
type scanner struct {
	src string
	off int
	pos source.Pos
}

func (s *scanner) skip(n int) {
	s.pos = s.pos.Advance(s.src[s.off : s.off+n])
	s.off += n
}

// space skips white space and comments; outside functions (* *) is a comment too.
func (s *scanner) space(outside bool) error {
	for s.off < len(s.src) {
		rest := s.src[s.off:]
		open, end := "", ""
		switch {
		case strings.IndexByte(" \t\r\n\v\f", rest[0]) >= 0:
			s.skip(1)
			continue
		case strings.HasPrefix(rest, "//"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			s.skip(n)
			continue
		case strings.HasPrefix(rest, "/*"):
			open, end = "/*", "*/"
		case outside && strings.HasPrefix(rest, "(*"):
			open, end = "(*", "*)"
		default:
			return nil
		}
		n := strings.Index(rest[2:], end)
		if n < 0 {
			return source.Errorf(s.pos, "comment %s is not closed: expected %s", open, end)
		}
		s.skip(n + 4)
	}
	return nil
}

func isLetter(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// word is the length of the identifier, or the digits and letters, that s starts with.
func word(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || isDigit(s[n])) {
		n++
	}
	return n
}

// Longest first, so that the first prefix is the token.
var puncts = []string{
	"<<=", ">>=",
	"++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
	"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=", "?", ":", ",", ";",
	"(", ")", "[", "]", "{", "}",
}

func (s *scanner) next() (token, error) {
	if err := s.space(false); err != nil {
		return token{}, err
	}
	t := token{start: s.off, end: s.off, pos: s.pos}
	rest := s.src[s.off:]
	if rest == "" {
		return t, nil
	}
	n := word(rest)
	switch {
	case isLetter(rest[0]):
		t.kind = ident
	case isDigit(rest[0]):
		t.kind = number
		num, err := parseNumber(rest[:n], s.pos)
		if err != nil {
			return t, err
		}
		t.num = num
	default:
		for _, p := range puncts {
			if strings.HasPrefix(rest, p) {
				t.kind, n = punct, len(p)
				break
			}
		}
		if n == 0 {
			return t, source.Errorf(s.pos, "unexpected character %q", []rune(rest)[0])
		}
	}
	t.text = rest[:n]
	s.skip(n)
	t.end = s.off
	return t, nil
}

func parseNumber(text string, pos source.Pos) (Number, error) {
	var x Number
	digits := strings.TrimRight(text, "uUlL")
	switch suffix := strings.ToLower(text[len(digits):]); suffix {
	case "":
	case "u":
		x.Unsigned = true
	case "l", "ll":
		x.Long = true
	case "ul", "ull", "lu", "llu":
		x.Unsigned, x.Long = true, true
	default:
		return x, source.Errorf(pos, "number %s has an unknown suffix: expected u, l, ul, ll or ull", text)
	}
	n, err := strconv.ParseUint(digits, 0, 64)
	if err != nil || strings.ContainsRune(digits, '_') || strings.HasPrefix(strings.ToLower(digits), "0o") {
		return x, source.Errorf(pos, "%s is not an integer of at most 64 bits", text)
	}
	x.Value = n
	// 6.4.4.1: a constant that is not decimal may be unsigned where a decimal one takes a longer type.
	if digits[0] == '0' && (n > math.MaxInt64 || n > math.MaxInt32 && n <= math.MaxUint32 && !x.Long) {
		x.Unsigned = true
	}
	return x, nil
}
