package c

import (
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// Function is one thread.
type Function struct {
	Pos    source.Pos
	Name   string // "P0"
	Params []Param
	Body   []Stmt
}

// Param is a parameter: its value is the address of the shared location of that name.
type Param struct {
	Pos  source.Pos
	Name string
	Type *Type // a pointer
}

// Cell is the type of the location that the parameter points to.
func (p Param) Cell() ir.Type { return p.Type.Elem.Cell() }

// Type is an object type: a base type, or a pointer.
type Type struct {
	Base                    string // canonical name: "unsigned long", "uint8_t", "atomic_int"; "" for a pointer
	Elem                    *Type  // what a pointer points to
	Const, Volatile, Atomic bool   // qualifiers; Atomic stands for _Atomic alone, atomic_int is a base
}

// bases maps the canonical name of every base type to its size and sign. The
// sizes are those of the LP64 data model.
var bases = baseTypes()

// canonical is the canonical name of the base types that C spells in several ways.
var canonical = map[string]string{
	"short int": "short", "signed short": "short", "signed short int": "short",
	"unsigned short int": "unsigned short", "signed": "int", "signed int": "int", "unsigned": "unsigned int",
	"long int": "long", "signed long": "long", "signed long int": "long", "unsigned long int": "unsigned long",
	"long long int": "long long", "signed long long": "long long", "signed long long int": "long long",
	"unsigned long long int": "unsigned long long", "signed __int128": "__int128",
}

func baseTypes() map[string]ir.Type {
	bases := map[string]ir.Type{}
	signed := map[string]uint8{
		"void": 1, "char": 1, "signed char": 1, "short": 2, "int": 4, "long": 8, "long long": 8,
		"__int128": 16, "__int128_t": 16, "ssize_t": 8, "ptrdiff_t": 8, "intptr_t": 8, "intmax_t": 8,
		"int8_t": 1, "int16_t": 2, "int32_t": 4, "int64_t": 8,
		"atomic_t": 4, "atomic64_t": 8, "atomic_long_t": 8,
		"mtx_t": 4, "spinlock_t": 4,
	}
	unsigned := map[string]uint8{
		"_Bool": 1, "bool": 1, "unsigned char": 1, "unsigned short": 2, "unsigned int": 4, "unsigned long": 8,
		"unsigned long long": 8, "unsigned __int128": 16, "__uint128_t": 16, "size_t": 8, "uintptr_t": 8,
		"uintmax_t": 8, "uint8_t": 1, "uint16_t": 2, "uint32_t": 4, "uint64_t": 8,
	}
	add := func(name string, size uint8, uns bool) {
		bases[name] = ir.Type{Size: size, Unsigned: uns, Declared: true}
	}
	for name, size := range signed {
		add(name, size, false)
	}
	for name, size := range unsigned {
		add(name, size, true)
	}
	for _, least := range []string{"least", "fast"} {
		for width, size := range map[string]uint8{"8": 1, "16": 2, "32": 4, "64": 8} {
			if least == "fast" && size > 1 {
				size = 8
			}
			add("int_"+least+width+"_t", size, false)
			add("uint_"+least+width+"_t", size, true)
		}
	}
	// 7.17.6: the atomic types.
	for name, of := range map[string]string{
		"bool": "_Bool", "char": "char", "schar": "signed char", "uchar": "unsigned char",
		"short": "short", "ushort": "unsigned short", "int": "int", "uint": "unsigned int",
		"long": "long", "ulong": "unsigned long", "llong": "long long", "ullong": "unsigned long long",
		"size_t": "size_t", "ptrdiff_t": "ptrdiff_t", "intptr_t": "intptr_t", "uintptr_t": "uintptr_t",
		"intmax_t": "intmax_t", "uintmax_t": "uintmax_t", "flag": "_Bool",
		"int_least8_t": "int8_t", "uint_least8_t": "uint8_t", "int_least16_t": "int16_t", "uint_least16_t": "uint16_t",
		"int_least32_t": "int32_t", "uint_least32_t": "uint32_t", "int_least64_t": "int64_t", "uint_least64_t": "uint64_t",
	} {
		bases["atomic_"+name] = bases[of]
	}
	return bases
}

// BaseType returns the size and sign of the base type that C spells so, in one
// word or several: "int", "unsigned long int", "atomic_uint", "uint8_t".
func BaseType(name string) (ir.Type, bool) {
	if full, ok := canonical[name]; ok {
		name = full
	}
	t, ok := bases[name]
	return t, ok
}

// Cell is the type as the IR knows it. A pointer is an unsigned integer of 8 bytes.
func (t *Type) Cell() ir.Type {
	if t.Elem != nil {
		return ir.Type{Size: 8, Unsigned: true, Declared: true}
	}
	return bases[t.Base]
}

// isAtomic reports whether an object of the type is atomic in C11's sense.
func (t *Type) isAtomic() bool { return t.Atomic || strings.HasPrefix(t.Base, "atomic_") }

func (t *Type) isVoid() bool { return t.Base == "void" }

func (t *Type) isBool() bool {
	return t.Base == "_Bool" || t.Base == "bool" || t.Base == "atomic_bool"
}

// Stmt is a statement: one of the types below.
type Stmt interface{ stmt() }

type (
	// Decl declares one local. A declaration of several is a list of them.
	Decl struct {
		Pos  source.Pos
		Type *Type
		Name string
		Init Expr // nil if none
	}
	// ExprStmt evaluates X for its effects.
	ExprStmt struct{ X Expr }
	// Block is { … }.
	Block struct{ Body []Stmt }
	// If has an Else of one If for "else if"; nil for none.
	If struct {
		Cond       Expr
		Then, Else []Stmt
	}
	// While is while (Cond) Body.
	While struct {
		Cond Expr
		Body []Stmt
	}
	// DoWhile is do Body while (Cond).
	DoWhile struct {
		Body []Stmt
		Cond Expr
	}
	// For is for (Init; Cond; Post) Body. Init is nil, a *Decl or an *ExprStmt;
	// Cond and Post may be nil.
	For struct {
		Init       Stmt
		Cond, Post Expr
		Body       []Stmt
	}
	// Jump is break, continue, return, or goto Label.
	Jump struct {
		Pos     source.Pos
		Keyword string
		Label   string // of a goto
		X       Expr   // of a return; may be nil
	}
	// Label is "Name:".
	Label struct {
		Pos  source.Pos
		Name string
	}
)

func (*Decl) stmt()     {}
func (*ExprStmt) stmt() {}
func (*Block) stmt()    {}
func (*If) stmt()       {}
func (*While) stmt()    {}
func (*DoWhile) stmt()  {}
func (*For) stmt()      {}
func (*Jump) stmt()     {}
func (*Label) stmt()    {}

// Expr is an expression: one of the types below.
type Expr interface {
	// Position is where the expression's operator, or name, stands.
	Position() source.Pos
}

type (
	// Number is an integer constant.
	Number struct {
		Pos            source.Pos
		Value          uint64
		Unsigned, Long bool // by suffix
	}
	// Ident is a name.
	Ident struct {
		Pos  source.Pos
		Name string
	}
	// Unary is Op X, Op one of - + ! ~ * & ++ --.
	Unary struct {
		Pos source.Pos
		Op  string
		X   Expr
	}
	// Postfix is X Op, Op one of ++ --.
	Postfix struct {
		Pos source.Pos
		Op  string
		X   Expr
	}
	// Binary is X Op Y; Op may be ",".
	Binary struct {
		Pos  source.Pos
		Op   string
		X, Y Expr
	}
	// Assign is X = Y, or X Op= Y.
	Assign struct {
		Pos  source.Pos
		Op   string // "" for a simple assignment
		X, Y Expr
	}
	// Cond is If ? Then : Else.
	Cond struct {
		Pos            source.Pos
		If, Then, Else Expr
	}
	// Index is X[I].
	Index struct {
		Pos  source.Pos
		X, I Expr
	}
	// Cast is (Type)X.
	Cast struct {
		Pos  source.Pos
		Type *Type
		X    Expr
	}
	// Sizeof is sizeof (Type), or sizeof X.
	Sizeof struct {
		Pos  source.Pos
		Type *Type // nil: X
		X    Expr
	}
	// Call is Func{Annotations}(Args…).
	Call struct {
		Pos         source.Pos
		Func        string
		Annotations []string
		Args        []Expr
	}
)

func (x *Number) Position() source.Pos  { return x.Pos }
func (x *Ident) Position() source.Pos   { return x.Pos }
func (x *Unary) Position() source.Pos   { return x.Pos }
func (x *Postfix) Position() source.Pos { return x.Pos }
func (x *Binary) Position() source.Pos  { return x.Pos }
func (x *Assign) Position() source.Pos  { return x.Pos }
func (x *Cond) Position() source.Pos    { return x.Pos }
func (x *Index) Position() source.Pos   { return x.Pos }
func (x *Cast) Position() source.Pos    { return x.Pos }
func (x *Sizeof) Position() source.Pos  { return x.Pos }
func (x *Call) Position() source.Pos    { return x.Pos }

// operands returns the direct subexpressions of x, in evaluation order.
func operands(x Expr) []Expr {
	switch x := x.(type) {
	case *Unary:
		return []Expr{x.X}
	case *Postfix:
		return []Expr{x.X}
	case *Binary:
		return []Expr{x.X, x.Y}
	case *Assign:
		return []Expr{x.X, x.Y}
	case *Cond:
		return []Expr{x.If, x.Then, x.Else}
	case *Index:
		return []Expr{x.X, x.I}
	case *Cast:
		return []Expr{x.X}
	case *Call:
		return x.Args
	}
	return nil // sizeof does not evaluate its operand
}

// walk calls f on every expression evaluated by the statements, outermost first.
func walk(body []Stmt, f func(Expr)) {
	var expr func(x Expr)
	expr = func(x Expr) {
		if x == nil {
			return
		}
		f(x)
		for _, y := range operands(x) {
			expr(y)
		}
	}
	for _, s := range body {
		switch s := s.(type) {
		case *Decl:
			expr(s.Init)
		case *ExprStmt:
			expr(s.X)
		case *Block:
			walk(s.Body, f)
		case *If:
			expr(s.Cond)
			walk(s.Then, f)
			walk(s.Else, f)
		case *While:
			expr(s.Cond)
			walk(s.Body, f)
		case *DoWhile:
			walk(s.Body, f)
			expr(s.Cond)
		case *For:
			if s.Init != nil {
				walk([]Stmt{s.Init}, f)
			}
			expr(s.Cond)
			expr(s.Post)
			walk(s.Body, f)
		case *Jump:
			expr(s.X)
		}
	}
}

// declared returns the names that the statements declare, nested blocks' included.
func declared(body []Stmt, names map[string]bool) {
	for _, s := range body {
		switch s := s.(type) {
		case *Decl:
			names[s.Name] = true
		case *Block:
			declared(s.Body, names)
		case *If:
			declared(s.Then, names)
			declared(s.Else, names)
		case *While:
			declared(s.Body, names)
		case *DoWhile:
			declared(s.Body, names)
		case *For:
			if s.Init != nil {
				declared([]Stmt{s.Init}, names)
			}
			declared(s.Body, names)
		}
	}
}

// Locations returns the shared locations that the function names: its
// parameters, and names whose address it takes that are no locals.
func (f *Function) Locations() []string {
	var out []string
	seen := map[string]bool{}
	declared(f.Body, seen)
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, p := range f.Params {
		add(p.Name)
	}
	walk(f.Body, func(x Expr) {
		if u, ok := x.(*Unary); ok && u.Op == "&" {
			if id, ok := u.X.(*Ident); ok {
				add(id.Name)
			}
		}
	})
	return out
}
