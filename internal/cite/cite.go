package cite

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Analyzer is the pass. Its result is a []Citation, in the order of the source.
var Analyzer = &analysis.Analyzer{
	Name:       "cite",
	Doc:        "report atomic operations that do not say which invariant their ordering serves",
	URL:        "https://pkg.go.dev/github.com/weakmem/litmus/internal/cite",
	Run:        run,
	ResultType: reflect.TypeFor[[]Citation](),
}

// Citation is a place where a name stands in a comment.
type Citation struct {
	Name string // "INV-RING-2"
	Pos  token.Pos
}

// Name matches the name of an invariant.
var Name = regexp.MustCompile(`\bINV-[A-Z][A-Z0-9]*-[0-9]+\b`)

func run(pass *analysis.Pass) (any, error) {
	var all []Citation
	for _, file := range pass.Files {
		name := pass.Fset.Position(file.FileStart).Filename
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := pass.ReadFile(name)
		if err != nil {
			return nil, err
		}
		lines := bytes.Split(text, []byte("\n"))
		citing := map[int]bool{} // lines
		for _, group := range file.Comments {
			for _, c := range group.List {
				for _, at := range Name.FindAllStringIndex(c.Text, -1) {
					all = append(all, Citation{c.Text[at[0]:at[1]], c.Pos() + token.Pos(at[0])})
				}
			}
			if !Name.MatchString(group.Text()) {
				continue
			}
			first, last := pass.Fset.Position(group.Pos()), pass.Fset.Position(group.End())
			citing[first.Line] = true
			before, after := lines[first.Line-1][:first.Column-1], lines[last.Line-1][last.Column-1:]
			if len(bytes.TrimSpace(before)) == 0 && len(bytes.TrimSpace(after)) == 0 {
				citing[last.Line+1] = true
			}
		}
		operations(pass, file, citing)
	}
	return all, nil
}

// operations reports what is wrong with the operations of a file, of whose lines some are cited for.
func operations(pass *analysis.Pass, file *ast.File, citing map[int]bool) {
	var calls []*ast.CallExpr
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && orders(pass.TypesInfo.TypeOf(call.Fun)) {
			calls = append(calls, call)
		}
		return true
	})
	slices.SortFunc(calls, func(a, b *ast.CallExpr) int { return cmp.Compare(called(a), called(b)) })
	line := func(p token.Pos) int { return pass.Fset.Position(p).Line }
	for i, call := range calls {
		first, last := line(called(call)), line(call.End())
		cited := slices.ContainsFunc(seq(first, last), func(l int) bool { return citing[l] })
		switch {
		case i > 0 && line(called(calls[i-1])) == first:
			pass.Reportf(called(call), "a second atomic operation on one line: each needs its own")
		case !given(pass, call):
			pass.Reportf(called(call), "atomic operation without an ordering: say which, though it be SeqCst")
		case !cited:
			pass.Reportf(called(call), "atomic operation that cites no invariant: expected a comment such as // INV-RING-2, here or directly above")
		}
	}
}

func seq(first, last int) []int {
	var all []int
	for l := first; l <= last; l++ {
		all = append(all, l)
	}
	return all
}

// called is where the name of what is called stands: x.a.Load( may go over several lines.
func called(call *ast.CallExpr) token.Pos {
	if s, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return s.Sel.Pos()
	}
	return call.Fun.Pos()
}

// orders reports whether a type is that of functions that take an ordering, or several, last.
func orders(t types.Type) bool {
	f, ok := t.(*types.Signature)
	if !ok || f.Params().Len() == 0 {
		return false
	}
	last := f.Params().At(f.Params().Len() - 1).Type()
	if s, ok := last.(*types.Slice); ok && f.Variadic() {
		last = s.Elem()
	}
	return isOrdering(last)
}

func isOrdering(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "Ordering" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "github.com/weakmem/litmus/explorer/sim"
}

// given reports whether the call has an ordering among its arguments.
func given(pass *analysis.Pass, call *ast.CallExpr) bool {
	return call.Ellipsis.IsValid() || slices.ContainsFunc(call.Args, func(x ast.Expr) bool { return isOrdering(pass.TypesInfo.TypeOf(x)) })
}
