package litmus

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// InitItem is one item of the initial state.
type InitItem struct {
	Pos     source.Pos
	Type    string // as written: "", "int", "const uint64_t", "_Atomic int"
	Pointer bool   // declared with a star: the item holds an address
	Place   Place  // the register, or location; Index is NoIndex
	// Array is the number of elements that the item declares, 0 for a scalar.
	Array int
	// Values are the initial values: none, one, or one for each element.
	Values []Constant
}

// NoIndex as an index says that a Place is not an array element.
const NoIndex = -1

// Place is a register or a memory location as a test names it.
type Place struct {
	Pos    source.Pos
	Thread int    // of the register; -1 for a location, and for a symbolic register of every thread
	Name   string // "X0", "%sym", "x"
	Index  int    // of an array's element, or NoIndex
}

// IsSymbolic reports whether the place is a symbolic register, written %name.
func (p Place) IsSymbolic() bool { return strings.HasPrefix(p.Name, "%") }

// String is the place as states print it: "0:X0", "[x]", "x[1]".
func (p Place) String() string {
	switch {
	case p.Thread >= 0:
		return fmt.Sprintf("%d:%s", p.Thread, p.Name)
	case p.IsSymbolic():
		return p.Name
	case p.Index != NoIndex:
		return fmt.Sprintf("%s[%d]", p.Name, p.Index)
	}
	return "[" + p.Name + "]"
}

// ConstantKind tells what a Constant is.
type ConstantKind uint8

const (
	Number          ConstantKind = iota
	Address                      // of a location, or of an array's element
	LabelAddress                 // of an instruction
	InstructionText              // an instruction as data
)

// Constant is a value as a test writes it.
type Constant struct {
	Pos    source.Pos
	Kind   ConstantKind
	Int    int64  // Number: unsigned 64-bit numbers wrap around
	Name   string // the location, the label, the instruction
	Index  int    // Address: the element, or NoIndex
	Thread int    // LabelAddress
}

// String is the constant as states print it: "1", "x", "label:\"P0:L0\"", "instr:\"NOP\"".
func (c Constant) String() string {
	switch c.Kind {
	case Address:
		if c.Index != NoIndex {
			return fmt.Sprintf("%s[%d]", c.Name, c.Index)
		}
		return c.Name
	case LabelAddress:
		return fmt.Sprintf("label:\"P%d:%s\"", c.Thread, c.Name)
	case InstructionText:
		return `instr:"` + c.Name + `"`
	}
	return strconv.FormatInt(c.Int, 10)
}

// parseInteger reads a decimal or hexadecimal number of at most 64 bits, signed or unsigned.
func parseInteger(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return int64(n), true
	}
	body, negative := strings.CutPrefix(s, "-")
	if len(body) > 2 && (body[:2] == "0x" || body[:2] == "0X") {
		if n, err := strconv.ParseUint(body[2:], 16, 64); err == nil {
			if negative {
				return -int64(n), true
			}
			return int64(n), true
		}
	}
	return 0, false
}

// initialState parses the initial state, whose brace was opened just before offset from, and
// leaves p.at after it.
func (p *parser) initialState(from int) error {
	if p.dialect == nil {
		// What follows is C, where (* is not a comment: blank up to the closing brace only.
		end := from
		for depth := 1; depth > 0; end++ {
			if end >= len(p.src) {
				return p.errorf(from-1, "the initial state does not end: expected }")
			}
			switch {
			case p.src[end] == '{':
				depth++
			case p.src[end] == '}':
				depth--
			case p.src[end] == '(' && end+1 < len(p.src) && p.src[end+1] == '*':
				n := commentEnd(p.src[end:])
				if n < 0 {
					return p.errorf(end, "this comment does not end: expected *)")
				}
				p.blank(end, end+n)
			}
		}
		if err := p.blankComments(from, end, true); err != nil {
			return err
		}
	} else if err := p.blankComments(from, len(p.src), false); err != nil {
		return err
	}
	s, err := newScanner(p.text, from, len(p.src))
	if err != nil {
		return err
	}
	for {
		switch {
		case s.tok.kind == tokEOF:
			return p.errorf(from-1, "the initial state does not end: expected }")
		case s.tok.is(";"):
			if err := s.next(); err != nil {
				return err
			}
			continue
		case s.tok.is("}"):
			// Not past it: what follows is not made of these tokens.
			p.at = s.at
			return nil
		}
		item, err := s.initItem()
		if err != nil {
			return err
		}
		p.test.Init = append(p.test.Init, item)
		if !s.tok.is(";") && !s.tok.is("}") {
			return s.errorf(s.tok.at, "expected ; or } after the initial value of %s, found %s", item.Place, s.tok.describe())
		}
	}
}

