package litmus

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/litmus/ir"
)

// Prop is a proposition over a final state. Eval takes the state as [Test.Observed] lays it out; values
// count as cast to the declared types of what holds them. Eval may be called only on a Prop that [Parse] made.
type Prop interface {
	Eval(state []ir.Value) bool
	// String is the proposition as states and conditions are printed: 1:X0=1 /\ [x]=2.
	String() string
}

// Quantifier says of which final states a condition speaks.
type Quantifier uint8

const (
	Exists    Quantifier = iota // some state satisfies the proposition
	NotExists                   // none does
	ForAll                      // all do
)

func (q Quantifier) String() string { return [...]string{"exists", "~exists", "forall"}[q] }

// Condition is the question that a test asks.
type Condition struct {
	Quantifier Quantifier
	Prop       Prop
}

// String is the condition in one line: exists (0:X0=1 /\ [x]=2).
func (c Condition) String() string { return fmt.Sprintf("%s (%s)", c.Quantifier, c.Prop) }

// Truth is the proposition true or false.
type Truth bool

// Equals compares a place with a constant; an array with one constant for each element.
type Equals struct {
	Place  Place
	Braces bool // written with braces: the whole array Place.Name
	Values []Constant
	at     slot
	want   []ir.Value
}

// Same compares the contents of two places.
type Same struct {
	A, B         Place
	slotA, slotB slot
}

// Not, And, Or and Implies combine propositions.
type (
	Not     struct{ P Prop }
	And     struct{ P, Q Prop }
	Or      struct{ P, Q Prop }
	Implies struct{ P, Q Prop }
)

// slot is where a place's value stands in a flat state.
type slot struct {
	index int
	typ   ir.Type
}

func (s slot) value(state []ir.Value) ir.Value { return cast(state[s.index], s.typ) }

func (t Truth) Eval([]ir.Value) bool { return bool(t) }

func (e *Equals) Eval(state []ir.Value) bool {
	for i, want := range e.want {
		if cast(state[e.at.index+i], e.at.typ) != want {
			return false
		}
	}
	return true
}

func (s *Same) Eval(state []ir.Value) bool { return s.slotA.value(state) == s.slotB.value(state) }

func (n *Not) Eval(state []ir.Value) bool     { return !n.P.Eval(state) }
func (a *And) Eval(state []ir.Value) bool     { return a.P.Eval(state) && a.Q.Eval(state) }
func (o *Or) Eval(state []ir.Value) bool      { return o.P.Eval(state) || o.Q.Eval(state) }
func (i *Implies) Eval(state []ir.Value) bool { return !i.P.Eval(state) || i.Q.Eval(state) }

func (t Truth) String() string    { return write(t) }
func (e *Equals) String() string  { return write(e) }
func (s *Same) String() string    { return write(s) }
func (n *Not) String() string     { return write(n) }
func (a *And) String() string     { return write(a) }
func (o *Or) String() string      { return write(o) }
func (i *Implies) String() string { return write(i) }

func write(p Prop) string {
	var b strings.Builder
	writeProp(&b, p)
	return b.String()
}

func writeProp(b *strings.Builder, p Prop) {
	switch p := p.(type) {
	case Truth:
		fmt.Fprint(b, bool(p))
	case *Equals:
		if !p.Braces {
			b.WriteString(p.Place.String() + "=" + p.Values[0].String())
			return
		}
		b.WriteString(p.Place.Name + "={")
		for i, v := range p.Values {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(v.String())
		}
		b.WriteByte('}')
	case *Same:
		b.WriteString(p.A.String() + "=" + p.B.String())
	case *Not:
		b.WriteString("not (")
		writeProp(b, p.P)
		b.WriteByte(')')
	case *And:
		writeOperand(b, p.P, levelAnd)
		b.WriteString(` /\ `)
		writeOperand(b, p.Q, levelAnd)
	case *Or:
		writeOperand(b, p.P, levelOr)
		b.WriteString(` \/ `)
		writeOperand(b, p.Q, levelOr)
	case *Implies:
		writeOperand(b, p.P, levelNot)
		b.WriteString(" => ")
		writeOperand(b, p.Q, levelImplies)
	}
}

// writeOperand prints p within an operator of a level.
func writeOperand(b *strings.Builder, p Prop, within int) {
	if level(p) >= within {
		writeProp(b, p)
		return
	}
	b.WriteByte('(')
	writeProp(b, p)
	b.WriteByte(')')
}

// The levels of precedence, from the loosest: as in herd7, an implication binds tighter than a conjunction.
const (
	levelOr = iota
	levelAnd
	levelImplies
	levelNot
)

func level(p Prop) int {
	switch p.(type) {
	case *Or:
		return levelOr
	case *And:
		return levelAnd
	case *Implies:
		return levelImplies
	}
	return levelNot
}

