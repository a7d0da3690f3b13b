package cat

import (
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// maxNesting bounds how deeply expressions and instructions nest.
const maxNesting = 1000

// parseFile reads a model file; grammar.txt is what it accepts.
func parseFile(path, text string) (f *file, err error) {
	lexemes, err := scan(path, text)
	if err != nil {
		return nil, err
	}
	p := &parser{lexemes: lexemes, text: text}
	defer func() {
		if r := recover(); r != nil {
			syntax, ok := r.(syntaxError)
			if !ok {
				panic(r)
			}
			err = syntax.err
		}
	}()
	f = &file{path: path}
	p.header(f)
	f.body = p.stmts(tEOF)
	return f, nil
}

type parser struct {
	lexemes []lexeme
	text    string
	i       int
	depth   int
}

// syntaxError carries the first error to parseFile.
type syntaxError struct{ err error }

func (p *parser) fail(pos source.Pos, format string, args ...any) {
	panic(syntaxError{source.Errorf(pos, format, args...)})
}

func (p *parser) tok() token      { return p.lexemes[p.i].token }
func (p *parser) pos() source.Pos { return p.lexemes[p.i].pos }

func (p *parser) peek(n int) token {
	if p.i+n >= len(p.lexemes) {
		return tEOF
	}
	return p.lexemes[p.i+n].token
}

func (p *parser) next() lexeme {
	l := p.lexemes[p.i]
	if l.token != tEOF {
		p.i++
	}
	return l
}

func (p *parser) accept(t token) bool {
	if p.tok() != t {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(t token, after string) lexeme {
	if p.tok() != t {
		p.fail(p.pos(), "got %s, expected %s %s", p.lexemes[p.i], t, after)
	}
	return p.next()
}

// word reports whether the next token is that name, one that is special here only.
func (p *parser) word(name string) bool {
	return p.tok() == tName && p.lexemes[p.i].text == name
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.pos(), "more than %d levels of nesting", maxNesting)
	}
}

func (p *parser) leave() { p.depth-- }

var headerOptions = map[string]bool{
	"withco": true, "withoutco": true, "withinit": true, "withoutinit": true,
	"withsc": true, "withoutsc": true, "catdep": true,
}

func (p *parser) header(f *file) {
	var words []string
	defer func() {
		if len(words) > 1 {
			f.arch = words[0]
		}
		f.title = strings.Join(words, " ")
	}()
	for {
		switch p.tok() {
		case tName:
			if p.assertFollows() {
				return
			}
			l := p.next()
			if !headerOptions[l.text] {
				words = append(words, l.text)
			}
			continue
		case tString, tNumber:
			words = append(words, p.next().text)
			continue
		}
		return
	}
}

// stmts reads instructions up to one of the tokens that may end them, which it leaves.
func (p *parser) stmts(ends ...token) []stmt {
	p.enter()
	defer p.leave()
	var out []stmt
	for {
		for _, t := range ends {
			if p.tok() == t {
				return out
			}
		}
		out = append(out, p.stmt(ends[0]))
	}
}

func (p *parser) stmt(end token) stmt {
	at := p.pos()
	switch p.tok() {
	case tLet:
		p.next()
		s := &letStmt{at: at, rec: p.accept(tRec)}
		s.binds = p.binds()
		if p.accept(tWhen) {
			t := p.test()
			s.when = &t
		}
		p.accept(tIn)
		return s
	case tFlag:
		p.next()
		return &testStmt{purpose: flagged, test: p.test()}
	case tUndefinedUnless:
		p.next()
		return &testStmt{purpose: undefinedUnless, test: p.test()}
	case tAcyclic, tIrreflexive, tEmpty, tTilde:
		return &testStmt{purpose: check, test: p.test()}
	case tShow:
		return p.show()
	case tUnshow:
		p.next()
		return &showStmt{at: at, names: p.names(), hide: true}
	case tInclude:
		p.next()
		return &includeStmt{at: at, name: p.expect(tString, "after include").text}
	case tProcedure:
		p.next()
		s := &procedureStmt{at: at, rec: p.accept(tRec)}
		s.name = p.expect(tName, "after procedure").text
		s.params = p.params()
		p.expect(tEqual, "before the body of a procedure")
		s.body = p.stmts(tEnd)
		p.next()
		return s
	case tCall:
		p.next()
		s := &callStmt{at: at, name: p.expect(tName, "after call").text}
		s.arg = p.simple()
		if p.accept(tAs) {
			s.as = p.expect(tName, "after as").text
		}
		return s
	case tEnum:
		p.next()
		s := &enumStmt{at: at, name: p.expect(tName, "after enum").text}
		p.expect(tEqual, "after the name of an enumeration")
		p.accept(tAlt)
		for {
			s.tags = append(s.tags, p.expect(tTag, "in an enumeration").text)
			if !p.accept(tAlt) {
				return s
			}
		}
	case tForall:
		p.next()
		s := &forallStmt{at: at, name: p.expect(tName, "after forall").text}
		p.expect(tIn, "after the name that forall binds")
		s.x = p.expr()
		p.expect(tDo, "before the body of forall")
		s.body = p.stmts(tEnd)
		p.next()
		return s
	case tWith:
		p.next()
		s := &withStmt{at: at, name: p.expect(tName, "after with").text}
		p.expect(tFrom, "after the name that with binds")
		s.x = p.expr()
		return s
	case tIf:
		p.next()
		s := &ifStmt{at: at, cond: p.cond()}
		p.accept(tThen)
		s.then = p.stmts(tEnd, tElse)
		if p.next().token == tElse {
			s.alt = p.stmts(tEnd)
			p.next()
		}
		return s
	case tMatch:
		return p.matchStmt()
	case tInstructions, tDefault:
		p.next()
		p.expect(tName, "after instructions or default")
		p.expect(tLBrack, "before annotations")
		if p.tok() != tRBrack {
			p.ops()
		}
		p.expect(tRBrack, "after annotations")
		return &noteStmt{at}
	case tDebug:
		p.next()
		p.expr()
		return &noteStmt{at}
	case tName:
		if p.assertFollows() {
			p.next()
			return &testStmt{purpose: asserted, test: p.test()}
		}
	}
	expected := "an instruction (let, acyclic, show, …)"
	if end != tEOF {
		expected += " or " + end.String()
	}
	p.fail(at, "got %s, expected %s", p.lexemes[p.i], expected)
	return nil
}

func (p *parser) test() test {
	t := test{at: p.pos()}
	start := p.lexemes[p.i].start
	t.negated = p.accept(tTilde)
	switch p.tok() {
	case tAcyclic, tIrreflexive, tEmpty:
		t.kind = p.next().token
	default:
		p.fail(p.pos(), "got %s, expected acyclic, irreflexive or empty", p.lexemes[p.i])
	}
	t.x = p.expr()
	t.text = strings.Join(strings.Fields(p.text[start:p.lexemes[p.i-1].end]), " ")
	if p.accept(tAs) {
		t.name = p.expect(tName, "after as").text
	}
	return t
}

// show reads both forms; they differ only by what follows the first name.
func (p *parser) show() stmt {
	at := p.next().pos
	if p.tok() == tName && p.peek(1) != tAs {
		start := p.i
		names := p.names()
		if !p.operatorFollows() {
			return &showStmt{at: at, names: names}
		}
		p.i = start
	}
	s := &showAsStmt{at: at, x: p.expr()}
	p.expect(tAs, "after what is shown")
	s.name = p.expect(tName, "after as").text
	return s
}

func (p *parser) operatorFollows() bool {
	switch p.tok() {
	case tBar, tAmp, tStar, tPlus, tPlusPlus, tHat, tBackslash, tQuestion, tSemi, tAs:
		return true
	}
	return p.argumentFollows()
}

func (p *parser) names() []string {
	names := []string{p.expect(tName, "to show").text}
	for p.accept(tComma) {
		names = append(names, p.expect(tName, "after a comma").text)
	}
	return names
}

func (p *parser) matchStmt() stmt {
	s := &matchStmt{at: p.next().pos, x: p.expr()}
	p.expect(tWith, "after the matched expression")
	p.accept(tAlt)
	for {
		if p.accept(tUnder) {
			p.expect(tArrow, "after a pattern")
			s.fallback, s.total = p.stmts(tEnd), true
		} else {
			tag := p.expect(tTag, "as a pattern").text
			p.expect(tArrow, "after a pattern")
			s.clauses = append(s.clauses, stmtClause{tag, p.stmts(tEnd, tAlt)})
			if p.accept(tAlt) {
				continue
			}
		}
		p.expect(tEnd, "after the last clause")
		return s
	}
}

func (p *parser) binds() []bind {
	var out []bind
	for {
		out = append(out, p.bind())
		if !p.accept(tAnd) {
			return out
		}
	}
}

func (p *parser) bind() bind {
	b := bind{at: p.pos()}
	isFunction := p.tok() == tName &&
		(p.peek(1) == tName || p.peek(1) == tUnder || p.peek(1) == tLParen)
	if isFunction {
		f := &funExpr{at: p.pos(), name: p.next().text}
		f.params = p.params()
		p.expect(tEqual, "after the parameters of "+f.name)
		f.body = p.expr()
		b.pat, b.x = pattern{names: []string{f.name}}, f
		return b
	}
	if p.tok() == tLParen {
		b.pat = p.params()
	} else {
		b.pat.names = p.paramList()
		b.pat.tuple = len(b.pat.names) > 1
	}
	p.expect(tEqual, "after what let binds")
	b.x = p.expr()
	return b
}

func (p *parser) params() pattern {
	if !p.accept(tLParen) {
		return pattern{names: []string{p.param()}}
	}
	if p.accept(tRParen) {
		return pattern{tuple: true}
	}
	names := p.paramList()
	p.expect(tRParen, "after parameters")
	return pattern{tuple: len(names) > 1, names: names}
}

func (p *parser) paramList() []string {
	names := []string{p.param()}
	for p.accept(tComma) {
		names = append(names, p.param())
	}
	return names
}

func (p *parser) param() string {
	if p.accept(tUnder) {
		return "_"
	}
	return p.expect(tName, "or _ to bind").text
}

func (p *parser) expr() expr {
	p.enter()
	defer p.leave()
	at := p.pos()
	x := p.op()
	if p.tok() != tComma {
		return x
	}
	t := &tupleExpr{at: at, elems: []expr{x}}
	for p.accept(tComma) {
		t.elems = append(t.elems, p.op())
	}
	return t
}

// ops reads operators' expressions that commas separate.
func (p *parser) ops() []expr {
	out := []expr{p.op()}
	for p.accept(tComma) {
		out = append(out, p.op())
	}
	return out
}

func (p *parser) op() expr { return p.infix(0) }

// infixLevels are the binary operators, the loosest first; products are read apart.
var infixLevels = []token{tBar, tPlusPlus, tSemi, tBackslash, tAmp}

func (p *parser) infix(level int) expr {
	if level == len(infixLevels) {
		return p.product()
	}
	op := infixLevels[level]
	terms := []expr{p.infix(level + 1)}
	var at []source.Pos
	for p.tok() == op {
		at = append(at, p.next().pos)
		terms = append(terms, p.infix(level+1))
	}
	if op == tBackslash {
		x := terms[0]
		for i, y := range terms[1:] {
			x = &binaryExpr{at: at[i], op: op, x: x, y: y}
		}
		return x
	}
	x := terms[len(terms)-1]
	for i := len(terms) - 2; i >= 0; i-- {
		x = &binaryExpr{at: at[i], op: op, x: terms[i], y: x}
	}
	return x
}

func (p *parser) product() expr {
	x := p.unary()
	if p.tok() != tStar {
		return x
	}
	at := p.next().pos
	y := p.unary()
	if p.tok() == tStar {
		p.fail(p.pos(), "a product of a product: got a second *")
	}
	return &binaryExpr{at: at, op: tStar, x: x, y: y}
}

func (p *parser) unary() expr {
	p.enter()
	defer p.leave()
	if p.accept(tTilde) {
		x := p.unary()
		return &unaryExpr{at: x.pos(), op: tTilde, x: x}
	}
	return p.postfix(p.operand())
}

func (p *parser) postfix(x expr) expr {
	for {
		op := p.tok()
		switch op {
		case tPlus, tQuestion:
			p.next()
		case tStar:
			p.next()
			if p.operandFollows() {
				p.i--
				return x
			}
		case tHat:
			p.next()
			p.expect(tMinusOne, "after ^")
		default:
			return x
		}
		x = &unaryExpr{at: x.pos(), op: op, x: x}
	}
}

// operandFollows tells a product from a closure.
func (p *parser) operandFollows() bool {
	switch p.tok() {
	case tTag, tZero, tUnder, tLParen, tLBrace, tLBrack, tBegin:
		return true
	case tName:
		return !p.assertFollows()
	case tTilde: // of an operand, or of the next instruction
		return !isTest(p.peek(1))
	}
	return false
}

// assertFollows reports whether the instruction assert comes next; elsewhere the word is a name.
func (p *parser) assertFollows() bool {
	return p.word("assert") && (p.peek(1) == tTilde && isTest(p.peek(2)) || isTest(p.peek(1)))
}

func isTest(t token) bool { return t == tAcyclic || t == tIrreflexive || t == tEmpty }

func (p *parser) operand() expr {
	at := p.pos()
	switch p.tok() {
	case tLet:
		p.next()
		e := &letExpr{at: at, rec: p.accept(tRec)}
		e.binds = p.binds()
		p.expect(tIn, "after local bindings")
		e.body = p.expr()
		return e
	case tFun:
		p.next()
		e := &funExpr{at: at, name: "fun", params: p.params()}
		p.expect(tArrow, "after the parameters of fun")
		e.body = p.expr()
		return e
	case tTry:
		p.next()
		e := &tryExpr{at: at, x: p.expr()}
		p.expect(tWith, "after what is tried")
		e.fallback = p.expr()
		return e
	case tIf:
		p.next()
		e := &ifExpr{at: at, cond: p.cond()}
		p.expect(tThen, "after a condition")
		e.then = p.expr()
		p.expect(tElse, "after the first branch")
		e.alt = p.expr()
		return e
	case tMatch:
		return p.matchExpr()
	case tName:
		var x expr = &nameExpr{at, p.next().text}
		for p.argumentFollows() {
			at := p.pos()
			var arg expr
			if p.tok() == tName {
				arg = &nameExpr{at, p.next().text}
			} else {
				arg = p.simple()
			}
			x = &applyExpr{at: x.pos(), fn: x, arg: arg}
		}
		return x
	}
	return p.simple()
}

func (p *parser) argumentFollows() bool {
	return p.operandFollows() && p.tok() != tTilde
}

func (p *parser) simple() expr {
	p.enter()
	defer p.leave()
	at := p.pos()
	switch p.tok() {
	case tZero:
		p.next()
		return &zeroExpr{at}
	case tUnder:
		p.next()
		return &universeExpr{at}
	case tTag:
		return &tagExpr{at, p.next().text}
	case tLBrace:
		p.next()
		e := &setExpr{at: at}
		if p.tok() != tRBrace {
			e.elems = p.ops()
		}
		p.expect(tRBrace, "after the elements of a set")
		return e
	case tLParen:
		p.next()
		if p.accept(tRParen) {
			return &tupleExpr{at: at}
		}
		x := p.expr()
		p.expect(tRParen, "to match the ( before")
		return x
	case tBegin:
		p.next()
		x := p.expr()
		p.expect(tEnd, "to match begin")
		return x
	case tLBrack:
		p.next()
		x := p.expr()
		p.expect(tRBrack, "to match the [ before")
		return &unaryExpr{at: x.pos(), op: tLBrack, x: x}
	}
	p.fail(at, "got %s, expected an expression", p.lexemes[p.i])
	return nil
}

func (p *parser) matchExpr() expr {
	at := p.next().pos
	x := p.expr()
	p.expect(tWith, "after the matched expression")
	p.accept(tAlt)
	if p.tok() == tTag || p.tok() == tUnder && p.peek(1) == tArrow {
		return p.matchTags(&matchTagExpr{at: at, x: x})
	}
	e := &matchSetExpr{at: at, x: x}
	for range 2 {
		if p.tok() == tLBrace && e.empty == nil {
			p.next()
			p.expect(tRBrace, "in the pattern of the empty set")
			p.expect(tArrow, "after a pattern")
			e.empty = p.expr()
		} else if e.body == nil {
			e.elt = p.param()
			if p.accept(tBar) {
				e.before, e.elt = e.elt, p.param()
			}
			p.expect(tPlusPlus, "in the pattern of a set with an element")
			e.set = p.param()
			p.expect(tArrow, "after a pattern")
			e.body = p.expr()
		}
		if e.empty == nil || e.body == nil {
			p.expect(tAlt, "before the other case: a match on a set has a clause for {} and one for an element ++ the rest")
		}
	}
	p.expect(tEnd, "after the last clause")
	return e
}

func (p *parser) matchTags(e *matchTagExpr) expr {
	for {
		if p.accept(tUnder) {
			p.expect(tArrow, "after a pattern")
			e.fallback = p.expr()
		} else {
			tag := p.expect(tTag, "as a pattern").text
			p.expect(tArrow, "after a pattern")
			e.clauses = append(e.clauses, tagClause{tag, p.expr()})
			if p.accept(tAlt) {
				continue
			}
		}
		p.expect(tEnd, "after the last clause")
		return e
	}
}

func (p *parser) cond() cond {
	p.enter()
	defer p.leave()
	c := p.conjunction()
	for p.accept(tAlt) {
		c = logicCond{false, c, p.conjunction()}
	}
	return c
}

func (p *parser) conjunction() cond {
	c := p.negation()
	for p.accept(tAmpAmp) {
		c = logicCond{true, c, p.negation()}
	}
	return c
}

func (p *parser) negation() cond {
	p.enter()
	defer p.leave()
	switch {
	case p.word("not") && p.peek(1) != tEqual && p.peek(1) != tSubset && p.peek(1) != tIn:
		p.next()
		return notCond{p.negation()}
	case p.word("variant") && p.peek(1) == tString:
		p.next()
		return variantCond{p.next().text}
	case p.tok() == tString:
		return variantCond{p.next().text}
	case p.tok() == tLParen && p.parenthesisedVariants():
		p.next()
		c := p.cond()
		p.expect(tRParen, "to match the ( before")
		return c
	}
	c := compareCond{x: p.op(), at: p.pos()}
	switch p.tok() {
	case tEqual, tSubset, tIn:
		c.op = p.next().token
	default:
		p.fail(p.pos(), "got %s, expected =, subset or in", p.lexemes[p.i])
	}
	c.y = p.op()
	return c
}

// parenthesisedVariants tells ("a" || "b") from an expression in parentheses.
func (p *parser) parenthesisedVariants() bool {
	for i := 1; ; i++ {
		switch p.peek(i) {
		case tLParen:
		case tString:
			return true
		case tName:
			if name := p.lexemes[p.i+i].text; name != "not" && name != "variant" {
				return false
			}
		default:
			return false
		}
	}
}
