package c

import (
	"math"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// place is what an lvalue denotes: a register or a memory location.
type place struct {
	reg  int32 // ir.NoReg: memory at addr
	addr value
	typ  *Type
	size uint8 // of the memory location
}

// expr evaluates x.
func (l *lowerer) expr(x Expr) (value, error) {
	switch x := x.(type) {
	case *Number:
		return numeral(x), nil
	case *Ident, *Index:
		return l.read(x)
	case *Unary:
		return l.unary(x)
	case *Postfix:
		return l.increment(x.X, x.Op, x.Pos, true)
	case *Binary:
		return l.binary(x)
	case *Assign:
		return l.assign(x)
	case *Cond:
		return l.cond(x)
	case *Cast:
		v, err := l.expr(x.X)
		if err != nil || x.Type.isVoid() {
			return value{ir.Imm(0), voidType, v.depth}, err
		}
		return l.convert(v, x.Type, x.Pos)
	case *Sizeof:
		return l.sizeof(x)
	case *Call:
		return l.call(x)
	}
	return value{}, source.Errorf(x.Position(), "%s is not supported", exprString(x))
}

// scalar evaluates x, which must have a value.
func (l *lowerer) scalar(x Expr) (value, error) {
	v, err := l.expr(x)
	if err == nil && v.typ.isVoid() {
		err = source.Errorf(x.Position(), "%s has no value: expected an integer or an address", exprString(x))
	}
	return v, err
}

// numeral is a constant. 6.4.4.1: the type of a constant is the first that holds it.
func numeral(x *Number) value {
	t := intType
	switch {
	case x.Value > math.MaxInt64 || x.Unsigned && (x.Long || x.Value > math.MaxUint32):
		t = ulongType
	case x.Long || !x.Unsigned && x.Value > math.MaxInt32:
		t = longType
	case x.Unsigned:
		t = uintType
	}
	return value{ir.Imm(int64(x.Value)), t, 0}
}

func (l *lowerer) sizeof(x *Sizeof) (value, error) {
	t := x.Type
	if t == nil {
		var err error
		if t, err = l.typeOf(x.X); err != nil {
			return value{}, err
		}
	}
	return value{ir.Imm(int64(t.Cell().Size)), ulongType, 0}, nil
}

// typeOf is the type that x would have, without evaluating it.
func (l *lowerer) typeOf(x Expr) (*Type, error) {
	layers, used := l.layers, l.used
	l.layers = nil
	defer func() { l.layers, l.used = layers, used }()
	if l.splits(x) {
		return nil, source.Errorf(x.Position(), "sizeof of %s is not supported: expected a type, or an expression without branches", exprString(x))
	}
	v, err := l.expr(x)
	return v.typ, err
}

// ident resolves a name.
func (l *lowerer) ident(x *Ident) (place, error) {
	if v := l.locals[x.Name]; v != nil {
		return place{reg: v.reg, typ: v.typ}, nil
	}
	if l.isShared(x.Name) {
		typ := intType
		if c, ok := l.cell(x.Name); ok {
			typ = integerTypes[ir.Type{Size: c.Size, Unsigned: c.Unsigned, Declared: true}]
		}
		return l.pointee(value{ir.ImmValue(l.address(x.Name)), &Type{Elem: typ}, 0}, x.Pos)
	}
	if l.b.Known(x.Name) && !l.declares(x.Name) {
		return place{reg: l.b.Reg(x.Name), typ: intType}, nil
	}
	return place{}, source.Errorf(x.Pos, "%s is not declared: expected a parameter or a local of %s in scope, or a location of the initial state",
		x.Name, l.fn.Name)
}

// declares reports whether the function declares a local of that name anywhere.
func (l *lowerer) declares(name string) bool {
	names := map[string]bool{}
	declared(l.fn.Body, names)
	return names[name]
}

// lvalue evaluates what x denotes.
func (l *lowerer) lvalue(x Expr) (place, error) {
	switch x := x.(type) {
	case *Ident:
		if l.params[x.Name] != nil && l.locals[x.Name] == nil {
			return place{}, source.Errorf(x.Pos, "%s is the address of a shared location: expected *%s", x.Name, x.Name)
		}
		return l.ident(x)
	case *Unary:
		p, err := l.scalar(x.X)
		if err != nil {
			return place{}, err
		}
		return l.pointee(p, x.Pos)
	case *Index:
		sum, err := l.binary(&Binary{Pos: x.Pos, Op: "+", X: x.X, Y: x.I})
		if err != nil {
			return place{}, err
		}
		return l.pointee(sum, x.Pos)
	}
	return place{}, source.Errorf(x.Position(), "%s is not a location: expected a local, *address or array[index]", exprString(x))
}

// pointee is the location that p points to. An integer that is used as an address points to int.
func (l *lowerer) pointee(p value, pos source.Pos) (place, error) {
	t := p.typ.Elem
	if t == nil {
		t = intType
	}
	if t.isVoid() {
		return place{}, source.Errorf(pos, "cannot access a location of type void: expected a cast to another pointer type")
	}
	size := t.Cell().Size
	if v := p.Imm; p.Reg == ir.NoReg && v.Sym != 0 && v.Int == 0 {
		// The declaration of the location in the initial state decides.
		if c, ok := l.cell(l.b.Program().Symbols[v.Sym-1].Name); ok {
			size = c.Size
		}
	}
	return place{reg: ir.NoReg, addr: p, typ: t, size: size}, nil
}

// read evaluates an lvalue, or a parameter, for its value.
func (l *lowerer) read(x Expr) (value, error) {
	if id, ok := x.(*Ident); ok {
		if p := l.params[id.Name]; p != nil && l.locals[id.Name] == nil {
			return value{ir.ImmValue(l.address(p.Name)), p.Type, 0}, nil
		}
		if id.Name == "NULL" && l.locals[id.Name] == nil {
			return value{ir.Imm(0), &Type{Elem: voidType}, 0}, nil
		}
		if (id.Name == "true" || id.Name == "false") && l.locals[id.Name] == nil {
			return constant(int64(len("false") - len(id.Name))), nil
		}
	}
	p, err := l.lvalue(x)
	if err != nil {
		return value{}, err
	}
	return l.get(p), nil
}

// get reads a place.
func (l *lowerer) get(p place) value {
	if p.reg != ir.NoReg {
		return value{ir.R(p.reg), p.typ, 0}
	}
	return l.load(p, tagNA)
}

// load reads a memory location.
func (l *lowerer) load(p place, tags ir.Tags) value {
	dst := l.register()
	l.emit(p.addr.depth, l.loadTo(dst, p, tags))
	return value{ir.R(dst), p.typ, max(p.addr.depth, l.flushed) + 1}
}

func (l *lowerer) loadTo(dst int32, p place, tags ir.Tags) ir.Micro {
	m := ir.Micro{Kind: ir.Load, Size: p.size, Dst: dst, Addr: p.addr.Operand, Tags: tags}
	if !p.typ.Cell().Unsigned {
		m.Flags = ir.Signed
	}
	return m
}

// store writes a memory location.
func (l *lowerer) store(p place, v value, tags ir.Tags) {
	l.emit(max(p.addr.depth, v.depth), ir.Micro{
		Kind: ir.Store, Size: p.size, Dst: ir.NoReg, Addr: p.addr.Operand, Src: [3]ir.Operand{v.Operand}, Tags: tags,
	})
}

// set writes a place; it returns the value of the assignment.
func (l *lowerer) set(p place, v value, pos source.Pos) (value, error) {
	v, err := l.convert(v, p.typ, pos)
	if err != nil {
		return v, err
	}
	if p.reg == ir.NoReg {
		l.store(p, v, tagNA)
		return v, nil
	}
	l.move(p.reg, v)
	return value{ir.R(p.reg), p.typ, v.depth}, nil
}

func (l *lowerer) assign(x *Assign) (value, error) {
	p, err := l.lvalue(x.X)
	if err != nil {
		return value{}, err
	}
	if x.Op == "" {
		v, err := l.scalar(x.Y)
		if err != nil {
			return value{}, err
		}
		return l.set(p, v, x.Pos)
	}
	if err := l.noAtomicUpdate(p, x.Op+"=", x.Pos); err != nil {
		return value{}, err
	}
	old := l.get(p)
	v, err := l.scalar(x.Y)
	if err != nil {
		return value{}, err
	}
	if v, err = l.arithmetic(x.Op, old, v, x.Pos); err != nil {
		return value{}, err
	}
	return l.set(p, v, x.Pos)
}

func (l *lowerer) noAtomicUpdate(p place, op string, pos source.Pos) error {
	if p.reg == ir.NoReg && p.typ.isAtomic() {
		return source.Errorf(pos, "%s on an atomic object is not supported: expected atomic_fetch_add or its like", op)
	}
	return nil
}

// increment is ++ or --, before or after its operand.
func (l *lowerer) increment(x Expr, op string, pos source.Pos, after bool) (value, error) {
	p, err := l.lvalue(x)
	if err != nil {
		return value{}, err
	}
	if err := l.noAtomicUpdate(p, op, pos); err != nil {
		return value{}, err
	}
	old := l.get(p)
	if after && p.reg != ir.NoReg { // its value is the register's before it changes
		dst := l.register()
		l.move(dst, old)
		old.Operand = ir.R(dst)
	}
	v, err := l.arithmetic(op[:1], old, constant(1), pos)
	if err != nil {
		return value{}, err
	}
	v, err = l.set(p, v, pos)
	if after {
		v = old
	}
	return v, err
}

func (l *lowerer) unary(x *Unary) (value, error) {
	switch x.Op {
	case "*":
		return l.read(x)
	case "&":
		return l.addressOf(x)
	case "++", "--":
		return l.increment(x.X, x.Op, x.Pos, false)
	}
	v, err := l.scalar(x.X)
	if err != nil {
		return value{}, err
	}
	if x.Op == "!" {
		return l.fold(ir.Eq, intType, 8, v, constant(0)), nil
	}
	if v.typ.Elem != nil {
		return value{}, source.Errorf(x.Pos, "%s of an address: expected an integer", x.Op)
	}
	t := promoted(v.typ)
	v, err = l.convert(v, t, x.Pos)
	if err != nil {
		return value{}, err
	}
	switch x.Op {
	case "-":
		return l.fold(ir.Neg, t, t.Cell().Size, v), nil
	case "~":
		return l.fold(ir.Not, t, t.Cell().Size, v), nil
	}
	return v, nil
}

func (l *lowerer) addressOf(x *Unary) (value, error) {
	if id, ok := x.X.(*Ident); ok && l.params[id.Name] != nil {
		return value{}, source.Errorf(x.Pos, "%s is the address of a shared location itself: expected %s without &", id.Name, id.Name)
	}
	p, err := l.lvalue(x.X)
	if err != nil {
		return value{}, err
	}
	if p.reg != ir.NoReg {
		return value{}, source.Errorf(x.Pos, "%s is a register, whose address is known only to compare-exchanges as their expected value", exprString(x.X))
	}
	return value{p.addr.Operand, &Type{Elem: p.typ}, p.addr.depth}, nil
}

// fold is compute, done at once for constants.
func (l *lowerer) fold(fn ir.Fn, t *Type, size uint8, src ...value) value {
	args := [3]ir.Value{}
	for i, v := range src {
		if v.Reg != ir.NoReg {
			return l.compute(fn, t, size, src...)
		}
		args[i] = v.Imm
	}
	v, err := ir.Eval(fn, min(size, 8), !t.Cell().Unsigned, args[0], args[1], args[2])
	if err != nil {
		return l.compute(fn, t, size, src...)
	}
	return value{ir.ImmValue(v), t, 0}
}

// convert is v as a value of type t.
func (l *lowerer) convert(v value, t *Type, pos source.Pos) (value, error) {
	if v.typ.isVoid() {
		return v, source.Errorf(pos, "the expression has no value: expected one of type %s", t)
	}
	if t.isBool() {
		if !v.typ.isBool() {
			v = l.fold(ir.Ne, t, 8, v, constant(0))
		}
		v.typ = t
		return v, nil
	}
	from, to := v.typ.Cell(), t.Cell()
	fits := from.Size < to.Size && (from.Unsigned || !to.Unsigned) || from.Size == to.Size && from.Unsigned == to.Unsigned
	if to.Size < 8 && !fits {
		v = l.fold(ir.Move, t, to.Size, v)
	}
	v.typ = t
	return v, nil
}

// 6.3.1.1: promoted is the type that an integer of type t computes in.
func promoted(t *Type) *Type {
	c := t.Cell()
	if c.Size < 4 {
		return intType
	}
	return integerTypes[ir.Type{Size: c.Size, Unsigned: c.Unsigned, Declared: true}]
}

// 6.3.1.8: common is the type that integers of two types compute in.
func common(a, b *Type) *Type {
	a, b = promoted(a), promoted(b)
	x, y := a.Cell(), b.Cell()
	if x.Size > y.Size || x.Size == y.Size && x.Unsigned {
		return a
	}
	return b
}

func (l *lowerer) binary(x *Binary) (value, error) {
	switch x.Op {
	case ",":
		if _, err := l.expr(x.X); err != nil {
			return value{}, err
		}
		if l.effects(x.Y) {
			l.flush()
		}
		return l.expr(x.Y)
	case "&&", "||":
		return l.logical(x)
	}
	a, err := l.scalar(x.X)
	if err != nil {
		return value{}, err
	}
	b, err := l.scalar(x.Y)
	if err != nil {
		return value{}, err
	}
	return l.arithmetic(x.Op, a, b, x.Pos)
}

// truth is 1 or 0 for v.
func (l *lowerer) truth(v value) value { return l.fold(ir.Ne, intType, 8, v, constant(0)) }

func (l *lowerer) logical(x *Binary) (value, error) {
	a, err := l.scalar(x.X)
	if err != nil {
		return value{}, err
	}
	if !l.effects(x.Y) {
		b, err := l.scalar(x.Y)
		if err != nil {
			return value{}, err
		}
		fn := ir.And
		if x.Op == "||" {
			fn = ir.Or
		}
		return l.fold(fn, intType, 4, l.truth(a), l.truth(b)), nil
	}
	result, end := l.register(), l.newLabel()
	l.move(result, l.truth(a))
	l.branchOn(value{ir.R(result), intType, a.depth}, x.Op == "||", end)
	b, err := l.scalar(x.Y)
	if err != nil {
		return value{}, err
	}
	l.move(result, l.truth(b))
	l.flush()
	return value{ir.R(result), intType, 0}, l.label(end)
}

func (l *lowerer) cond(x *Cond) (value, error) {
	c, err := l.scalar(x.If)
	if err != nil {
		return value{}, err
	}
	if l.effects(x.Then) || l.effects(x.Else) {
		return l.condBranch(x, c)
	}
	a, err := l.expr(x.Then)
	if err != nil {
		return value{}, err
	}
	b, err := l.expr(x.Else)
	if err != nil {
		return value{}, err
	}
	t := branches(a, b)
	if t.isVoid() {
		return value{ir.Imm(0), t, 0}, nil
	}
	if a, err = l.convert(a, t, x.Pos); err != nil {
		return value{}, err
	}
	if b, err = l.convert(b, t, x.Pos); err != nil {
		return value{}, err
	}
	dst, depth := l.register(), max(a.depth, b.depth, c.depth)
	l.emit(depth-1, ir.Micro{Kind: ir.Select, Dst: dst, Size: 8, Src: [3]ir.Operand{c.Operand, a.Operand, b.Operand}})
	return value{ir.R(dst), t, depth}, nil
}

// branches is the type of c ? a : b.
func branches(a, b value) *Type {
	switch {
	case a.typ.isVoid() || b.typ.isVoid():
		return voidType
	case a.typ.Elem != nil && !a.typ.Elem.isVoid():
		return a.typ
	case b.typ.Elem != nil:
		return b.typ
	case a.typ.Elem != nil:
		return a.typ
	}
	return common(a.typ, b.typ)
}

// condBranch is c ? Then : Else by a branch on c.
func (l *lowerer) condBranch(x *Cond, c value) (value, error) {
	result, other, end := l.register(), l.newLabel(), l.newLabel()
	l.branchOn(c, false, other)
	a, err := l.expr(x.Then)
	if err != nil {
		return value{}, err
	}
	// The type of the other branch is known only later: the value is kept whole, then converted.
	if !a.typ.isVoid() {
		l.move(result, a)
	}
	l.flush()
	l.jumpTo(end)
	if err := l.label(other); err != nil {
		return value{}, err
	}
	b, err := l.expr(x.Else)
	if err != nil {
		return value{}, err
	}
	if !b.typ.isVoid() {
		l.move(result, b)
	}
	l.flush()
	if err := l.label(end); err != nil {
		return value{}, err
	}
	t := branches(a, b)
	if t.isVoid() {
		return value{ir.Imm(0), t, 0}, nil
	}
	v := value{ir.R(result), t, 0}
	if size := t.Cell().Size; size < 8 {
		v = l.compute(ir.Move, t, size, v)
	}
	return v, nil
}

// effects reports whether evaluating x reads memory, writes anything, or makes a fence.
func (l *lowerer) effects(x Expr) bool {
	switch x := x.(type) {
	case *Ident:
		return l.locals[x.Name] == nil && l.params[x.Name] == nil && l.isShared(x.Name)
	case *Unary:
		switch x.Op {
		case "*", "++", "--":
			return true
		case "&":
			return l.addressEffects(x.X)
		}
	case *Postfix, *Assign, *Index:
		return true
	case *Call:
		if x.Func != "ATOMIC_VAR_INIT" && x.Func != "ATOMIC_INIT" {
			return true
		}
	}
	for _, y := range operands(x) {
		if l.effects(y) {
			return true
		}
	}
	return false
}

// addressEffects is effects for &x.
func (l *lowerer) addressEffects(x Expr) bool {
	switch x := x.(type) {
	case *Unary:
		return l.effects(x.X)
	case *Index:
		return l.effects(x.X) || l.effects(x.I)
	}
	return false
}

// splits reports whether x has a sequence point that needs a branch or an instruction of its own.
func (l *lowerer) splits(x Expr) bool {
	switch x := x.(type) {
	case *Binary:
		if (x.Op == "&&" || x.Op == "||" || x.Op == ",") && l.effects(x.Y) {
			return true
		}
	case *Cond:
		if l.effects(x.Then) || l.effects(x.Else) {
			return true
		}
	case *Call:
		if len(x.Args) > 2 && l.effects(x.Args[2]) { // a compare-exchange
			return true
		}
	}
	for _, y := range operands(x) {
		if l.splits(y) {
			return true
		}
	}
	return false
}

// arithmetic is a op b for the operators that evaluate both operands.
func (l *lowerer) arithmetic(op string, a, b value, pos source.Pos) (value, error) {
	if a.typ.Elem != nil || b.typ.Elem != nil {
		return l.pointerArithmetic(op, a, b, pos)
	}
	t := common(a.typ, b.typ)
	if op == "<<" || op == ">>" {
		t = promoted(a.typ)
	}
	a, err := l.convert(a, t, pos)
	if err != nil {
		return value{}, err
	}
	if b, err = l.convert(b, t, pos); err != nil {
		return value{}, err
	}
	c := t.Cell()
	if fn, swap, ok := comparison(op, c.Unsigned); ok {
		if swap {
			a, b = b, a
		}
		return l.fold(fn, intType, c.Size, a, b), nil
	}
	return l.fold(function(op, c.Unsigned), t, c.Size, a, b), nil
}

func function(op string, unsigned bool) ir.Fn {
	pick := func(u, s ir.Fn) ir.Fn {
		if unsigned {
			return u
		}
		return s
	}
	switch op {
	case "+":
		return ir.Add
	case "-":
		return ir.Sub
	case "*":
		return ir.Mul
	case "/":
		return pick(ir.DivU, ir.DivS)
	case "%":
		return pick(ir.RemU, ir.RemS)
	case "&":
		return ir.And
	case "|":
		return ir.Or
	case "^":
		return ir.Xor
	case "<<":
		return ir.Shl
	}
	return pick(ir.ShrU, ir.ShrS) // >>, the last of the grammar's
}

// comparison is the function of a comparison, and whether its operands swap.
func comparison(op string, unsigned bool) (fn ir.Fn, swap, ok bool) {
	lt, le := ir.LtS, ir.LeS
	if unsigned {
		lt, le = ir.LtU, ir.LeU
	}
	switch op {
	case "==":
		return ir.Eq, false, true
	case "!=":
		return ir.Ne, false, true
	case "<":
		return lt, false, true
	case ">":
		return lt, true, true
	case "<=":
		return le, false, true
	case ">=":
		return le, true, true
	}
	return 0, false, false
}

// pointerArithmetic is a op b where one of them at least is an address (6.5.6):
// integers count elements. Operators that C keeps from addresses work on them as
// integers, as x ^ x does in tests with dependencies.
func (l *lowerer) pointerArithmetic(op string, a, b value, pos source.Pos) (value, error) {
	if fn, swap, ok := comparison(op, true); ok {
		if swap {
			a, b = b, a
		}
		return l.fold(fn, intType, 8, a, b), nil
	}
	if op == "+" && a.typ.Elem == nil {
		a, b = b, a
	}
	if op == "+" || op == "-" {
		t := a.typ
		switch {
		case t.Elem != nil && b.typ.Elem == nil:
			size := int64(t.Elem.Cell().Size)
			if size > 1 {
				b = l.fold(ir.Mul, longType, 8, b, constant(size))
			}
			return l.fold(function(op, false), t, 8, a, b), nil
		case t.Elem != nil && op == "-":
			size := int64(t.Elem.Cell().Size)
			d := l.fold(ir.Sub, longType, 8, a, b)
			if size > 1 {
				d = l.fold(ir.DivS, longType, 8, d, constant(size))
			}
			return d, nil
		}
		return value{}, source.Errorf(pos, "%s of these operands: expected an address and an integer", op)
	}
	return l.fold(function(op, true), ulongType, 8, a, b), nil
}
