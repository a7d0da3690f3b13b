package c

import (
	"fmt"
	"strconv"
	"strings"
)

// String is the function's canonical text: parsing it gives the function back.
func (f *Function) String() string {
	p := &printer{}
	p.WriteString(f.Name + " (")
	for i, q := range f.Params {
		if i > 0 {
			p.WriteString(", ")
		}
		p.WriteString(declaration(q.Type, q.Name))
	}
	p.WriteString(") {\n")
	p.list(f.Body)
	p.WriteString("}\n")
	return p.String()
}

// String is the type as C writes it.
func (t *Type) String() string {
	var words []string
	if t.Const {
		words = append(words, "const")
	}
	if t.Volatile {
		words = append(words, "volatile")
	}
	if t.Atomic {
		words = append(words, "_Atomic")
	}
	if t.Elem == nil {
		return strings.Join(append(words, t.Base), " ")
	}
	s := t.Elem.String()
	if !strings.HasSuffix(s, "*") {
		s += " "
	}
	return s + "*" + strings.Join(words, " ")
}

// declaration is the declaration of name with type t.
func declaration(t *Type, name string) string {
	s := t.String()
	if strings.HasSuffix(s, "*") {
		return s + name
	}
	return s + " " + name
}

type printer struct {
	strings.Builder
	depth int
}

func (p *printer) line(format string, args ...any) {
	p.WriteString(strings.Repeat("  ", p.depth+1))
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

func (p *printer) list(body []Stmt) {
	for _, s := range body {
		p.stmt(s)
	}
}

func (p *printer) nested(body []Stmt) {
	p.depth++
	p.list(body)
	p.depth--
}

// simple is a statement on one line, without its semicolon.
func simple(s Stmt) string {
	switch s := s.(type) {
	case *Decl:
		text := declaration(s.Type, s.Name)
		if s.Init != nil {
			text += " = " + print(s.Init, assignStrength)
		}
		return text
	case *ExprStmt:
		return exprString(s.X)
	case *Jump:
		text := s.Keyword
		if s.Label != "" {
			text += " " + s.Label
		}
		if s.X != nil {
			text += " " + exprString(s.X)
		}
		return text
	}
	return ""
}

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *Block:
		p.line("{")
		p.nested(s.Body)
		p.line("}")
	case *If:
		p.line("if (%s) {", exprString(s.Cond))
		p.nested(s.Then)
		for len(s.Else) == 1 {
			next, ok := s.Else[0].(*If)
			if !ok {
				break
			}
			s = next
			p.line("} else if (%s) {", exprString(s.Cond))
			p.nested(s.Then)
		}
		if len(s.Else) > 0 {
			p.line("} else {")
			p.nested(s.Else)
		}
		p.line("}")
	case *While:
		p.line("while (%s) {", exprString(s.Cond))
		p.nested(s.Body)
		p.line("}")
	case *DoWhile:
		p.line("do {")
		p.nested(s.Body)
		p.line("} while (%s);", exprString(s.Cond))
	case *For:
		head := [3]string{}
		if s.Init != nil {
			head[0] = simple(s.Init)
		}
		if s.Cond != nil {
			head[1] = " " + exprString(s.Cond)
		}
		if s.Post != nil {
			head[2] = " " + exprString(s.Post)
		}
		p.line("for (%s;%s;%s) {", head[0], head[1], head[2])
		p.nested(s.Body)
		p.line("}")
	case *Label:
		p.line("%s:;", s.Name)
	default:
		p.line("%s;", simple(s))
	}
}

func exprString(x Expr) string { return print(x, commaStrength) }

// strength is how tightly an expression's own operator binds.
func strength(x Expr) int {
	switch x := x.(type) {
	case *Binary:
		return precedence[x.Op]
	case *Assign:
		return assignStrength
	case *Cond:
		return condStrength
	case *Unary, *Cast, *Sizeof:
		return unaryStrength
	case *Index, *Postfix:
		return postfixStrength
	}
	return postfixStrength + 1
}

// print is the text of x where an operator of the given strength, or tighter, is wanted.
func print(x Expr, wanted int) string {
	s := printBare(x)
	if strength(x) < wanted {
		return "(" + s + ")"
	}
	return s
}

func printBare(x Expr) string {
	switch x := x.(type) {
	case *Number:
		s := strconv.FormatUint(x.Value, 10)
		if x.Unsigned {
			s += "u"
		}
		if x.Long {
			s += "l"
		}
		return s
	case *Ident:
		return x.Name
	case *Unary:
		operand := print(x.X, unaryStrength)
		if operand[0] == x.Op[0] && x.Op != "!" && x.Op != "~" && x.Op != "*" {
			operand = " " + operand // - -x is not --x
		}
		return x.Op + operand
	case *Postfix:
		return print(x.X, postfixStrength) + x.Op
	case *Binary:
		s := precedence[x.Op]
		if x.Op == "," {
			return print(x.X, s) + ", " + print(x.Y, s+1)
		}
		return print(x.X, s) + " " + x.Op + " " + print(x.Y, s+1)
	case *Assign:
		return print(x.X, unaryStrength) + " " + x.Op + "= " + print(x.Y, assignStrength)
	case *Cond:
		return print(x.If, condStrength+1) + " ? " + print(x.Then, commaStrength) + " : " + print(x.Else, condStrength)
	case *Index:
		return print(x.X, postfixStrength) + "[" + exprString(x.I) + "]"
	case *Cast:
		return "(" + x.Type.String() + ")" + print(x.X, unaryStrength)
	case *Sizeof:
		if x.Type != nil {
			return "sizeof(" + x.Type.String() + ")"
		}
		if _, ok := x.X.(*Cast); ok { // sizeof (int)x would end at the type
			return "sizeof (" + exprString(x.X) + ")"
		}
		return "sizeof " + print(x.X, unaryStrength)
	case *Call:
		var b strings.Builder
		b.WriteString(x.Func)
		if len(x.Annotations) > 0 {
			b.WriteString("{" + strings.Join(x.Annotations, ", ") + "}")
		}
		b.WriteByte('(')
		for i, a := range x.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(print(a, assignStrength))
		}
		b.WriteByte(')')
		return b.String()
	}
	return "?"
}
