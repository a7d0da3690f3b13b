package cat

import (
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// token is a kind of lexical element. Keywords are tokens of their own; words
// that are special in one place only (variant, not, assert, catdep) are names.
type token uint8

const (
	tEOF       token = iota
	tName            // po-loc, dmb.full, rf'
	tTag             // 'once
	tString          // "cos.cat"
	tNumber          // digits other than 0: legal in titles only
	tLParen          // (
	tRParen          // )
	tLBrace          // {
	tRBrace          // }
	tLBrack          // [
	tRBrack          // ]
	tUnder           // _
	tZero            // 0
	tBar             // |
	tAlt             // ||
	tAmp             // &
	tAmpAmp          // &&
	tStar            // *
	tTilde           // ~
	tPlus            // +
	tPlusPlus        // ++
	tHat             // ^
	tMinusOne        // -1
	tBackslash       // \
	tQuestion        // ?
	tEqual           // =
	tSemi            // ;
	tComma           // ,
	tArrow           // ->

	tLet
	tRec
	tAnd
	tWhen
	tAcyclic
	tIrreflexive
	tEmpty
	tShow
	tUnshow
	tSubset
	tAs
	tFun
	tIn
	tUndefinedUnless
	tFlag
	tInclude
	tBegin
	tEnd
	tProcedure
	tCall
	tEnum
	tDebug
	tMatch
	tWith
	tForall
	tFrom
	tDo
	tTry
	tIf
	tThen
	tElse
	tInstructions
	tDefault
)

var tokenText = [...]string{
	tEOF: "end of file", tName: "name", tTag: "tag", tString: "string", tNumber: "number",
	tLParen: "(", tRParen: ")", tLBrace: "{", tRBrace: "}", tLBrack: "[", tRBrack: "]",
	tUnder: "_", tZero: "0", tBar: "|", tAlt: "||", tAmp: "&", tAmpAmp: "&&", tStar: "*", tTilde: "~",
	tPlus: "+", tPlusPlus: "++", tHat: "^", tMinusOne: "-1", tBackslash: `\`, tQuestion: "?",
	tEqual: "=", tSemi: ";", tComma: ",", tArrow: "->",
	tLet: "let", tRec: "rec", tAnd: "and", tWhen: "when", tAcyclic: "acyclic",
	tIrreflexive: "irreflexive", tEmpty: "empty", tShow: "show", tUnshow: "unshow",
	tSubset: "subset", tAs: "as", tFun: "fun", tIn: "in", tUndefinedUnless: "undefined_unless",
	tFlag: "flag", tInclude: "include", tBegin: "begin", tEnd: "end", tProcedure: "procedure",
	tCall: "call", tEnum: "enum", tDebug: "debug", tMatch: "match", tWith: "with",
	tForall: "forall", tFrom: "from", tDo: "do", tTry: "try", tIf: "if", tThen: "then",
	tElse: "else", tInstructions: "instructions", tDefault: "default",
}

func (t token) String() string { return tokenText[t] }

var keywords = func() map[string]token {
	m := map[string]token{}
	for t := tLet; t <= tDefault; t++ {
		m[tokenText[t]] = t
	}
	return m
}()

// punctuation lists the operators, longer ones first.
var punctuation = []token{
	tAlt, tAmpAmp, tPlusPlus, tMinusOne, tArrow,
	tLParen, tRParen, tLBrace, tRBrace, tLBrack, tRBrack, tBar, tAmp, tStar, tTilde,
	tPlus, tHat, tBackslash, tQuestion, tEqual, tSemi, tComma,
}

// lexeme is one token with its place.
type lexeme struct {
	token      token
	text       string // a name, tag (without '), string (without quotes) or number
	pos        source.Pos
	start, end int // byte offsets in the file
}

func (l lexeme) String() string {
	switch l.token {
	case tName, tNumber:
		return l.text
	case tTag:
		return "'" + l.text
	case tString:
		return `"` + l.text + `"`
	}
	return l.token.String()
}

// scan splits a file into its tokens, the last being tEOF. Comments are
// (* … *), which nest, and // or # up to the end of the line.
func scan(file, text string) ([]lexeme, error) {
	var out []lexeme
	pos := source.Pos{File: file, Line: 1, Col: 1}
	at := 0
	advance := func(n int) {
		pos = pos.Advance(text[at : at+n])
		at += n
	}
	for at < len(text) {
		rest := text[at:]
		c := rest[0]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f':
			advance(1)
			continue
		case c == '#' || strings.HasPrefix(rest, "//"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			advance(n)
			continue
		case strings.HasPrefix(rest, "(*"):
			n := commentLen(rest)
			if n < 0 {
				return nil, source.Errorf(pos, "comment is not closed: expected *)")
			}
			advance(n)
			continue
		}
		l, n := scanOne(rest)
		switch {
		case n == 0 && c == '"':
			return nil, source.Errorf(pos, "string is not closed")
		case n == 0:
			return nil, source.Errorf(pos, "unexpected character %q", []rune(rest)[0])
		}
		l.pos, l.start, l.end = pos, at, at+n
		out = append(out, l)
		advance(n)
	}
	return append(out, lexeme{token: tEOF, pos: pos, start: at, end: at}), nil
}

// commentLen is the length of the comment that text starts with, -1 if it does not end.
func commentLen(text string) int {
	depth := 0
	for i := 0; i+1 < len(text); i++ {
		switch text[i : i+2] {
		case "(*":
			depth++
			i++
		case "*)":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// scanOne reads the token at the start of text and its length, 0 if there is none.
func scanOne(text string) (lexeme, int) {
	if n := nameLen(text); n > 0 {
		if t, ok := keywords[text[:n]]; ok {
			return lexeme{token: t}, n
		}
		return lexeme{token: tName, text: text[:n]}, n
	}
	switch c := text[0]; {
	case c == '_':
		return lexeme{token: tUnder}, 1
	case c == '\'':
		if n := nameLen(text[1:]); n > 0 {
			return lexeme{token: tTag, text: text[1 : n+1]}, n + 1
		}
		return lexeme{}, 0
	case c == '"':
		n := strings.IndexByte(text[1:], '"')
		if n < 0 {
			return lexeme{}, 0
		}
		return lexeme{token: tString, text: text[1 : n+1]}, n + 2
	case isDigit(c):
		n := 1
		for n < len(text) && isDigit(text[n]) {
			n++
		}
		if n == 1 && c == '0' {
			return lexeme{token: tZero}, 1
		}
		return lexeme{token: tNumber, text: text[:n]}, n
	}
	for _, t := range punctuation {
		if strings.HasPrefix(text, tokenText[t]) {
			return lexeme{token: t}, len(tokenText[t])
		}
	}
	return lexeme{}, 0
}

// nameLen is the length of the name at the start of text: a letter, after an
// underscore perhaps, then letters, digits, '_', '.', '-', and one final quote.
func nameLen(text string) int {
	i := 0
	if i < len(text) && text[i] == '_' {
		i++
	}
	if i == len(text) || !isLetter(text[i]) {
		return 0
	}
	for i < len(text) && (isLetter(text[i]) || isDigit(text[i]) || strings.IndexByte("_.-", text[i]) >= 0) {
		i++
	}
	// "a->b": the dash belongs to the arrow.
	if i < len(text) && text[i] == '>' && text[i-1] == '-' {
		i--
	}
	if i < len(text) && text[i] == '\'' {
		i++
	}
	return i
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
