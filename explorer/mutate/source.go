package mutate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"

	"github.com/weakmem/litmus/explorer/sim"
)

// names finds what sites are called in the source.
type names struct {
	read  func(pkg, file string) ([]byte, error)
	files map[string]map[int][]call
}

// call is a call of a method, or of a function of a package.
type call struct{ variable, method string }

func newNames(read func(pkg, file string) ([]byte, error)) *names {
	if read == nil {
		read = func(_, file string) ([]byte, error) { return os.ReadFile(file) }
	}
	return &names{read: read, files: map[string]map[int][]call{}}
}

// methods are those that operations of each kind may be calls of.
var methods = map[sim.OperationKind]map[string]bool{
	sim.LoadOperation:   {"Load": true},
	sim.StoreOperation:  {"Store": true},
	sim.UpdateOperation: {"Swap": true, "CompareAndSwap": true, "CompareAndSwapWeak": true, "Add": true, "And": true, "Or": true},
	sim.FenceOperation:  {"Fence": true},
	sim.AwaitOperation:  {"Until": true, "For": true, "ForWith": true, "Await": true},
	sim.FreeOperation:   {"Free": true},
}

func (n *names) resolve(s *Site) {
	key := s.Package + "\n" + s.File
	calls, ok := n.files[key]
	if !ok {
		calls = n.parse(s.Package, s.File)
		n.files[key] = calls
	}
	for _, c := range calls[s.Line] {
		if methods[s.Kind][c.method] {
			s.Variable, s.Method = c.variable, c.method
			break
		}
	}
	switch s.Kind {
	case sim.AwaitOperation:
		s.Variable, s.Method = "", "wait"
	case sim.FenceOperation:
		s.Variable, s.Method = "", "Fence"
	case sim.FreeOperation:
		s.Method = "Free"
	}
}

// parse lists the calls of a file by line; none if there is no source.
func (n *names) parse(pkg, file string) map[int][]call {
	text, err := n.read(pkg, file)
	if err != nil {
		return nil
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	calls := map[int][]call{}
	for _, d := range f.Decls {
		receiver := ""
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && len(fn.Recv.List) == 1 && len(fn.Recv.List[0].Names) == 1 {
			receiver = fn.Recv.List[0].Names[0].Name
		}
		ast.Inspect(d, func(node ast.Node) bool {
			if c, ok := node.(*ast.CallExpr); ok {
				fun := c.Fun
				switch x := fun.(type) { // with type arguments
				case *ast.IndexExpr:
					fun = x.X
				case *ast.IndexListExpr:
					fun = x.X
				}
				if sel, ok := fun.(*ast.SelectorExpr); ok {
					line := fset.Position(sel.Sel.Pos()).Line
					calls[line] = append(calls[line], call{path(sel.X, receiver), sel.Sel.Name})
				}
			}
			return true
		})
	}
	return calls
}

// path is how a variable is called: the fields on the way to it, without the receiver and without indices.
func path(e ast.Expr, receiver string) string {
	switch e := e.(type) {
	case *ast.Ident:
		if e.Name == receiver {
			return ""
		}
		return e.Name
	case *ast.SelectorExpr:
		if before := path(e.X, receiver); before != "" {
			return before + "." + e.Sel.Name
		}
		return e.Sel.Name
	case *ast.IndexExpr:
		return path(e.X, receiver)
	case *ast.ParenExpr:
		return path(e.X, receiver)
	case *ast.StarExpr:
		return path(e.X, receiver)
	case *ast.UnaryExpr:
		return path(e.X, receiver)
	case *ast.CallExpr: // h.Pointer().next
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok {
			if sel.Sel.Name == "Pointer" {
				return path(sel.X, receiver)
			}
			if before := path(sel.X, receiver); before != "" {
				return before + "." + sel.Sel.Name
			}
			return sel.Sel.Name
		}
	}
	return ""
}
