package x86

import (
	"slices"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// shape is the form of an instruction's operands.
type shape uint8

const (
	plain   shape = iota // none
	ignored              // any, of no effect
	jump                 // a label
	unary                // destination
	binary               // destination, source
	extend               // register, narrower source
	address              // register, memory
)

// operation is what an instruction does, whatever its operands.
type operation struct {
	shape    shape
	lockable bool // with a destination in memory
	fn       ir.Fn
	emit     func(*lowering) error
}

// conditions maps the spellings of condition codes to canonical ones.
var conditions = map[string]string{
	"e": "e", "z": "e", "ne": "ne", "nz": "ne",
	"l": "l", "lt": "l", "nge": "l", "ge": "ge", "nl": "ge",
	"le": "le", "ng": "le", "g": "g", "gt": "g", "nle": "g",
	"b": "b", "c": "b", "nae": "b", "ae": "ae", "nb": "ae", "nc": "ae",
	"be": "be", "na": "be", "a": "a", "nbe": "a",
	"s": "s", "ns": "ns", "o": "o", "no": "no",
}

// refused names what is known but outside the package's reach.
var refused = map[string]string{
	"movnti": "non-temporal stores", "movntdqa": "non-temporal loads", "movntdq": "non-temporal stores", "movnt": "non-temporal stores",
	"clflush": "cache maintenance", "clflushopt": "cache maintenance", "clwb": "cache maintenance",
	"push": "the stack", "pop": "the stack", "call": "calls", "leave": "the stack", "enter": "the stack",
	"movd": "vectors", "movdqa": "vectors", "movdqu": "vectors", "movaps": "vectors", "movups": "vectors",
	"movsd": "string instructions and vectors", "movss": "vectors", "rep": "string instructions", "movt": "MOVT",
	"cmpxchg8b": "accesses of two words", "cmpxchg16b": "accesses of two words",
	"int": "interrupts", "syscall": "system calls", "hlt": "halting",
	"xbegin": "transactions", "xend": "transactions", "xabort": "transactions",
	"jp": "the parity flag", "jnp": "the parity flag",
}

var suffixSize = map[string]uint8{"b": 1, "w": 2, "l": 4, "q": 8}

// parser reads one instruction.
type parser struct {
	*Dialect
	text string
	pos  source.Pos
}

func (p *parser) errorf(format string, args ...any) error {
	return source.Errorf(p.pos, format, args...)
}

func (p *parser) instruction() (*instruction, error) {
	in := &instruction{dialect: p.Dialect}
	name, rest := splitWord(p.text)
	if name == "lock" {
		in.lock = true
		name, rest = splitWord(strings.TrimLeft(rest, "; \t\r\n"))
	}
	if name == "" {
		return nil, p.errorf("expected an instruction, found %q", p.text)
	}
	if err := p.operation(in, name); err != nil {
		return nil, err
	}
	var err error
	switch in.op.shape {
	case jump:
		in.label = rest
		if !isIdentifier(rest) && !isDistance(rest) {
			return nil, p.errorf("%s: expected a label, found %q", name, rest)
		}
		return in, p.checkLock(in, name)
	case plain:
		if rest != "" {
			return nil, p.errorf("%s takes no operands, found %q", name, rest)
		}
		return in, p.checkLock(in, name)
	}
	if in.operands, err = p.operands(rest); err != nil {
		return nil, err
	}
	if in.op.shape == ignored {
		if len(in.operands) > 1 {
			return nil, p.errorf("%s takes one operand at most, found %d", name, len(in.operands))
		}
		return in, p.checkLock(in, name)
	}
	want := 2
	if in.op.shape == unary {
		want = 1
	}
	if len(in.operands) != want {
		return nil, p.errorf("%s takes %d operands, found %d", name, want, len(in.operands))
	}
	if err := p.check(in, name); err != nil {
		return nil, err
	}
	return in, p.checkLock(in, name)
}

// operation finds the operation that a mnemonic names, with its size suffix or condition code.
func (p *parser) operation(in *instruction, name string) error {
	if op, ok := operations[name]; ok {
		in.op, in.mnemonic = op, name
		return nil
	}
	for _, family := range []string{"cmov", "set", "j"} {
		code, ok := strings.CutPrefix(name, family)
		if !ok {
			continue
		}
		if family == "cmov" && conditions[code] == "" && code != "" && suffixSize[code[len(code)-1:]] != 0 {
			code, in.suffix = code[:len(code)-1], code[len(code)-1:]
		}
		if c := conditions[code]; c != "" {
			in.op, in.mnemonic, in.cond, in.size = conditional[family], family+code, c, suffixSize[in.suffix]
			return nil
		}
	}
	for _, family := range []string{"movz", "movs"} {
		widths, ok := strings.CutPrefix(name, family)
		if !ok || len(widths) != 2 {
			continue
		}
		in.from, in.size = suffixSize[widths[:1]], suffixSize[widths[1:]]
		if in.from != 0 && in.size > in.from && in.size <= p.word && (family == "movs" || in.from < 4) {
			in.op, in.mnemonic = operations[family+"x"], name
			return nil
		}
	}
	last := len(name) - 1
	if op, ok := operations[name[:last]]; ok && suffixSize[name[last:]] != 0 && op.shape != plain && op.shape != extend && op.shape != jump {
		in.op, in.mnemonic, in.suffix, in.size = op, name[:last], name[last:], suffixSize[name[last:]]
		if in.size > p.word {
			return p.errorf("%s: %s has no accesses of %d bytes", name, p.name, in.size)
		}
		return nil
	}
	bare := strings.TrimRight(name, "lq")
	for _, n := range []string{name, bare} {
		if what, ok := refused[n]; ok {
			return p.errorf("%s: %s not supported", name, what+map[bool]string{true: " are", false: " is"}[strings.HasSuffix(what, "s")])
		}
	}
	return p.errorf("unknown instruction %s", name)
}

// check completes the operands' sizes and refuses operands that the instruction cannot have.
func (p *parser) check(in *instruction, name string) error {
	if p.att && len(in.operands) == 2 {
		slices.Reverse(in.operands)
		// herd7 writes the memory operand of these first, assemblers last.
		swapped := in.operands[0].kind == register && in.operands[1].kind == memory && in.mnemonic == "cmpxchg" ||
			in.operands[0].kind == memory && in.operands[1].kind == register && in.cond != ""
		if swapped {
			slices.Reverse(in.operands)
		}
	}
	dst := &in.operands[0]
	if dst.kind == immediate {
		return p.errorf("%s: the destination cannot be the constant %s", name, dst.text(p.att))
	}
	if len(in.operands) == 2 && dst.kind == memory && in.operands[1].kind == memory {
		return p.errorf("%s: only one operand can be in memory", name)
	}
	switch {
	case in.op.shape == address:
		if dst.kind != register || in.operands[1].kind != memory {
			return p.errorf("%s: expected a register and a memory operand", name)
		}
	case in.op.shape == extend:
		if dst.kind != register || in.operands[1].kind == immediate {
			return p.errorf("%s: expected a register as the destination, and a register or memory operand", name)
		}
	case in.mnemonic == "xchg" || in.mnemonic == "uxch" || in.mnemonic == "xadd" || in.mnemonic == "cmpxchg":
		if in.operands[1].kind == immediate || in.mnemonic != "xchg" && in.mnemonic != "uxch" && in.operands[1].kind == memory {
			return p.errorf("%s: expected a register as the source", name)
		}
	case strings.HasPrefix(in.mnemonic, "cmov"):
		if dst.kind != register || in.operands[1].kind == immediate {
			return p.errorf("%s: expected a register as the destination, and a register or memory operand", name)
		}
	}
	if strings.HasPrefix(in.mnemonic, "set") {
		in.size = 1
		return nil
	}
	if in.op.shape == extend && in.from == 0 {
		in.from = 2
		if in.mnemonic == "movsxd" {
			in.from = 4
		}
		if src := in.operands[1]; src.kind == register && src.reg.size != 0 {
			in.from = src.reg.size
		} else if src.kind == memory && in.mnemonic != "movsxd" {
			in.from = 1
		}
	}
	for i := range in.operands {
		o := &in.operands[i]
		shift := i == 1 && isShift(in.mnemonic)
		if o.kind != register || o.reg.size == 0 || shift || i == 1 && in.op.shape == extend {
			continue
		}
		if in.size != 0 && in.size != o.reg.size {
			return p.errorf("%s: register %s is %d bytes wide, not %d", name, o.reg.text(p.att), o.reg.size, in.size)
		}
		in.size = o.reg.size
	}
	if in.size == 0 {
		in.size = 4
	}
	if isShift(in.mnemonic) {
		if src := in.operands[1]; src.kind == memory || src.kind == register && !strings.EqualFold(src.reg.name, "cl") {
			return p.errorf("%s: expected a constant or the register cl as the count", name)
		}
	}
	if src := in.operands[len(in.operands)-1]; in.op.shape == extend && src.kind == register && src.reg.size != 0 && src.reg.size != in.from {
		return p.errorf("%s: register %s is %d bytes wide, not %d", name, src.reg.text(p.att), src.reg.size, in.from)
	}
	if in.op.shape == extend && in.from >= in.size {
		return p.errorf("%s: the source is %d bytes wide, the destination %d", name, in.from, in.size)
	}
	return nil
}

func isShift(mnemonic string) bool {
	return mnemonic == "shl" || mnemonic == "sal" || mnemonic == "shr" || mnemonic == "sar"
}

func (p *parser) checkLock(in *instruction, name string) error {
	if in.lock && !(in.op.lockable && slices.ContainsFunc(in.operands, func(o operand) bool { return o.kind == memory }) &&
		(in.operands[0].kind == memory || in.mnemonic == "xchg")) {
		return p.errorf("lock %s: only a read-modify-write of memory can be locked", name)
	}
	return nil
}

// splitWord splits off the first word, in lower case.
func splitWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	n := 0
	for n < len(s) && (isLetter(s[n]) || s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return strings.ToLower(s[:n]), strings.TrimSpace(s[n:])
}

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.'
}

