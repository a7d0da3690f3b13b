package aarch64

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// Parse reads one instruction.
func (dialect) Parse(text string, pos source.Pos) (ir.Node, error) {
	in, err := parse(text, pos)
	if err != nil {
		return nil, err
	}
	return in, nil
}

// field is an operand's text.
type field struct {
	text string
	pos  source.Pos
}

func parse(text string, pos source.Pos) (*Instruction, error) {
	trimmed := strings.TrimLeft(text, " \t")
	pos = pos.Shift(len(text) - len(trimmed))
	text = strings.TrimRight(trimmed, " \t\r\n")
	if text == "" {
		return nil, source.Errorf(pos, "expected an instruction")
	}
	end := strings.IndexAny(text, " \t")
	if end < 0 {
		end = len(text)
	}
	mnemonic := strings.ToUpper(text[:end])
	if name, ok := aliases[mnemonic]; ok {
		mnemonic = name
	}
	fields, err := split(text[end:], pos.Shift(end))
	if err != nil {
		return nil, err
	}
	f, ok := forms[mnemonic]
	if !ok {
		return nil, unsupported(mnemonic, fields, pos)
	}
	p := &parser{in: &Instruction{mnemonic: mnemonic, form: f}, fields: fields, end: pos.Shift(len(text))}
	if err := p.operands(); err != nil {
		return nil, err
	}
	return p.in, nil
}

// split cuts an operand list at its commas, those in brackets apart.
func split(text string, pos source.Pos) ([]field, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var fields []field
	depth, from := 0, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) {
			switch text[i] {
			case '[', '{':
				depth++
			case ']', '}':
				depth--
				if depth < 0 {
					return nil, source.Errorf(pos.Shift(i), "%q without its opening bracket", text[i])
				}
			}
			if text[i] != ',' || depth > 0 {
				continue
			}
		}
		fields = append(fields, trim(text[from:i], pos.Shift(from)))
		from = i + 1
	}
	if depth > 0 {
		return nil, source.Errorf(pos.Shift(len(text)), "expected the closing bracket")
	}
	return fields, nil
}

func trim(text string, pos source.Pos) field {
	left := strings.TrimLeft(text, " \t\r\n")
	return field{strings.TrimRight(left, " \t\r\n"), pos.Shift(len(text) - len(left))}
}

// parser matches the fields of an instruction against its form.
type parser struct {
	in     *Instruction
	fields []field
	next   int
	size   uint8 // of the instruction's registers; 0 before the first
	end    source.Pos
}

func (p *parser) operands() error {
	for _, c := range p.in.form.operands {
		if p.next == len(p.fields) {
			if c.optional {
				break
			}
			return source.Errorf(p.end, "%s: expected %s after this", p.in.mnemonic, expected[c.kind])
		}
		f := p.fields[p.next]
		p.next++
		o, err := p.operand(c.kind, f)
		if err != nil {
			return err
		}
		p.in.operands = append(p.in.operands, o)
	}
	if p.next < len(p.fields) {
		f := p.fields[p.next]
		return source.Errorf(f.pos, "%s: %q is one operand too many", p.in.mnemonic, f.text)
	}
	return nil
}

// expected says of each kind what was expected when it is not there.
var expected = map[kind]string{
	general:      "a register, such as X0 or W0",
	wide:         "an X register",
	narrow:       "a W register",
	flexible:     "a register or an immediate",
	modifying:    "a shift or an extension, such as LSL #2 or SXTW",
	shifting:     "LSL and its amount",
	constant:     "an immediate, such as #1",
	based:        "an address without offset, such as [X0]",
	addressed:    "an address, such as [X0], [X0,#8] or [X0,W1,SXTW]",
	located:      "an address, such as [X0] or [X0,#8], or a label",
	paired:       "an address with an immediate offset, such as [X0,#8]",
	labelled:     "a label, or a distance such as .+8",
	conditional:  "a condition, such as EQ",
	barrierScope: "a barrier option: " + strings.Join(barrierOptions, ", "),
	systemNamed:  "a system register that is supported: NZCV",
	hinting:      "an operand",
}

func (p *parser) wrong(k kind, f field) error {
	if isVector(f.text) {
		return source.Errorf(f.pos, "vector register %s: vector instructions are not supported", f.text)
	}
	if isCapability(f.text) {
		return source.Errorf(f.pos, "capability register %s: capability instructions are not supported", f.text)
	}
	return source.Errorf(f.pos, "%s: expected %s, found %q", p.in.mnemonic, expected[k], f.text)
}

