package cat

import "github.com/weakmem/litmus/internal/source"

// file is a parsed model file.
type file struct {
	path  string
	arch  string // the first word of the header if there are several: "C" of "C RC11"
	title string
	body  []stmt
}

// expr is an expression.
type expr interface{ pos() source.Pos }

type (
	nameExpr struct {
		at   source.Pos
		name string
	}
	// zeroExpr is 0, the empty relation.
	zeroExpr struct{ at source.Pos }
	// universeExpr is _: all events, or all pairs of them.
	universeExpr struct{ at source.Pos }
	tagExpr      struct {
		at   source.Pos
		name string
	}
	setExpr struct { // { a, b }
		at    source.Pos
		elems []expr
	}
	tupleExpr struct {
		at    source.Pos
		elems []expr
	}
	unaryExpr struct {
		at source.Pos // of the operand
		op token      // tPlus, tStar, tQuestion, tHat (^-1), tTilde, tLBrack ([x])
		x  expr
	}
	binaryExpr struct {
		at   source.Pos // of the operator
		op   token      // tBar, tPlusPlus, tSemi, tBackslash, tAmp, tStar
		x, y expr
	}
	applyExpr struct {
		at      source.Pos
		fn, arg expr
	}
	funExpr struct {
		at     source.Pos
		name   string
		params pattern
		body   expr
	}
	letExpr struct {
		at    source.Pos
		rec   bool
		binds []bind
		body  expr
	}
	// matchTagExpr is match x with || 'a -> … || _ -> … end.
	matchTagExpr struct {
		at       source.Pos
		x        expr
		clauses  []tagClause
		fallback expr // nil if there is no default clause
	}
	// matchSetExpr is match x with || {} -> … || e ++ s -> … end, or
	// || s | e ++ t -> …, which splits the set around e.
	matchSetExpr struct {
		at               source.Pos
		x                expr
		empty            expr
		before, elt, set string // before is "" in the usual form
		body             expr
	}
	tryExpr struct {
		at          source.Pos
		x, fallback expr
	}
	ifExpr struct {
		at        source.Pos
		cond      cond
		then, alt expr
	}
)

type tagClause struct {
	tag  string
	body expr
}

// pattern is what a binding or a function's parameter binds: one name, or a tuple of them. "_" binds nothing.
type pattern struct {
	tuple bool
	names []string
}

type bind struct {
	at  source.Pos
	pat pattern
	x   expr
}

// cond is the condition of an if.
type cond interface{ condition() }

type (
	variantCond struct{ name string } // "cos-opt": whether the variant is on
	notCond     struct{ c cond }
	logicCond   struct {
		and  bool
		c, d cond
	}
	compareCond struct {
		at   source.Pos
		op   token // tEqual, tSubset, tIn
		x, y expr
	}
)

func (variantCond) condition() {}
func (notCond) condition()     {}
func (logicCond) condition()   {}
func (compareCond) condition() {}

// stmt is an instruction: what a model is a list of.
type stmt interface{ stmtPos() source.Pos }

// purpose is what a failed, or for flags a successful, test means.
type purpose uint8

const (
	check           purpose = iota // the execution is not consistent
	flagged                        // success is remarked
	undefinedUnless                // failure makes the program undefined
	asserted                       // failure is remarked
)

type test struct {
	at      source.Pos
	kind    token // tAcyclic, tIrreflexive, tEmpty
	negated bool
	x       expr
	name    string // "" if it has none
	text    string // as written, without purpose and name
}

type (
	letStmt struct {
		at    source.Pos
		rec   bool
		binds []bind
		when  *test
	}
	testStmt struct {
		purpose purpose
		test
	}
	showStmt struct {
		at    source.Pos
		names []string
		hide  bool // unshow
	}
	showAsStmt struct {
		at   source.Pos
		x    expr
		name string
	}
	includeStmt struct {
		at   source.Pos
		name string
		file *file // set by the loader
	}
	procedureStmt struct {
		at     source.Pos
		rec    bool
		name   string
		params pattern
		body   []stmt
	}
	callStmt struct {
		at   source.Pos
		name string
		arg  expr
		as   string
	}
	enumStmt struct {
		at   source.Pos
		name string
		tags []string
	}
	forallStmt struct {
		at   source.Pos
		name string
		x    expr
		body []stmt
	}
	withStmt struct {
		at   source.Pos
		name string
		x    expr
	}
	ifStmt struct {
		at        source.Pos
		cond      cond
		then, alt []stmt
	}
	matchStmt struct {
		at       source.Pos
		x        expr
		clauses  []stmtClause
		fallback []stmt
		total    bool // there is a default clause
	}
	// noteStmt is what has no effect on a verdict: instructions, default, debug.
	noteStmt struct{ at source.Pos }
)

type stmtClause struct {
	tag  string
	body []stmt
}

func (e *nameExpr) pos() source.Pos     { return e.at }
func (e *zeroExpr) pos() source.Pos     { return e.at }
func (e *universeExpr) pos() source.Pos { return e.at }
func (e *tagExpr) pos() source.Pos      { return e.at }
func (e *setExpr) pos() source.Pos      { return e.at }
func (e *tupleExpr) pos() source.Pos    { return e.at }
func (e *unaryExpr) pos() source.Pos    { return e.at }
func (e *binaryExpr) pos() source.Pos   { return e.x.pos() }
func (e *applyExpr) pos() source.Pos    { return e.at }
func (e *funExpr) pos() source.Pos      { return e.at }
func (e *letExpr) pos() source.Pos      { return e.at }
func (e *matchTagExpr) pos() source.Pos { return e.at }
func (e *matchSetExpr) pos() source.Pos { return e.at }
func (e *tryExpr) pos() source.Pos      { return e.at }
func (e *ifExpr) pos() source.Pos       { return e.at }

func (s *letStmt) stmtPos() source.Pos       { return s.at }
func (s *testStmt) stmtPos() source.Pos      { return s.at }
func (s *showStmt) stmtPos() source.Pos      { return s.at }
func (s *showAsStmt) stmtPos() source.Pos    { return s.at }
func (s *includeStmt) stmtPos() source.Pos   { return s.at }
func (s *procedureStmt) stmtPos() source.Pos { return s.at }
func (s *callStmt) stmtPos() source.Pos      { return s.at }
func (s *enumStmt) stmtPos() source.Pos      { return s.at }
func (s *forallStmt) stmtPos() source.Pos    { return s.at }
func (s *withStmt) stmtPos() source.Pos      { return s.at }
func (s *ifStmt) stmtPos() source.Pos        { return s.at }
func (s *matchStmt) stmtPos() source.Pos     { return s.at }
func (s *noteStmt) stmtPos() source.Pos      { return s.at }