func isIdentifier(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}

// isDistance reports whether s is a jump's distance, .+4.
func isDistance(s string) bool {
	if len(s) < 3 || s[0] != '.' || s[1] != '+' && s[1] != '-' {
		return false
	}
	_, err := strconv.Atoi(s[1:])
	return err == nil
}

// operands parses a list of operands, in the order of the text.
func (p *parser) operands(s string) ([]operand, error) {
	if s == "" {
		return nil, nil
	}
	var list []operand
	depth, from := 0, 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || s[i] == ',' && depth == 0:
			o, err := p.operand(strings.TrimSpace(s[from:i]))
			if err != nil {
				return nil, err
			}
			list = append(list, o)
			from = i + 1
		case s[i] == '(' || s[i] == '[':
			depth++
		case s[i] == ')' || s[i] == ']':
			depth--
		}
	}
	return list, nil
}

func (p *parser) operand(s string) (operand, error) {
	bad := func() (operand, error) { return operand{}, p.errorf("%q is not an operand of %s", s, p.name) }
	if v, ok := p.view(s); ok {
		return operand{kind: register, reg: v}, nil
	}
	if body, ok := strings.CutPrefix(s, "$"); ok {
		symbol, disp, ok := displacement(strings.TrimSpace(body))
		if !ok {
			return bad()
		}
		return operand{kind: immediate, symbol: symbol, disp: disp}, nil
	}
	if n, ok := source.Integer(s); ok {
		return operand{kind: immediate, disp: n}, nil
	}
	o := operand{kind: memory}
	rest := s
	if strings.HasPrefix(rest, "%") {
		segment, after, ok := strings.Cut(rest, ":")
		segment = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(segment, "%")))
		if !ok || !segments[segment] {
			if isIdentifier(segment) {
				return operand{}, p.errorf("unknown register %s", s)
			}
			return bad()
		}
		o.segment, rest = segment, strings.TrimSpace(after)
	}
	open := strings.IndexAny(rest, "([")
	if open < 0 {
		if isIdentifier(s) {
			written := map[bool]string{true: "(" + s + ")", false: "[" + s + "]"}[p.att]
			return operand{}, p.errorf("%s is not a register of %s: a location is written %s", s, p.name, written)
		}
		return bad()
	}
	closing := map[byte]string{'(': ")", '[': "]"}[rest[open]]
	body, ok := strings.CutSuffix(rest[open+1:], closing)
	if !ok || strings.ContainsAny(body, "()[]") {
		return bad()
	}
	if before := strings.TrimSpace(rest[:open]); before != "" {
		if o.symbol, o.disp, ok = displacement(before); !ok {
			return bad()
		}
		if _, isRegister := p.view(o.symbol); isRegister {
			return bad()
		}
	}
	if strings.Contains(body, ",") {
		return p.scaled(o, body, s)
	}
	return p.sum(o, body, s)
}