// initItem parses [TYPE] [*] PLACE [[N]] [= VALUE].
func (s *scanner) initItem() (InitItem, error) {
	item := InitItem{Pos: s.pos(s.tok.at)}
	var words []token
	for s.tok.kind == tokName && !s.atThread() {
		if _, ok := threadName(s.tok.val); ok {
			return item, s.errorf(s.tok.at, "expected } to close the initial state before the thread %s", s.tok.val)
		}
		words = append(words, s.tok)
		if err := s.next(); err != nil {
			return item, err
		}
		if s.tok.is("(") || s.tok.is(":") {
			return item, s.refuseConstruct(words[len(words)-1])
		}
	}
	for s.tok.is("*") {
		item.Pointer = true
		if err := s.next(); err != nil {
			return item, err
		}
		for s.tok.isName("const") || s.tok.isName("volatile") {
			if err := s.next(); err != nil {
				return item, err
			}
		}
	}
	var err error
	bracket := s.tok.is("[") && s.peek().kind == tokName
	switch {
	case item.Pointer && s.tok.kind == tokName && !s.atThread(), bracket, s.atThread(), s.tok.kind == tokSymReg:
		item.Place, err = s.place()
	case item.Pointer:
		err = s.errorf(s.tok.at, "expected a name after *, found %s", s.tok.describe())
	case len(words) > 0:
		last := words[len(words)-1]
		words = words[:len(words)-1]
		item.Place = Place{Pos: s.pos(last.at), Thread: -1, Name: last.val, Index: NoIndex}
	default:
		err = s.errorf(s.tok.at, "expected a location, a register or a type, found %s", s.tok.describe())
	}
	if err != nil {
		return item, err
	}
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = w.val
	}
	item.Type = strings.Join(names, " ")
	if s.tok.is("[") {
		if item.Place.Thread >= 0 || bracket {
			return item, s.errorf(s.tok.at, "%s cannot be an array", item.Place)
		}
		if err := s.next(); err != nil {
			return item, err
		}
		n, ok := parseInteger(s.tok.val)
		if s.tok.kind != tokNumber || !ok || n < 1 || n > maxArray {
			return item, s.errorf(s.tok.at, "expected a number of elements from 1 to %d, found %s", maxArray, s.tok.describe())
		}
		if item.Type == "" && !item.Pointer {
			return item, s.errorf(s.tok.at, "element %d of %s cannot have an initial value of its own: declare the array, as in int %s[2]={0,1}",
				n, item.Place.Name, item.Place.Name)
		}
		item.Array = int(n)
		if err := s.next(); err != nil {
			return item, err
		}
		if err := s.expect("]", "after the number of elements"); err != nil {
			return item, err
		}
	}
	if ok, err := s.accept("="); !ok || err != nil {
		return item, err
	}
	return item, s.initValue(&item)
}

// maxArray bounds the elements of an array: every element is a cell of the executions.
const maxArray = 1024

