package litmus

import (
	"bytes"
	"strings"
)

// LocationItem is an item of locations [...].
type LocationItem struct {
	Place   Place
	Type    string // as written, "" if none
	Pointer bool
}

// final parses what follows the program, from offset at: locations, filter and condition, in this order
// as a rule, and the remains of older tools' formats.
func (p *parser) final(at int) error {
	// What older tools take from between << and >> is no part of the test.
	if p.dialect == nil {
		if err := p.blankComments(at, len(p.src), true); err != nil {
			return err
		}
	}
	end := len(p.src)
	if n := bytes.Index(p.src[at:], []byte("<<")); n >= 0 {
		end = at + n
	}
	s, err := newScanner(p.text, at, end)
	if err != nil {
		return err
	}
	p.test.Condition = Condition{Quantifier: ForAll, Prop: Truth(true)}
	seen := false
	for s.tok.kind != tokEOF {
		if seen && !s.tok.is(";") && !s.tok.isName("with") {
			return s.errorf(s.tok.at, "expected the end after the condition, found %s", s.tok.describe())
		}
		switch {
		case s.tok.is(";"):
			err = s.next()
		case s.tok.isName("locations"):
			err = p.locations(s)
		case s.tok.isName("regions"):
			err = p.regions(s)
		case s.tok.isName("filter"):
			if err = s.next(); err == nil {
				p.test.Filter, err = s.prop()
			}
		case s.tok.isName("with") && seen:
			err = p.legacy(s)
		default:
			seen = true
			err = p.condition(s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) condition(s *scanner) error {
	c := &p.test.Condition
	at := s.tok
	negated := s.tok.is("~") || s.tok.isName("not")
	if negated {
		if err := s.next(); err != nil {
			return err
		}
	}
	switch {
	case s.tok.isName("exists"), s.tok.isName("final") && !negated:
		c.Quantifier = Exists
		if negated {
			c.Quantifier = NotExists
		}
	case s.tok.isName("forall") && !negated:
		c.Quantifier = ForAll
	case s.tok.is("(") && !negated:
		c.Quantifier = Exists
		var err error
		c.Prop, err = s.prop()
		return err
	default:
		return s.errorf(at.at, "expected locations, filter, exists, ~exists or forall, found %s", at.describe())
	}
	if err := s.next(); err != nil {
		return err
	}
	var err error
	c.Prop, err = s.prop()
	return err
}

func (p *parser) locations(s *scanner) error {
	if err := s.next(); err != nil {
		return err
	}
	if err := s.expect("[", "after locations"); err != nil {
		return err
	}
	for !s.tok.is("]") {
		if s.tok.is(";") {
			if err := s.next(); err != nil {
				return err
			}
			continue
		}
		place, err := s.observedPlace()
		if err != nil {
			return err
		}
		item := LocationItem{Place: place}
		var words []string
		for s.tok.kind == tokName {
			words = append(words, s.tok.val)
			if err := s.next(); err != nil {
				return err
			}
		}
		item.Type = strings.Join(words, " ")
		if item.Pointer, err = s.accept("*"); err != nil {
			return err
		}
		p.test.Locations = append(p.test.Locations, item)
		if !s.tok.is(";") && !s.tok.is("]") {
			return s.errorf(s.tok.at, "expected ; or ] after %s, found %s", place, s.tok.describe())
		}
	}
	return s.next()
}

// regions keeps "regions: …", which places locations in memories of other kinds, as text.
func (p *parser) regions(s *scanner) error {
	if err := s.next(); err != nil {
		return err
	}
	if err := s.expect(":", "after regions"); err != nil {
		return err
	}
	from := s.tok.at
	for i := from; i < s.end; i++ {
		if p.src[i] == '\n' || i == s.end-1 {
			p.test.Regions = strings.TrimSpace(string(p.src[from : i+1]))
			s.at = i + 1
			return s.next()
		}
	}
	return nil
}

// legacy parses the verdicts after with: MODEL: exists; MODEL: ~exists; …
func (p *parser) legacy(s *scanner) error {
	if err := s.next(); err != nil {
		return err
	}
	for s.tok.kind == tokName {
		v := LegacyVerdict{Model: s.tok.val}
		if err := s.next(); err != nil {
			return err
		}
		if err := s.expect(":", "after the model "+v.Model); err != nil {
			return err
		}
		negated := s.tok.is("~") || s.tok.isName("not")
		if negated {
			if err := s.next(); err != nil {
				return err
			}
		}
		switch {
		case s.tok.isName("exists") && negated:
			v.Quantifier = NotExists
		case s.tok.isName("exists"):
			v.Quantifier = Exists
		case s.tok.isName("forall") && !negated:
			v.Quantifier = ForAll
		default:
			return s.errorf(s.tok.at, "expected exists, ~exists or forall, found %s", s.tok.describe())
		}
		if err := s.next(); err != nil {
			return err
		}
		p.test.Legacy = append(p.test.Legacy, v)
		if ok, err := s.accept(";"); err != nil || !ok {
			return err
		}
	}
	return nil
}