// scaled completes a memory operand with BASE,INDEX,SCALE.
func (p *parser) scaled(o operand, body, s string) (operand, error) {
	bad := func() (operand, error) { return operand{}, p.errorf("%q is not an operand of %s", s, p.name) }
	parts := strings.Split(body, ",")
	if len(parts) > 3 {
		return bad()
	}
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if i == 2 {
			n, ok := source.Integer(part)
			if !ok || n < 0 || n > 8 {
				return bad()
			}
			o.scale = n
			continue
		}
		if i == 0 && part == "" {
			continue
		}
		v, ok := p.view(part)
		if !ok {
			return bad()
		}
		if i == 0 {
			o.base = &v
		} else {
			o.index, o.scale = &v, 1
		}
	}
	return o, nil
}

// sum completes a memory operand with what stands between its brackets: a sum of a location, registers and constants.
func (p *parser) sum(o operand, body, s string) (operand, error) {
	bad := func() (operand, error) { return operand{}, p.errorf("%q is not an operand of %s", s, p.name) }
	if strings.TrimSpace(body) == "" {
		return bad()
	}
	for _, term := range terms(body) {
		negative := strings.HasPrefix(term, "-")
		bare := strings.TrimSpace(strings.TrimLeft(term, "+-"))
		if n, ok := source.Integer(bare); ok {
			if negative {
				n = -n
			}
			o.disp += n
			continue
		}
		if negative {
			return bad()
		}
		name, factor, times := strings.Cut(bare, "*")
		if v, ok := p.view(strings.TrimSpace(name)); ok {
			scale := int64(1)
			if times {
				if scale, ok = source.Integer(strings.TrimSpace(factor)); !ok || scale < 0 || scale > 8 {
					return bad()
				}
			}
			switch {
			case o.base == nil && !times:
				o.base = &v
			case o.index == nil:
				o.index, o.scale = &v, scale
			default:
				return bad()
			}
			continue
		}
		if p.att && strings.EqualFold(bare, "%rip") && o.base == nil && o.symbol != "" {
			continue // the address is the symbol's own
		}
		if times || !isIdentifier(bare) || o.symbol != "" {
			if strings.HasPrefix(bare, "%") {
				return operand{}, p.errorf("unknown register %s", bare)
			}
			return bad()
		}
		o.symbol = bare
	}
	return o, nil
}

// terms splits a sum, each term with its sign.
func terms(s string) []string {
	var list []string
	from := 0
	for i := 1; i <= len(s); i++ {
		if i == len(s) || s[i] == '+' || s[i] == '-' {
			if t := strings.TrimSpace(s[from:i]); t != "" {
				list = append(list, t)
			}
			from = i
		}
	}
	return list
}

// displacement parses a number, or SYMBOL, or SYMBOL+NUMBER.
func displacement(s string) (symbol string, disp int64, ok bool) {
	if n, ok := source.Integer(s); ok {
		return "", n, true
	}
	at := strings.IndexAny(s, "+-")
	if at < 0 {
		return s, 0, isIdentifier(s)
	}
	symbol = strings.TrimSpace(s[:at])
	disp, ok = source.Integer(strings.TrimPrefix(s[at:], "+"))
	return symbol, disp, ok && isIdentifier(symbol)
}