func (s *scanner) initValue(item *InitItem) error {
	at := s.tok.at
	if ok, err := s.accept("{"); err != nil {
		return err
	} else if ok {
		if item.Array == 0 {
			return s.errorf(at, "%s is not declared as an array", item.Place)
		}
		for {
			c, err := s.constant()
			if err != nil {
				return err
			}
			item.Values = append(item.Values, c)
			more, err := s.accept(",")
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		if len(item.Values) != item.Array {
			return s.errorf(at, "%s has %d elements, but %d initial values", item.Place.Name, item.Array, len(item.Values))
		}
		return s.expect("}", "after the array's values")
	}
	if item.Array > 0 {
		return s.errorf(at, "expected { and the values of %s's elements, found %s", item.Place.Name, s.tok.describe())
	}
	if s.tok.isName("ATOMIC_INIT") {
		if err := s.next(); err != nil {
			return err
		}
		if err := s.expect("(", "after ATOMIC_INIT"); err != nil {
			return err
		}
		c, err := s.constant()
		if err != nil {
			return err
		}
		item.Values = []Constant{c}
		return s.expect(")", "after ATOMIC_INIT's value")
	}
	c, err := s.constant()
	item.Values = []Constant{c}
	return err
}

// atThread reports whether the cursor is on the thread of THREAD:REGISTER.
func (s *scanner) atThread() bool {
	switch s.tok.kind {
	case tokNumber:
		return s.peek().is(":")
	case tokName:
		_, ok := threadName(s.tok.val)
		return ok && s.peek().is(":")
	}
	return false
}

// threadName reads P<n>.
func threadName(s string) (int, bool) {
	if len(s) < 2 || s[0] != 'P' || !isDigit(s[1]) {
		return 0, false
	}
	n, err := strconv.Atoi(s[1:])
	return n, err == nil && n < maxThreads
}

// maxThreads bounds thread numbers.
const maxThreads = 1000

// threadNumber reads the thread of THREAD:…, up to and with the colon.
func (s *scanner) threadNumber() (int, error) {
	n, ok := threadName(s.tok.val)
	if s.tok.kind == tokNumber {
		var err error
		n, err = strconv.Atoi(s.tok.val)
		ok = err == nil && n >= 0 && n < maxThreads
	}
	if !ok {
		return 0, s.errorf(s.tok.at, "expected a thread number, found %s", s.tok.describe())
	}
	if err := s.next(); err != nil {
		return 0, err
	}
	return n, s.next()
}

// place parses a register, a symbolic register, x or [x].
func (s *scanner) place() (Place, error) {
	p := Place{Pos: s.pos(s.tok.at), Thread: -1, Index: NoIndex}
	switch {
	case s.atThread():
		var err error
		if p.Thread, err = s.threadNumber(); err != nil {
			return p, err
		}
		switch s.tok.kind {
		case tokName:
			p.Name = s.tok.val
		case tokSymReg:
			p.Name = "%" + s.tok.val
		default:
			return p, s.errorf(s.tok.at, "expected a register of P%d, found %s", p.Thread, s.tok.describe())
		}
		return p, s.next()
	case s.tok.kind == tokSymReg:
		p.Name = "%" + s.tok.val
		return p, s.next()
	case s.tok.is("["):
		if err := s.next(); err != nil {
			return p, err
		}
		name := s.tok
		if name.kind != tokName {
			return p, s.errorf(name.at, "expected a location after [, found %s", name.describe())
		}
		p.Name = name.val
		if err := s.next(); err != nil {
			return p, err
		}
		if s.tok.is("(") || s.tok.is(":") {
			return p, s.refuseConstruct(name)
		}
		return p, s.expect("]", "after the location "+p.Name)
	case s.tok.kind == tokName:
		name := s.tok
		p.Name = name.val
		if err := s.next(); err != nil {
			return p, err
		}
		if s.tok.is("(") || s.tok.is(":") {
			return p, s.refuseConstruct(name)
		}
		return p, nil
	}
	return p, s.errorf(s.tok.at, "expected a location or a register, found %s", s.tok.describe())
}

// refuseConstruct is the error for NAME( and NAME: where a location should be.
func (s *scanner) refuseConstruct(name token) error {
	if s.tok.is(":") {
		return s.errorf(name.at, "%s:…: memory tags and capabilities are not supported", name.val)
	}
	switch name.val {
	case "PTE", "TTD", "PA":
		return s.errorf(name.at, "%s(…): virtual memory is not supported", name.val)
	case "fault", "Fault":
		return s.errorf(name.at, "%s(…): faults, of virtual memory or tags, are not supported", name.val)
	case "tag", "TAG":
		return s.errorf(name.at, "%s(…): memory tags are not supported", name.val)
	}
	return s.errorf(name.at, "expected a location, found %s(", name.val)
}

// constant parses a value.
func (s *scanner) constant() (Constant, error) {
	c := Constant{Pos: s.pos(s.tok.at), Index: NoIndex}
	tok := s.tok
	switch {
	case s.atThread():
		var err error
		if c.Thread, err = s.threadNumber(); err != nil {
			return c, err
		}
		if s.tok.kind == tokNumber {
			return c, s.errorf(tok.at, "%s:%s: capabilities are not supported", tok.val, s.tok.val)
		}
		if s.tok.kind != tokName {
			return c, s.errorf(s.tok.at, "expected a label of P%d, found %s", c.Thread, s.tok.describe())
		}
		c.Kind, c.Name = LabelAddress, s.tok.val
		return c, s.next()
	case tok.kind == tokNumber, tok.kind == tokQuoted:
		n, ok := parseInteger(strings.TrimSpace(tok.val))
		if !ok {
			return c, s.errorf(tok.at, "the number %s does not fit 64 bits", tok.val)
		}
		c.Int = n
		return c, s.next()
	case tok.kind == tokInstr:
		c.Kind, c.Name = InstructionText, strings.Join(strings.Fields(tok.val), " ")
		return c, s.next()
	case tok.isName("NOP"), tok.isName("nop"):
		c.Kind, c.Name = InstructionText, "NOP"
		return c, s.next()
	case tok.kind == tokLabel:
		thread, name, ok := strings.Cut(tok.val, ":")
		n, isNumber := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(thread), "P"))
		if name = strings.TrimSpace(name); !ok || isNumber != nil || n < 0 || n >= maxThreads || nameLen([]byte(name)) != len(name) || name == "" {
			return c, s.errorf(tok.at, "expected label:\"THREAD:NAME\", found %s", tok.describe())
		}
		c.Kind, c.Thread, c.Name = LabelAddress, n, name
		return c, s.next()
	case tok.is("("):
		return c, s.errorf(tok.at, "expected a value, found (: page table entries (virtual memory) are not supported")
	case tok.is(":"):
		return c, s.errorf(tok.at, "expected a value, found :, memory tags are not supported")
	case tok.is("&"):
		if err := s.next(); err != nil {
			return c, err
		}
		if s.tok.kind != tokName {
			return c, s.errorf(s.tok.at, "expected a location after &, found %s", s.tok.describe())
		}
	case tok.kind != tokName:
		return c, s.errorf(tok.at, "expected a value, found %s", tok.describe())
	}
	name := s.tok
	c.Kind, c.Name = Address, name.val
	if err := s.next(); err != nil {
		return c, err
	}
	switch {
	case s.tok.is("("), s.tok.is(":"):
		return c, s.refuseConstruct(name)
	case s.tok.is("["):
		if err := s.next(); err != nil {
			return c, err
		}
		i, err := s.index()
		c.Index = i
		return c, err
	}
	return c, nil
}

// index parses N], the bracket before it being passed.
func (s *scanner) index() (int, error) {
	n, ok := parseInteger(s.tok.val)
	if s.tok.kind != tokNumber || !ok || n < 0 || n >= maxArray {
		return 0, s.errorf(s.tok.at, "expected the number of an element, found %s", s.tok.describe())
	}
	if err := s.next(); err != nil {
		return 0, err
	}
	return int(n), s.expect("]", "after the number of the element")
}
