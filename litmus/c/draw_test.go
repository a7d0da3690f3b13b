package c

import (
	"pgregory.net/rapid"
)

var (
	drawName  = rapid.SampledFrom([]string{"a", "b", "r0", "x", "_y1", "PX"})
	drawBase  = rapid.SampledFrom([]string{"int", "unsigned long", "uint8_t", "atomic_int", "__int128", "_Bool"})
	drawUnary = rapid.SampledFrom([]string{"-", "+", "!", "~", "*", "&", "++", "--"})
	drawOp    = rapid.SampledFrom([]string{
		",", "||", "&&", "|", "^", "&", "==", "!=", "<", ">", "<=", ">=", "<<", ">>", "+", "-", "*", "/", "%",
	})
	drawAssignOp = rapid.SampledFrom([]string{"", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"})
)

func drawType(t *rapid.T, stars int) *Type {
	q := &Type{
		Base: drawBase.Draw(t, "base"), Const: rapid.Bool().Draw(t, "const"),
		Volatile: rapid.Bool().Draw(t, "volatile"), Atomic: rapid.Bool().Draw(t, "atomic"),
	}
	for range stars {
		q = &Type{Elem: q, Const: rapid.Bool().Draw(t, "const pointer"), Atomic: rapid.Bool().Draw(t, "atomic pointer")}
	}
	return q
}

func drawLvalue(t *rapid.T, depth int) Expr {
	switch n := rapid.IntRange(0, 2).Draw(t, "lvalue"); {
	case depth == 0 || n == 0:
		return &Ident{Name: drawName.Draw(t, "name")}
	case n == 1:
		return &Unary{Op: "*", X: drawExpr(t, depth-1)}
	default:
		return &Index{X: drawExpr(t, depth-1), I: drawExpr(t, depth-1)}
	}
}

func drawExpr(t *rapid.T, depth int) Expr {
	n := rapid.IntRange(0, 10).Draw(t, "expression")
	if depth == 0 {
		n %= 2
	}
	switch n {
	case 0:
		return &Ident{Name: drawName.Draw(t, "name")}
	case 1:
		return &Number{
			Value: rapid.Uint64().Draw(t, "value"), Unsigned: rapid.Bool().Draw(t, "u"), Long: rapid.Bool().Draw(t, "l"),
		}
	case 2:
		op := drawUnary.Draw(t, "op")
		if op == "++" || op == "--" || op == "&" {
			return &Unary{Op: op, X: drawLvalue(t, depth-1)}
		}
		return &Unary{Op: op, X: drawExpr(t, depth-1)}
	case 3:
		return &Postfix{Op: rapid.SampledFrom([]string{"++", "--"}).Draw(t, "op"), X: drawLvalue(t, depth-1)}
	case 4, 5:
		return &Binary{Op: drawOp.Draw(t, "op"), X: drawExpr(t, depth-1), Y: drawExpr(t, depth-1)}
	case 6:
		return &Assign{Op: drawAssignOp.Draw(t, "op"), X: drawLvalue(t, depth-1), Y: drawExpr(t, depth-1)}
	case 7:
		return &Cond{If: drawExpr(t, depth-1), Then: drawExpr(t, depth-1), Else: drawExpr(t, depth-1)}
	case 8:
		return &Cast{Type: drawType(t, rapid.IntRange(0, 2).Draw(t, "stars")), X: drawExpr(t, depth-1)}
	case 9:
		if rapid.Bool().Draw(t, "of a type") {
			return &Sizeof{Type: drawType(t, 1)}
		}
		return &Sizeof{X: drawExpr(t, depth-1)}
	}
	c := &Call{Func: drawName.Draw(t, "function")}
	for range rapid.IntRange(0, 2).Draw(t, "annotations") {
		c.Annotations = append(c.Annotations, rapid.SampledFrom([]string{"mb", "sync-rcu"}).Draw(t, "annotation"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "arguments") {
		c.Args = append(c.Args, drawExpr(t, depth-1))
	}
	return c
}

func drawDecl(t *rapid.T, depth int) *Decl {
	d := &Decl{Type: drawType(t, rapid.IntRange(0, 2).Draw(t, "stars")), Name: drawName.Draw(t, "local")}
	if rapid.Bool().Draw(t, "initialised") {
		d.Init = drawExpr(t, depth)
	}
	return d
}

func drawList(t *rapid.T, depth, least int) []Stmt {
	var list []Stmt
	for range rapid.IntRange(least, 3).Draw(t, "statements") {
		list = append(list, drawStmt(t, depth))
	}
	// A block alone in a body is the body.
	if b, ok := list1(list).(*Block); ok {
		list = append(list, &Block{Body: b.Body})
	}
	return list
}

func list1(list []Stmt) Stmt {
	if len(list) == 1 {
		return list[0]
	}
	return nil
}

func drawStmt(t *rapid.T, depth int) Stmt {
	n := rapid.IntRange(0, 9).Draw(t, "statement")
	if depth == 0 {
		n %= 4
	}
	switch n {
	case 0:
		return &ExprStmt{X: drawExpr(t, 3)}
	case 1:
		return drawDecl(t, 3)
	case 2:
		return &Label{Name: drawName.Draw(t, "label")}
	case 3:
		j := &Jump{Keyword: rapid.SampledFrom([]string{"break", "continue", "goto", "return"}).Draw(t, "jump")}
		switch j.Keyword {
		case "goto":
			j.Label = drawName.Draw(t, "label")
		case "return":
			if rapid.Bool().Draw(t, "value") {
				j.X = drawExpr(t, 2)
			}
		}
		return j
	case 4:
		return &Block{Body: drawList(t, depth-1, 0)}
	case 5, 6:
		return &If{Cond: drawExpr(t, 2), Then: drawList(t, depth-1, 0), Else: drawList(t, depth-1, 0)}
	case 7:
		return &While{Cond: drawExpr(t, 2), Body: drawList(t, depth-1, 0)}
	case 8:
		return &DoWhile{Body: drawList(t, depth-1, 0), Cond: drawExpr(t, 2)}
	}
	f := &For{Body: drawList(t, depth-1, 0)}
	switch rapid.IntRange(0, 2).Draw(t, "init") {
	case 1:
		f.Init = drawDecl(t, 2)
	case 2:
		f.Init = &ExprStmt{X: drawExpr(t, 2)}
	}
	if rapid.Bool().Draw(t, "condition") {
		f.Cond = drawExpr(t, 2)
	}
	if rapid.Bool().Draw(t, "post") {
		f.Post = drawExpr(t, 2)
	}
	return f
}

func drawFunction(t *rapid.T) *Function {
	fn := &Function{Name: "P3"}
	for _, name := range rapid.SliceOfNDistinct(drawName, 0, 3, rapid.ID).Draw(t, "parameters") {
		fn.Params = append(fn.Params, Param{Name: name, Type: drawType(t, rapid.IntRange(1, 2).Draw(t, "stars"))})
	}
	for range rapid.IntRange(0, 4).Draw(t, "statements") {
		fn.Body = append(fn.Body, drawStmt(t, 3))
	}
	return fn
}
