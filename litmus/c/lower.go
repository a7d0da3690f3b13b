package c

import (
	"fmt"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// lowerer emits one function.
//
// A full expression becomes a run of instructions, its layers: an access whose
// address or data needs the value of another access goes to a later layer than
// that one, others share a layer, and program order relates the layers. A
// sequence point within the expression ends the layers before it.
type lowerer struct {
	b      *ir.Builder
	fn     *Function
	params map[string]*Param
	locals map[string]*local   // in scope
	scopes []map[string]*local // what each open block hides
	loops  []loop
	labels int // made so far

	text    string // of the statement
	pos     source.Pos
	layers  [][]ir.Micro // of the full expression, not emitted yet
	flushed int          // the number of layers emitted before
	scratch []int32      // registers for values within a full expression
	used    int
}

type local struct {
	reg int32
	typ *Type
}

type loop struct{ onBreak, onContinue string }

// value is what an expression evaluates to.
type value struct {
	ir.Operand
	typ *Type
	// depth is the number of the layer from which accesses may use the value: one more than that of
	// the last access which it comes from.
	depth int
}

var (
	intType   = &Type{Base: "int"}
	uintType  = &Type{Base: "unsigned int"}
	longType  = &Type{Base: "long"}
	ulongType = &Type{Base: "unsigned long"}
	voidType  = &Type{Base: "void"}
)

// integerTypes are the types that integers compute in, and char and short, by size and sign.
var integerTypes = func() map[ir.Type]*Type {
	m := map[ir.Type]*Type{}
	for _, base := range []string{"char", "unsigned char", "short", "unsigned short", "int", "unsigned int",
		"long", "unsigned long", "__int128", "unsigned __int128"} {
		m[bases[base]] = &Type{Base: base}
	}
	return m
}()

// Lower emits the thread into b. A name that is neither a parameter nor a local
// is a shared location if the program has a symbol for it, or a local if b has
// a register for it. Accesses of a location have the size of its cell if the
// program has that already, and else that of the type that points there.
func (f *Function) Lower(b *ir.Builder) error {
	l := &lowerer{b: b, fn: f, params: map[string]*Param{}, locals: map[string]*local{}}
	for i := range f.Params {
		l.params[f.Params[i].Name] = &f.Params[i]
	}
	// A parameter that the function assigns to is a register that starts as the address.
	walk(f.Body, func(x Expr) {
		var target Expr
		switch x := x.(type) {
		case *Assign:
			target = x.X
		case *Postfix:
			target = x.X
		case *Unary:
			if x.Op == "++" || x.Op == "--" {
				target = x.X
			}
		}
		id, ok := target.(*Ident)
		if !ok {
			return
		}
		if p := l.params[id.Name]; p != nil && l.locals[id.Name] == nil {
			b.SetReg(p.Name, p.Type.Cell(), l.address(p.Name))
			l.locals[p.Name] = &local{reg: b.Reg(p.Name), typ: p.Type}
		}
	})
	return l.list(f.Body)
}

// address is the address of a location.
func (l *lowerer) address(name string) ir.Value {
	return ir.Value{Sym: l.b.Program().Symbol(ir.Location, name)}
}

// isShared reports whether the program has a location of that name.
func (l *lowerer) isShared(name string) bool {
	_, ok := l.b.Program().Lookup(ir.Location, name)
	return ok
}

// cell returns the type of the cell of a location, if the program has one.
func (l *lowerer) cell(name string) (ir.Type, bool) {
	p := l.b.Program()
	for _, c := range p.Cells {
		if s := p.Symbols[c.Symbol-1]; s.Kind == ir.Location && s.Name == name && c.Offset == 0 {
			return c.Type, true
		}
	}
	return ir.Type{}, false
}

func (l *lowerer) newLabel() string {
	l.labels++
	return fmt.Sprintf(".%d", l.labels)
}

func (l *lowerer) label(name string) error { return l.b.Label(name, l.pos) }

// scope runs f within a block of its own.
func (l *lowerer) scope(f func() error) error {
	l.scopes = append(l.scopes, map[string]*local{})
	err := f()
	last := len(l.scopes) - 1
	for name, hidden := range l.scopes[last] {
		if hidden == nil {
			delete(l.locals, name)
		} else {
			l.locals[name] = hidden
		}
	}
	l.scopes = l.scopes[:last]
	return err
}

func (l *lowerer) declare(d *Decl) error {
	old := l.locals[d.Name]
	if old != nil && old.typ != nil {
		return source.Errorf(d.Pos, "%s is declared twice in %s: expected one local of a name, since it names a register", d.Name, l.fn.Name)
	}
	if l.params[d.Name] != nil {
		return source.Errorf(d.Pos, "%s is a parameter of %s: expected another name for a local", d.Name, l.fn.Name)
	}
	if n := len(l.scopes); n > 0 {
		l.scopes[n-1][d.Name] = old
	}
	l.locals[d.Name] = &local{reg: l.b.Declare(d.Name, d.Type.Cell()), typ: d.Type}
	return nil
}

func (l *lowerer) list(body []Stmt) error {
	for _, s := range body {
		if err := l.stmt(s); err != nil {
			return err
		}
	}
	return nil
}

func (l *lowerer) block(body []Stmt) error {
	return l.scope(func() error { return l.list(body) })
}

// at says what statement the instructions from here on belong to.
func (l *lowerer) at(text string, pos source.Pos) { l.text, l.pos = text, pos }

func (l *lowerer) stmt(s Stmt) error {
	switch s := s.(type) {
	case *Block:
		return l.block(s.Body)
	case *Decl:
		return l.declaration(s)
	case *ExprStmt:
		l.at(simple(s), s.X.Position())
		if _, err := l.expr(s.X); err != nil {
			return err
		}
		l.flush()
		l.used = 0
		return nil
	case *If:
		return l.ifStatement(s)
	case *While:
		return l.while(&For{Cond: s.Cond, Body: s.Body})
	case *DoWhile:
		return l.doWhile(s)
	case *For:
		return l.scope(func() error {
			if s.Init != nil {
				if err := l.stmt(s.Init); err != nil {
					return err
				}
			}
			return l.while(s)
		})
	case *Label:
		l.pos = s.Pos
		return l.label(s.Name)
	case *Jump:
		return l.jump(s)
	}
	return nil
}

func (l *lowerer) declaration(d *Decl) error {
	if err := l.declare(d); err != nil {
		return err
	}
	if d.Init == nil {
		return nil
	}
	l.at(simple(d), d.Pos)
	v, err := l.expr(d.Init)
	if err != nil {
		return err
	}
	if v, err = l.convert(v, d.Type, d.Init.Position()); err != nil {
		return err
	}
	l.move(l.locals[d.Name].reg, v)
	l.flush()
	l.used = 0
	return nil
}

func (l *lowerer) ifStatement(s *If) error {
	end := l.newLabel()
	orElse := end
	if len(s.Else) > 0 {
		orElse = l.newLabel()
	}
	l.at("if ("+exprString(s.Cond)+")", s.Cond.Position())
	if err := l.branch(s.Cond, false, orElse); err != nil {
		return err
	}
	if err := l.block(s.Then); err != nil {
		return err
	}
	if len(s.Else) > 0 {
		l.jumpTo(end)
		if err := l.label(orElse); err != nil {
			return err
		}
		if err := l.block(s.Else); err != nil {
			return err
		}
	}
	return l.label(end)
}

// while emits a loop: a while, or a for without its first part.
func (l *lowerer) while(s *For) error {
	top, next, end := l.newLabel(), l.newLabel(), l.newLabel()
	text, pos := "for (;;)", l.pos
	if s.Cond != nil {
		text, pos = "while ("+exprString(s.Cond)+")", s.Cond.Position()
	}
	l.at(text, pos)
	if err := l.label(top); err != nil {
		return err
	}
	if s.Cond != nil {
		if err := l.branch(s.Cond, false, end); err != nil {
			return err
		}
	}
	if err := l.loopBody(s.Body, loop{end, next}); err != nil {
		return err
	}
	if s.Post != nil {
		if err := l.stmt(&ExprStmt{X: s.Post}); err != nil {
			return err
		}
	}
	l.at(text, pos)
	l.jumpTo(top)
	return l.label(end)
}

// loopBody emits a loop's body and, after it, the label that continue goes to.
func (l *lowerer) loopBody(body []Stmt, at loop) error {
	l.loops = append(l.loops, at)
	err := l.block(body)
	l.loops = l.loops[:len(l.loops)-1]
	if err != nil {
		return err
	}
	return l.label(at.onContinue)
}

func (l *lowerer) doWhile(s *DoWhile) error {
	top, next, end := l.newLabel(), l.newLabel(), l.newLabel()
	if err := l.label(top); err != nil {
		return err
	}
	if err := l.loopBody(s.Body, loop{end, next}); err != nil {
		return err
	}
	l.at("while ("+exprString(s.Cond)+")", s.Cond.Position())
	if err := l.branch(s.Cond, true, top); err != nil {
		return err
	}
	return l.label(end)
}

func (l *lowerer) jump(s *Jump) error {
	l.at(simple(s), s.Pos)
	switch s.Keyword {
	case "goto":
		l.jumpTo(s.Label)
		return nil
	case "return":
		if s.X != nil {
			if _, err := l.expr(s.X); err != nil {
				return err
			}
		}
		l.flush()
		l.used = 0
		l.b.Instruction(l.text, l.pos)
		l.b.Emit(ir.Micro{Kind: ir.Exit, Dst: ir.NoReg})
		return nil
	}
	if len(l.loops) == 0 {
		return source.Errorf(s.Pos, "%s outside a loop: expected it within while, do or for", s.Keyword)
	}
	to := l.loops[len(l.loops)-1]
	if s.Keyword == "break" {
		l.jumpTo(to.onBreak)
	} else {
		l.jumpTo(to.onContinue)
	}
	return nil
}

func (l *lowerer) jumpTo(label string) {
	l.b.Instruction(l.text, l.pos)
	l.b.JumpTo(label, l.pos)
}

// branch goes to the label if the condition has the truth value sense.
func (l *lowerer) branch(cond Expr, sense bool, label string) error {
	v, err := l.scalar(cond)
	if err != nil {
		return err
	}
	if v.Reg == ir.NoReg { // while (1)
		l.flush()
		l.used = 0
		if v.Imm.IsTrue() == sense {
			l.jumpTo(label)
		}
		return nil
	}
	l.branchOn(v, sense, label)
	l.used = 0
	return nil
}

func (l *lowerer) branchOn(v value, sense bool, label string) {
	if !sense {
		v = l.compute(ir.Eq, intType, 8, v, constant(0))
	}
	if len(l.layers) == 0 { // a branch on a local alone
		l.b.Instruction(l.text, l.pos)
	}
	l.flush()
	l.b.BranchTo(v.Operand, label, l.pos)
}

// flush emits the layers gathered.
func (l *lowerer) flush() {
	for _, layer := range l.layers {
		l.b.Instruction(l.text, l.pos)
		for _, m := range layer {
			l.b.Emit(m)
		}
	}
	l.flushed += len(l.layers)
	l.layers = nil
}

// emit adds a micro-operation to a layer.
func (l *lowerer) emit(layer int, m ir.Micro) {
	layer = max(layer-l.flushed, 0)
	for len(l.layers) <= layer {
		l.layers = append(l.layers, nil)
	}
	l.layers[layer] = append(l.layers[layer], m)
}

// register returns a register for the rest of the full expression.
func (l *lowerer) register() int32 {
	if l.used == len(l.scratch) {
		l.scratch = append(l.scratch, l.b.Scratch())
	}
	l.used++
	return l.scratch[l.used-1]
}

// A computation stands right after the last access that it depends on.
func (l *lowerer) computeTo(dst int32, fn ir.Fn, size uint8, signed bool, src ...value) int {
	m := ir.Micro{Kind: ir.Compute, Fn: fn, Size: min(size, 8), Dst: dst}
	if signed {
		m.Flags = ir.Signed
	}
	depth := 0
	for i := range m.Src {
		m.Src[i] = ir.Imm(0)
	}
	for i, v := range src {
		m.Src[i] = v.Operand
		depth = max(depth, v.depth)
	}
	l.emit(depth-1, m)
	return depth
}

// compute returns fn(src...) as a value of type t, computed at size bytes.
func (l *lowerer) compute(fn ir.Fn, t *Type, size uint8, src ...value) value {
	dst := l.register()
	depth := l.computeTo(dst, fn, size, !t.Cell().Unsigned, src...)
	return value{ir.R(dst), t, depth}
}

// move sets a register to v.
func (l *lowerer) move(dst int32, v value) { l.computeTo(dst, ir.Move, 8, true, v) }

func constant(n int64) value { return value{ir.Imm(n), intType, 0} }
