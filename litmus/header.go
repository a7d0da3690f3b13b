package litmus

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// parser reads one test, part after part.
type parser struct {
	*text
	test    *Test
	dialect ir.Dialect // nil for C
	at      int        // what is before is parsed
	metaAt  []int      // by field of the header: its offset
}

func (p *parser) parse() error {
	if i := bytes.IndexByte(p.src, 0); i >= 0 {
		return p.errorf(i, "this is not a text file: it has a NUL character")
	}
	if bytes.HasPrefix(p.src, []byte("\ufeff")) {
		p.blank(0, len("\ufeff"))
	}
	for i := 0; i < len(p.src); {
		r, n := utf8.DecodeRune(p.src[i:])
		if r == utf8.RuneError && n == 1 {
			p.src[i] = '?' // old tests have Latin-1 in their comments
		}
		i += n
	}
	init, err := p.header()
	if err != nil {
		return err
	}
	if err := p.refuseVariants(); err != nil {
		return err
	}
	if err := p.initialState(init); err != nil {
		return err
	}
	var tail int
	if p.dialect == nil {
		tail, err = p.functions()
	} else {
		tail, err = p.table()
	}
	if err != nil {
		return err
	}
	if err := p.final(tail); err != nil {
		return err
	}
	if p.test.Expect, err = p.expectations(); err != nil {
		return err
	}
	return p.resolve()
}

// header reads up to the brace that opens the initial state, and returns the offset after it.
func (p *parser) header() (int, error) {
	// Comments of the header, which may precede everything.
	at := 0
	skip := func() error {
		for at < len(p.src) {
			switch {
			case isSpace(p.src[at]):
				at++
			case bytes.HasPrefix(p.src[at:], []byte("(*")):
				n := commentEnd(p.src[at:])
				if n < 0 {
					return p.errorf(at, "this comment does not end: expected *)")
				}
				p.blank(at, at+n)
				at += n
			default:
				return nil
			}
		}
		return nil
	}
	if err := skip(); err != nil {
		return 0, err
	}
	if at == len(p.src) {
		return 0, p.errorf(at, "the file is empty: expected a litmus test, which starts with ARCHITECTURE NAME")
	}
	word := func() string {
		from := at
		for at < len(p.src) && !isSpace(p.src[at]) {
			at++
		}
		return string(p.src[from:at])
	}
	blanks := func() {
		for at < len(p.src) && (p.src[at] == ' ' || p.src[at] == '\t') {
			at++
		}
	}
	archAt := at
	p.test.Dialect = word()
	var err error
	if p.dialect, err = lookDialect(p.test.Dialect, p.pos(archAt)); err != nil {
		return 0, err
	}
	blanks()
	nameAt := at
	p.test.Name = word()
	if p.test.Name == "" {
		return 0, p.errorf(nameAt, "expected the test's name after %s", p.test.Dialect)
	}
	if err := p.title(&at); err != nil {
		return 0, err
	}
	for {
		if err := skip(); err != nil {
			return 0, err
		}
		if at == len(p.src) {
			return 0, p.errorf(at, "expected { to open the initial state, found the end")
		}
		switch c := p.src[at]; {
		case c == '{':
			return at + 1, nil
		case c == '"':
			doc, err := p.docString(&at)
			if err != nil {
				return 0, err
			}
			p.test.Doc = append(p.test.Doc, doc)
		case c == ';':
			at++
		default:
			line := p.src[at:]
			if n := bytes.IndexByte(line, '\n'); n >= 0 {
				line = line[:n]
			}
			key, value, ok := strings.Cut(string(line), "=")
			key = strings.TrimSpace(key)
			if !ok || key == "" || strings.ContainsAny(key, " \t{}[]:\"") {
				return 0, p.errorf(at, "expected \"doc\", Key=value or { in the header, found %s", firstWord(string(line)))
			}
			p.metaAt = append(p.metaAt, at)
			p.test.Meta = append(p.test.Meta, Field{key, strings.TrimSpace(value)})
			at += len(line)
		}
	}
}

// title reads the rest of the header's line.
func (p *parser) title(at *int) error {
	line := p.src[*at:]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	from := *at
	for i := 0; i < len(line); i++ {
		if bytes.HasPrefix(line[i:], []byte("(*")) || line[i] == '"' || line[i] == '{' || line[i] == ';' {
			line = line[:i]
		}
	}
	*at = from + len(line)
	p.test.Title = strings.TrimSpace(string(line))
	return nil
}

func (p *parser) docString(at *int) (string, error) {
	n := bytes.IndexByte(p.src[*at+1:], '"')
	if n < 0 {
		return "", p.errorf(*at, "this string does not end")
	}
	doc := string(p.src[*at+1 : *at+1+n])
	*at += n + 2
	return doc, nil
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return "nothing"
}

// refusedVariants are the values of a Variant line that ask for semantics beyond this package's.
var refusedVariants = map[string]string{
	"vmsa": "virtual memory", "kvm": "virtual memory",
	"mte": "memory tags", "memtag": "memory tags",
	"ifetch": "instruction fetch", "self": "instruction fetch",
	"sve": "scalable vectors", "sme": "scalable matrices", "neon": "vectors",
	"mixed": "mixed-size accesses",
	"pac":   "pointer authentication", "const-pac-field": "pointer authentication",
	"gicv5": "interrupts",
}

func (p *parser) refuseVariants() error {
	for i, f := range p.test.Meta {
		if !strings.EqualFold(f.Key, "Variant") {
			continue
		}
		for _, v := range strings.FieldsFunc(f.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\r' }) {
			if what, ok := refusedVariants[strings.ToLower(v)]; ok {
				return p.errorf(p.metaAt[i], "Variant=%s asks for %s, which is not supported", v, what)
			}
		}
	}
	return nil
}

// Expectation is what a test's file says that a model makes of it.
type Expectation struct {
	Model   string
	Verdict Verdict
	Pos     source.Pos
}

// Verdict is what a model makes of a test's proposition, over its consistent executions.
type Verdict string

const (
	Allowed   Verdict = "allowed"   // it holds in some and not in others
	Forbidden Verdict = "forbidden" // it holds in none
	Required  Verdict = "required"  // it holds in all
	Undefined Verdict = "undefined" // the program races: it has no defined behaviour
)

// expectations reads the Expect lines: MODEL:VERDICT, separated by spaces.
func (p *parser) expectations() ([]Expectation, error) {
	var list []Expectation
	for i, f := range p.test.Meta {
		if f.Key != "Expect" {
			continue
		}
		for _, item := range strings.Fields(f.Value) {
			at := p.metaAt[i]
			model, verdict, ok := strings.Cut(item, ":")
			v := Verdict(verdict)
			if !ok || model == "" || v != Allowed && v != Forbidden && v != Required && v != Undefined {
				return nil, p.errorf(at, "Expect: %q is not MODEL:VERDICT, with a verdict of allowed, forbidden, required or undefined", item)
			}
			list = append(list, Expectation{Model: model, Verdict: v, Pos: p.pos(at)})
		}
	}
	return list, nil
}
