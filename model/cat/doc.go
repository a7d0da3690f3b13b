// Package cat reads, compiles and evaluates memory models written in cat, the
// language of herd7's models: Alglave, Cousot and Maranget, "Syntax and semantics
// of the weak consistency model specification language cat" (2016), and the
// chapter "Model definitions" of the herd7 manual.
//
// In goes a model file, with what it includes, and a [model.Vocabulary]: which
// event sets a dialect's executions have. Out comes a [model.Checker], which
// judges executions. The way there:
//
//	scan.go        text → tokens
//	parse.go       tokens → syntax trees (syntax.go); grammar.txt is the grammar
//	load.go        files and their includes → a Model; the library of includes
//	resolve.go     what names mean that no let binds: the inputs
//	compile.go     instructions, and in expression.go, recursion.go and primitive.go
//	               expressions, are evaluated to a graph (graph.go): functions
//	               inlined, equal expressions shared, tests listed
//	optimize.go    the graph is rewritten so that what is known earlier in the
//	               search is computed apart from what is known later
//	plan.go        tests are assigned to the stages of the search, those of bounds
//	               (bound.go) too
//	eval.go        a machine keeps the graph's values for an execution
//	check.go       Check: the search's inner loop
//	run.go         what cannot be compiled is evaluated on each execution
//	explain.go     Explain: cycles in terms of the relations that a reader knows
//
// # Stages
//
// An execution is known in stages: its skeleton, then co, then rf read by read
// (see [model.Stage]). A test is decided at the first stage that knows all that
// it speaks of. Acyclicity, irreflexivity and emptiness of a relation that only
// grows with rf are tested while rf is partial too: once they fail, they fail in
// every extension. What grows and what shrinks follows from the operators: only
// the complement and the right side of a difference turn it around. Where a
// relation both grows and shrinks, a lower bound of it is tested instead, in
// which each read without a source may still read from any write to its location.
//
// # What differs from herd7
//
// The order of writes is the engine's: "with co from …" asks that the
// execution's co be one of the values given, and the library's cos.cat asks
// nothing. Other choices are tried in turn. What executions do not record (values,
// translations) is refused with an error where it is needed.
// assert raises a flag instead of ending the run.
package cat