// conjunction is p /\ q, nested to the left as it would be without parentheses.
func conjunction(p, q Prop) Prop {
	if a, ok := q.(*And); ok {
		return &And{conjunction(p, a.P), a.Q}
	}
	return &And{p, q}
}

// disjunction is p \/ q, nested to the left.
func disjunction(p, q Prop) Prop {
	if o, ok := q.(*Or); ok {
		return &Or{disjunction(p, o.P), o.Q}
	}
	return &Or{p, q}
}

// prop parses a proposition.
func (s *scanner) prop() (Prop, error) { return s.propAt(levelOr, 0) }

// maxDepth bounds the nesting of parentheses and negations.
const maxDepth = 10000

func (s *scanner) propAt(level, depth int) (Prop, error) {
	if depth > maxDepth {
		return nil, s.errorf(s.tok.at, "the proposition is nested too deeply")
	}
	if level == levelNot {
		return s.propUnary(depth)
	}
	p, err := s.propAt(level+1, depth)
	if err != nil {
		return nil, err
	}
	for s.tok.is([...]string{`\/`, `/\`, "=>"}[level]) {
		if err := s.next(); err != nil {
			return nil, err
		}
		if level == levelImplies { // to the right
			q, err := s.propAt(level, depth+1)
			if err != nil {
				return nil, err
			}
			return &Implies{p, q}, nil
		}
		q, err := s.propAt(level+1, depth)
		if err != nil {
			return nil, err
		}
		if level == levelOr {
			p = disjunction(p, q)
		} else {
			p = conjunction(p, q)
		}
	}
	return p, nil
}

func (s *scanner) propUnary(depth int) (Prop, error) {
	switch {
	case s.tok.is("~"), s.tok.is("!"), s.tok.isName("not"):
		if err := s.next(); err != nil {
			return nil, err
		}
		p, err := s.propAt(levelNot, depth+1)
		return &Not{p}, err
	case s.tok.is("("):
		if err := s.next(); err != nil {
			return nil, err
		}
		p, err := s.propAt(levelOr, depth+1)
		if err != nil {
			return nil, err
		}
		return p, s.expect(")", "to close the parenthesis")
	case s.tok.isName("true"):
		return Truth(true), s.next()
	case s.tok.isName("false"):
		return Truth(false), s.next()
	}
	return s.comparison()
}

// comparison parses PLACE = VALUE, PLACE = PLACE, and the same with !=.
func (s *scanner) comparison() (Prop, error) {
	place, err := s.observedPlace()
	if err != nil {
		return nil, err
	}
	negated := s.tok.is("!=") || s.tok.is("<>")
	if !negated && !s.tok.is("=") && !s.tok.is("==") {
		return nil, s.errorf(s.tok.at, "expected = or != after %s, found %s", place, s.tok.describe())
	}
	if err := s.next(); err != nil {
		return nil, err
	}
	var p Prop
	switch {
	case s.tok.is("{"):
		p, err = s.arrayComparison(place)
	case s.tok.is("["), s.tok.is("*"), s.atThread(), s.tok.kind == tokSymReg:
		same := &Same{A: place}
		if same.B, err = s.observedPlace(); err == nil {
			p = same
		}
	default:
		var c Constant
		if c, err = s.constant(); err == nil {
			p = &Equals{Place: place, Values: []Constant{c}}
		}
	}
	if err != nil {
		return nil, err
	}
	if negated {
		return &Not{p}, nil
	}
	return p, nil
}

func (s *scanner) arrayComparison(place Place) (Prop, error) {
	e := &Equals{Place: place, Braces: true}
	if place.Thread >= 0 || place.Index != NoIndex || place.IsSymbolic() {
		return nil, s.errorf(s.tok.at, "%s is not an array: expected one value", place)
	}
	if err := s.next(); err != nil {
		return nil, err
	}
	for {
		c, err := s.constant()
		if err != nil {
			return nil, err
		}
		e.Values = append(e.Values, c)
		more, err := s.accept(",")
		if err != nil {
			return nil, err
		}
		if !more {
			return e, s.expect("}", "after the values of "+place.Name)
		}
	}
}

// observedPlace parses a place of a condition: 0:X0, x, [x], *x, x[1].
func (s *scanner) observedPlace() (Place, error) {
	star, err := s.accept("*")
	if err != nil {
		return Place{}, err
	}
	bracket := s.tok.is("[")
	p, err := s.place()
	if err != nil {
		return p, err
	}
	if !star && !bracket && p.Thread < 0 && !p.IsSymbolic() && s.tok.is("[") {
		if err := s.next(); err != nil {
			return p, err
		}
		p.Index, err = s.index()
	}
	return p, err
}