func (p *parser) operand(k kind, f field) (operand, error) {
	switch k {
	case general, wide, narrow:
		r, ok := parseRegister(f.text)
		if !ok {
			return nil, p.wrong(k, f)
		}
		return r, p.width(k, r, f)
	case flexible:
		if n, ok := parseImmediate(f.text); ok {
			return n, nil
		}
		r, ok := parseRegister(f.text)
		if !ok {
			return nil, p.wrong(k, f)
		}
		return r, p.width(k, r, f)
	case modifying, shifting:
		return p.modifier(k, f)
	case constant:
		if n, ok := parseImmediate(f.text); ok {
			return n, nil
		}
	case based, addressed, paired, located:
		if !strings.HasPrefix(f.text, "[") && k == located {
			return p.operand(labelled, f)
		}
		return p.address(k, f)
	case labelled:
		if t, ok := parseTarget(f.text); ok {
			return t, nil
		}
	case conditional:
		if c, ok := parseCondition(f.text); ok {
			return c, nil
		}
	case barrierScope:
		if o := strings.ToUpper(f.text); slices.Contains(barrierOptions, o) {
			return option(o), nil
		}
	case systemNamed:
		if s, ok := parseSystemRegister(f.text); ok {
			return s, nil
		}
		return nil, source.Errorf(f.pos, "%s: system register %s is not supported (NZCV is)", p.in.mnemonic, f.text)
	case hinting:
		if f.text != "" {
			return option(strings.ToUpper(f.text)), nil
		}
	}
	return nil, p.wrong(k, f)
}

// width holds a register's width against what its place asks for.
func (p *parser) width(k kind, r register, f field) error {
	want := p.size
	switch k {
	case wide:
		want = 8
	case narrow:
		want = 4
	case general:
		if p.size == 0 {
			p.size, want = r.size, r.size
		}
	case flexible:
		// A W register may stand here too if an extension follows.
		if r.size == 4 && p.size == 8 && p.next < len(p.fields) {
			return nil
		}
	}
	if r.size == want {
		return nil
	}
	return source.Errorf(f.pos, "%s: %s is %d bits wide where %d are expected", p.in.mnemonic, f.text, 8*r.size, 8*want)
}

var number = regexp.MustCompile(`^#?\s*([+-]?)\s*(0[xX][0-9a-fA-F]+|[0-9]+)$`)

// parseImmediate reads an immediate, with or without "#", in decimal or
// hexadecimal, of at most 64 bits.
func parseImmediate(text string) (immediate, bool) {
	m := number.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	digits, base := m[2], 10
	if len(digits) > 2 && (digits[1] == 'x' || digits[1] == 'X') {
		digits, base = digits[2:], 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return 0, false
	}
	if m[1] == "-" {
		n = -n
	}
	return immediate(n), true
}

var modifierText = regexp.MustCompile(`^([A-Za-z]+)\s*(.*)$`)

// parseModifier reads a shift or an extension.
func parseModifier(text string) (modifier, bool) {
	m := modifierText.FindStringSubmatch(text)
	if m == nil {
		return modifier{}, false
	}
	mod := modifier{name: strings.ToUpper(m[1])}
	_, extends := extensions[mod.name]
	_, shifts := shiftFunctions[mod.name]
	if !extends && !shifts {
		return modifier{}, false
	}
	if m[2] == "" {
		return mod, extends
	}
	n, ok := parseImmediate(m[2])
	mod.amount = int64(n)
	return mod, ok
}

func (p *parser) modifier(k kind, f field) (operand, error) {
	m, ok := parseModifier(f.text)
	if !ok || k == shifting && m.name != "LSL" {
		return nil, p.wrong(k, f)
	}
	before := p.in.operands[len(p.in.operands)-1]
	limit := 8 * int64(p.size)
	r, isRegister := before.(register)
	if _, extends := extensions[m.name]; extends {
		limit = 5
		if !isRegister {
			return nil, source.Errorf(f.pos, "%s: %s extends a register, not an immediate", p.in.mnemonic, m.name)
		}
	} else if isRegister && r.size != p.size {
		return nil, source.Errorf(f.pos, "%s: %s needs an extension, such as SXTW, found %s", p.in.mnemonic, r, m.name)
	}
	if m.amount < 0 || m.amount >= limit {
		return nil, source.Errorf(f.pos, "%s: %s by %d: expected less than %d", p.in.mnemonic, m.name, m.amount, limit)
	}
	return m, nil
}

var (
	distance = regexp.MustCompile(`^\.\s*([+-])\s*([0-9]+)$`)
	label    = regexp.MustCompile(`^[A-Za-z_.$][A-Za-z0-9_/.$]*$`)
)

// parseTarget reads a label or a distance.
func parseTarget(text string) (target, bool) {
	if m := distance.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[2])
		if err != nil || n > 1<<27 {
			return target{}, false
		}
		if m[1] == "-" {
			n = -n
		}
		return target{relative: true, offset: n}, true
	}
	return target{label: text}, label.MatchString(text)
}
