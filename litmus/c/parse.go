package c

import (
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// Limits that no written test comes near: they keep recursion within the stack.
const (
	maxDepth  = 1000
	maxTokens = 1 << 16
)

// Parse reads the functions that src starts with, P0 (…) { … } and on. pos is
// the position of src. rest is the byte offset of what follows the last one,
// comments skipped: the condition and its kin.
func Parse(src string, pos source.Pos) (fns []*Function, rest int, err error) {
	p := &parser{scanner: scanner{src: src, pos: pos}}
	for {
		if err := p.space(true); err != nil {
			return nil, p.off, err
		}
		if !startsFunction(p.src[p.off:]) {
			if len(fns) == 0 {
				return nil, p.off, source.Errorf(p.pos, "expected a thread: P0 (…) { … }")
			}
			return fns, p.off, nil
		}
		fn, err := p.function()
		if err != nil {
			return nil, p.off, err
		}
		fns = append(fns, fn)
	}
}

// isThread reports whether name is P and digits.
func isThread(name string) bool {
	return len(name) > 1 && name[0] == 'P' && strings.Trim(name[1:], "0123456789") == ""
}

func startsFunction(src string) bool {
	first := src[:word(src)]
	return isThread(first) || first == "void"
}

type parser struct {
	scanner
	tok, ahead token
	hasAhead   bool
	count      int // tokens read
	depth      int
}

// advance makes the next token the current one.
func (p *parser) advance() error {
	if p.hasAhead {
		p.tok, p.hasAhead = p.ahead, false
		return nil
	}
	t, err := p.read()
	p.tok = t
	return err
}

func (p *parser) read() (token, error) {
	p.count++
	if p.count > maxTokens {
		return token{}, source.Errorf(p.pos, "the threads are longer than %d tokens", maxTokens)
	}
	return p.scanner.next()
}

// peek returns the token after the current one.
func (p *parser) peek() (token, error) {
	if !p.hasAhead {
		t, err := p.read()
		if err != nil {
			return t, err
		}
		p.ahead, p.hasAhead = t, true
	}
	return p.ahead, nil
}

func (p *parser) is(text string) bool {
	return p.tok.text == text && (p.tok.kind == punct || p.tok.kind == ident)
}

// accept takes the token text if it comes next.
func (p *parser) accept(text string) (bool, error) {
	if !p.is(text) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) expect(text, where string) error {
	if !p.is(text) {
		return source.Errorf(p.tok.pos, "unexpected %s: expected %s %s", p.tok.describe(), text, where)
	}
	return p.advance()
}

func (p *parser) name(what string) (string, source.Pos, error) {
	t := p.tok
	if t.kind != ident || isType(t.text) || keywords[t.text] {
		return "", t.pos, source.Errorf(t.pos, "unexpected %s: expected %s", t.describe(), what)
	}
	return t.text, t.pos, p.advance()
}

func (p *parser) enter() error {
	p.depth++
	if p.depth > maxDepth {
		return source.Errorf(p.tok.pos, "nested more than %d deep", maxDepth)
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) function() (*Function, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if _, err := p.accept("void"); err != nil {
		return nil, err
	}
	fn := &Function{Pos: p.tok.pos, Name: p.tok.text}
	if p.tok.kind != ident || !isThread(fn.Name) {
		return nil, source.Errorf(p.tok.pos, "unexpected %s: expected the name of a thread, P0 or P1 and on", p.tok.describe())
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.params(fn); err != nil {
		return nil, err
	}
	if !p.is("{") {
		return nil, source.Errorf(p.tok.pos, "unexpected %s: expected { before the body of %s", p.tok.describe(), fn.Name)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	for !p.is("}") {
		if p.tok.kind == eof {
			return nil, source.Errorf(p.tok.pos, "the text ends within %s: expected }", fn.Name)
		}
		list, err := p.statement()
		if err != nil {
			return nil, err
		}
		fn.Body = append(fn.Body, list...)
	}
	// What follows the brace is read by other rules: it stays unscanned.
	p.scanner.off, p.scanner.pos = p.tok.end, p.tok.pos.Shift(1)
	p.tok = token{}
	return fn, nil
}

func (p *parser) params(fn *Function) error {
	if err := p.expect("(", "before the parameters of "+fn.Name); err != nil {
		return err
	}
	if p.is("void") {
		t, err := p.peek()
		if err != nil {
			return err
		}
		if t.text == ")" {
			if err := p.advance(); err != nil {
				return err
			}
		}
	}
	for !p.is(")") {
		if len(fn.Params) > 0 {
			if err := p.expect(",", "between parameters"); err != nil {
				return err
			}
		}
		t, err := p.typeName("a parameter's type")
		if err != nil {
			return err
		}
		name, pos, err := p.name("a parameter's name")
		if err != nil {
			return err
		}
		if p.is("[") {
			if t, err = p.arrayOf(t); err != nil {
				return err
			}
		}
		if t.Elem == nil {
			return source.Errorf(pos, "parameter %s has type %s: expected a pointer, the address of a shared location", name, t)
		}
		for _, q := range fn.Params {
			if q.Name == name {
				return source.Errorf(pos, "%s has two parameters %s", fn.Name, name)
			}
		}
		fn.Params = append(fn.Params, Param{Pos: pos, Name: name, Type: t})
	}
	return p.advance()
}

// arrayOf reads the [n] of a parameter, whose type it turns into a pointer.
func (p *parser) arrayOf(t *Type) (*Type, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == number {
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	return &Type{Elem: t}, p.expect("]", "after the length of an array parameter")
}

var keywords = map[string]bool{
	"if": true, "else": true, "while": true, "do": true, "for": true, "break": true, "continue": true,
	"goto": true, "return": true, "sizeof": true, "switch": true, "case": true, "default": true,
	"struct": true, "union": true, "enum": true, "typedef": true, "static": true, "extern": true, "asm": true,
}

// statement reads one statement; it is none for ";", several for a declaration
// of several names or a label.
func (p *parser) statement() ([]Stmt, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	t := p.tok
	if t.kind == ident {
		switch t.text {
		case "if":
			return p.ifStatement()
		case "while":
			cond, err := p.condition("while")
			if err != nil {
				return nil, err
			}
			body, err := p.body()
			return []Stmt{&While{Cond: cond, Body: body}}, err
		case "do":
			return p.doStatement()
		case "for":
			return p.forStatement()
		case "break", "continue", "goto", "return":
			return p.jump()
		case "switch", "case", "default", "asm":
			return nil, source.Errorf(t.pos, "%s is not supported", t.text)
		}
		if isType(t.text) || refusedType(t.text) {
			return p.declaration()
		}
		after, err := p.peek()
		if err != nil {
			return nil, err
		}
		if after.kind == punct && after.text == ":" {
			return p.label()
		}
	}
	if p.is("{") {
		body, err := p.block()
		return []Stmt{&Block{Body: body}}, err
	}
	if ok, err := p.accept(";"); ok || err != nil {
		return nil, err
	}
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	return []Stmt{&ExprStmt{X: x}}, p.expect(";", "after the expression")
}

func (p *parser) block() ([]Stmt, error) {
	open := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	var body []Stmt
	for !p.is("}") {
		if p.tok.kind == eof {
			return nil, source.Errorf(open.pos, "block is not closed: expected }")
		}
		list, err := p.statement()
		if err != nil {
			return nil, err
		}
		body = append(body, list...)
	}
	return body, p.advance()
}

// body reads the statement that an if or a loop governs, as a list.
func (p *parser) body() ([]Stmt, error) {
	list, err := p.statement()
	if err == nil && len(list) == 1 {
		if b, ok := list[0].(*Block); ok {
			return b.Body, nil
		}
	}
	return list, err
}

// condition reads keyword ( Expr ).
func (p *parser) condition(keyword string) (Expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect("(", "after "+keyword); err != nil {
		return nil, err
	}
	x, err := p.expr()
	if err != nil {
		return nil, err
	}
	return x, p.expect(")", "after the condition of "+keyword)
}

func (p *parser) ifStatement() ([]Stmt, error) {
	cond, err := p.condition("if")
	if err != nil {
		return nil, err
	}
	s := &If{Cond: cond}
	if s.Then, err = p.body(); err != nil {
		return nil, err
	}
	if ok, err := p.accept("else"); !ok || err != nil {
		return []Stmt{s}, err
	}
	s.Else, err = p.body()
	return []Stmt{s}, err
}

func (p *parser) doStatement() ([]Stmt, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	body, err := p.body()
	if err != nil {
		return nil, err
	}
	if !p.is("while") {
		return nil, source.Errorf(p.tok.pos, "unexpected %s: expected while after the body of do", p.tok.describe())
	}
	cond, err := p.condition("while")
	if err != nil {
		return nil, err
	}
	return []Stmt{&DoWhile{Body: body, Cond: cond}}, p.expect(";", "after do … while (…)")
}

func (p *parser) forStatement() ([]Stmt, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect("(", "after for"); err != nil {
		return nil, err
	}
	s := &For{}
	var before []Stmt
	switch {
	case p.tok.kind == ident && (isType(p.tok.text) || refusedType(p.tok.text)):
		list, err := p.declaration()
		if err != nil {
			return nil, err
		}
		if len(list) == 1 {
			s.Init = list[0]
		} else {
			before = list
		}
	case p.is(";"):
		if err := p.advance(); err != nil {
			return nil, err
		}
	default:
		x, err := p.expr()
		if err != nil {
			return nil, err
		}
		s.Init = &ExprStmt{X: x}
		if err := p.expect(";", "after the first part of for"); err != nil {
			return nil, err
		}
	}
	var err error
	if !p.is(";") {
		if s.Cond, err = p.expr(); err != nil {
			return nil, err
		}
	}
	if err := p.expect(";", "after the condition of for"); err != nil {
		return nil, err
	}
	if !p.is(")") {
		if s.Post, err = p.expr(); err != nil {
			return nil, err
		}
	}
	if err := p.expect(")", "after the last part of for"); err != nil {
		return nil, err
	}
	if s.Body, err = p.body(); err != nil {
		return nil, err
	}
	if before != nil {
		return []Stmt{&Block{Body: append(before, s)}}, nil
	}
	return []Stmt{s}, nil
}

func (p *parser) jump() ([]Stmt, error) {
	s := &Jump{Pos: p.tok.pos, Keyword: p.tok.text}
	if err := p.advance(); err != nil {
		return nil, err
	}
	var err error
	switch {
	case s.Keyword == "goto":
		if s.Label, _, err = p.name("a label after goto"); err != nil {
			return nil, err
		}
	case s.Keyword == "return" && !p.is(";"):
		if s.X, err = p.expr(); err != nil {
			return nil, err
		}
	}
	return []Stmt{s}, p.expect(";", "after "+s.Keyword)
}

func (p *parser) label() ([]Stmt, error) {
	name, pos, err := p.name("a label")
	if err != nil {
		return nil, err
	}
	if err := p.expect(":", "after a label"); err != nil {
		return nil, err
	}
	list := []Stmt{&Label{Pos: pos, Name: name}}
	if p.is("}") { // C23 lets a label end a block
		return list, nil
	}
	next, err := p.statement()
	return append(list, next...), err
}

func (p *parser) declaration() ([]Stmt, error) {
	base, err := p.baseType("a type")
	if err != nil {
		return nil, err
	}
	var list []Stmt
	for {
		t, err := p.pointers(base)
		if err != nil {
			return nil, err
		}
		name, pos, err := p.name("the name of a local")
		if err != nil {
			return nil, err
		}
		if p.is("[") || p.is("(") {
			return nil, source.Errorf(p.tok.pos, "local %s is an array or a function, which is not supported: expected an integer or a pointer", name)
		}
		if t.isVoid() {
			return nil, source.Errorf(pos, "local %s has type void: expected an integer or a pointer type", name)
		}
		d := &Decl{Pos: pos, Type: t, Name: name}
		list = append(list, d)
		if ok, err := p.accept("="); err != nil {
			return nil, err
		} else if ok {
			if d.Init, err = p.assign(); err != nil {
				return nil, err
			}
		}
		if p.is(";") {
			return list, p.advance()
		}
		if err := p.expect(",", "or ; after the declaration of "+name); err != nil {
			return nil, err
		}
	}
}

// Binary operators by strength, loosest first.
var precedence = map[string]int{
	",": 1, "=": 2, "?": 3, "||": 4, "&&": 5, "|": 6, "^": 7, "&": 8, "==": 9, "!=": 9,
	"<": 10, ">": 10, "<=": 10, ">=": 10, "<<": 11, ">>": 11, "+": 12, "-": 12, "*": 13, "/": 13, "%": 13,
}

const (
	commaStrength   = 1
	assignStrength  = 2
	condStrength    = 3
	orStrength      = 4
	unaryStrength   = 14
	postfixStrength = 15
)

func (p *parser) expr() (Expr, error) {
	x, err := p.assign()
	for err == nil && p.is(",") {
		op := p.tok
		if err = p.advance(); err != nil {
			break
		}
		var y Expr
		y, err = p.assign()
		x = &Binary{Pos: op.pos, Op: ",", X: x, Y: y}
	}
	return x, err
}

func isAssignOp(t token) bool {
	if t.kind != punct || !strings.HasSuffix(t.text, "=") {
		return false
	}
	_, comparison := precedence[t.text]
	return !comparison || t.text == "="
}

func (p *parser) assign() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	x, err := p.cond()
	if err != nil || !isAssignOp(p.tok) {
		return x, err
	}
	op := p.tok
	if !isLvalue(x) {
		return nil, source.Errorf(op.pos, "cannot assign to %s: expected a local, *address or array[index]", exprString(x))
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	y, err := p.assign()
	return &Assign{Pos: op.pos, Op: strings.TrimSuffix(op.text, "="), X: x, Y: y}, err
}

func isLvalue(x Expr) bool {
	switch x := x.(type) {
	case *Ident, *Index:
		return true
	case *Unary:
		return x.Op == "*"
	}
	return false
}

func (p *parser) cond() (Expr, error) {
	x, err := p.binary(orStrength)
	if err != nil || !p.is("?") {
		return x, err
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	s := &Cond{Pos: p.tok.pos, If: x}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if s.Then, err = p.expr(); err != nil {
		return nil, err
	}
	if err := p.expect(":", "in a conditional expression"); err != nil {
		return nil, err
	}
	s.Else, err = p.cond()
	return s, err
}

// binary reads operators that bind at least as tightly as strength.
func (p *parser) binary(strength int) (Expr, error) {
	x, err := p.unary()
	for err == nil {
		op := p.tok
		s := precedence[op.text]
		if op.kind != punct || s < strength || s < orStrength {
			break
		}
		if err = p.advance(); err != nil {
			break
		}
		var y Expr
		y, err = p.binary(s + 1)
		x = &Binary{Pos: op.pos, Op: op.text, X: x, Y: y}
	}
	return x, err
}

func (p *parser) unary() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	op := p.tok
	switch {
	case op.kind == punct && slices.Contains([]string{"-", "+", "!", "~", "*", "&", "++", "--"}, op.text):
		if err := p.advance(); err != nil {
			return nil, err
		}
		x, err := p.unary()
		if err != nil {
			return nil, err
		}
		if (op.text == "++" || op.text == "--" || op.text == "&") && !isLvalue(x) {
			return nil, source.Errorf(op.pos, "%s of %s: expected a local, *address or array[index]", op.text, exprString(x))
		}
		return &Unary{Pos: op.pos, Op: op.text, X: x}, nil
	case p.is("("):
		after, err := p.peek()
		if err != nil {
			return nil, err
		}
		if after.kind == ident && (isType(after.text) || refusedType(after.text)) {
			t, err := p.parenType()
			if err != nil {
				return nil, err
			}
			x, err := p.unary()
			return &Cast{Pos: op.pos, Type: t, X: x}, err
		}
	case p.is("sizeof"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.is("(") {
			after, err := p.peek()
			if err != nil {
				return nil, err
			}
			if after.kind == ident && isType(after.text) {
				t, err := p.parenType()
				return &Sizeof{Pos: op.pos, Type: t}, err
			}
		}
		x, err := p.unary()
		return &Sizeof{Pos: op.pos, X: x}, err
	}
	return p.postfix()
}

func (p *parser) postfix() (Expr, error) {
	x, err := p.primary()
	for err == nil {
		op := p.tok
		switch {
		case p.is("["):
			if err = p.advance(); err != nil {
				return nil, err
			}
			var i Expr
			if i, err = p.expr(); err != nil {
				return nil, err
			}
			x, err = &Index{Pos: op.pos, X: x, I: i}, p.expect("]", "after an index")
		case p.is("++"), p.is("--"):
			if !isLvalue(x) {
				return nil, source.Errorf(op.pos, "%s of %s: expected a local, *address or array[index]", op.text, exprString(x))
			}
			x, err = &Postfix{Pos: op.pos, Op: op.text, X: x}, p.advance()
		default:
			return x, nil
		}
	}
	return x, err
}

func (p *parser) primary() (Expr, error) {
	t := p.tok
	switch {
	case t.kind == number:
		n := t.num
		n.Pos = t.pos
		return &n, p.advance()
	case p.is("("):
		if err := p.advance(); err != nil {
			return nil, err
		}
		x, err := p.expr()
		if err != nil {
			return nil, err
		}
		return x, p.expect(")", "after an expression in parentheses")
	case t.kind == ident:
		name, pos, err := p.name("an expression")
		if err != nil {
			return nil, err
		}
		if p.is("(") || p.is("{") {
			return p.call(name, pos)
		}
		return &Ident{Pos: pos, Name: name}, nil
	}
	return nil, source.Errorf(t.pos, "unexpected %s: expected an expression", t.describe())
}

func (p *parser) call(name string, pos source.Pos) (Expr, error) {
	c := &Call{Pos: pos, Func: name}
	if p.is("{") {
		for !p.is("}") {
			if err := p.advance(); err != nil {
				return nil, err
			}
			a, err := p.annotation()
			if err != nil {
				return nil, err
			}
			c.Annotations = append(c.Annotations, a)
			if !p.is(",") && !p.is("}") {
				return nil, source.Errorf(p.tok.pos, "unexpected %s: expected , or } in the annotations of %s", p.tok.describe(), name)
			}
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		if !p.is("(") { // __fence{mb};
			return c, nil
		}
	}
	if err := p.expect("(", "after "+name); err != nil {
		return nil, err
	}
	for !p.is(")") {
		if len(c.Args) > 0 {
			if err := p.expect(",", "or ) after an argument of "+name); err != nil {
				return nil, err
			}
		}
		x, err := p.assign()
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, x)
	}
	return c, p.advance()
}

func (p *parser) annotation() (string, error) {
	name, _, err := p.name("an annotation")
	for err == nil && p.is("-") {
		if err = p.advance(); err != nil {
			break
		}
		var more string
		more, _, err = p.name("an annotation")
		name += "-" + more
	}
	return name, err
}
