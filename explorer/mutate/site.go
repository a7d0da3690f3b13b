package mutate

import (
	"cmp"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Site is a line of source where operations of one kind on modelled memory are made.
type Site struct {
	Name     string // "Producer.Push/tail.Store": function, variable, method
	Package  string // its import path
	Function string // "Producer.Push"
	File     string // its base name
	Line     int
	Kind     sim.OperationKind
	Variable string // "tail"; "" if there is none, or it is not known
	Method   string // "Store"
	// Order and Failed are the orderings as written; Failed is that of a compare-and-swap that finds another value.
	Order, Failed sim.Ordering

	identity identity
	outside  bool // it is not changed, but for the sake of its variable
	again    bool // a load that looks again at what it has read
	variable *variable
}

// place is what a list of callers stands for.
type place struct {
	pkg, function, file string
	line                int
	lock                bool // the operation is part of that of a lock
	outside             bool // of the packages whose sites are changed
	foreign             bool // it is no site
}

// Packages whose frames stand between an operation and its site.
var transparent = map[string]bool{
	"github.com/weakmem/litmus/explorer":                 true,
	"github.com/weakmem/litmus/explorer/internal/search": true,
	"github.com/weakmem/litmus/explorer/mutate":          true,
	"github.com/weakmem/litmus/primitives/atomic":        true,
	"github.com/weakmem/litmus/primitives/mem":           true,
	"github.com/weakmem/litmus/primitives/wait":          true,
}

const synchronisers = "github.com/weakmem/litmus/primitives/sync"

// callers is how much of the stack tells places apart: enough to reach from an operation to its site.
type callers [8]uintptr

// here returns the place of the operation that an interceptor is shown.
func (c *Code) here() *place {
	var key callers
	runtime.Callers(4, key[:]) // not Callers, here, Intercept, and the explorer's call of it
	if p, ok := c.callers.Load(key); ok {
		return p.(*place)
	}
	p := c.find()
	c.callers.Store(key, p)
	return p
}

func (c *Code) find() *place {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	p := &place{}
	for {
		f, more := frames.Next()
		pkg, function := split(f.Function)
		switch {
		case pkg == synchronisers:
			if !strings.HasPrefix(function, "Mutex.") && !strings.HasPrefix(function, "RWMutex.") {
				p.foreign = true
			}
			p.lock = true
		case !transparent[pkg]:
			p.pkg, p.function, p.file, p.line = pkg, function, f.File, f.Line
			if len(c.config.Packages) > 0 && !slices.Contains(c.config.Packages, pkg) {
				p.outside = true
			}
			return p
		}
		if !more {
			p.foreign = true
			return p
		}
	}
}

// split takes the name of a function apart, and leaves type arguments and the marks of pointers out.
func split(name string) (pkg, function string) {
	slash := strings.LastIndexByte(name, '/') + 1
	if i := strings.IndexByte(name, '['); i >= 0 && i < slash {
		slash = strings.LastIndexByte(name[:i], '/') + 1 // of a type argument
	}
	dot := strings.IndexByte(name[slash:], '.')
	if dot < 0 {
		return name, ""
	}
	pkg, function = name[:slash+dot], name[slash+dot+1:]
	var b strings.Builder
	depth := 0
	for _, r := range function {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		case '(', ')', '*':
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return pkg, b.String()
}

// identity tells sites apart.
type identity struct {
	pkg, function, file string
	line                int
	kind                sim.OperationKind
	order, failed       sim.Ordering
}

// variable is a set of sites that access the same variables.
type variable struct{ parent *variable }

func (v *variable) root() *variable {
	for v.parent != nil {
		v = v.parent
	}
	return v
}

// survey is an interceptor that changes nothing, and notes sites.
type survey struct {
	c       *Code
	mu      sync.Mutex
	sites   map[identity]*Site
	locks   map[string]bool
	touched map[unsafe.Pointer]*Site // a site that accessed the variable; being here, its memory is not used again
}

// remembered is how many variables a survey keeps alive.
const remembered = 100_000

func newSurvey(c *Code) *survey {
	return &survey{c: c, sites: map[identity]*Site{}, locks: map[string]bool{}, touched: map[unsafe.Pointer]*Site{}}
}

func (s *survey) Intercept(op *sim.Operation) {
	p := s.c.here()
	if p.foreign {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.lock {
		if !p.outside {
			s.locks[p.function] = true
		}
		return
	}
	id := identity{p.pkg, p.function, p.file, p.line, op.Kind, op.Order, op.Failed}
	site := s.sites[id]
	if site == nil {
		site = &Site{
			Package: p.pkg, Function: p.function, File: p.file, Line: p.line, Kind: op.Kind, Order: op.Order, Failed: op.Failed,
			identity: id, outside: p.outside, variable: &variable{},
		}
		s.sites[id] = site
	}
	site.again = site.again || op.Again
	if op.Addr == nil || op.Kind == sim.FreeOperation {
		return
	}
	switch other := s.touched[op.Addr]; {
	case other == nil:
		if len(s.touched) >= remembered {
			clear(s.touched)
		}
		s.touched[op.Addr] = site
	case other.variable.root() != site.variable.root():
		other.variable.root().parent = site.variable.root()
	}
}

// finish names the sites and puts them in order.
func (s *survey) finish() (sites []*Site, locks []string) {
	for _, site := range s.sites {
		sites = append(sites, site)
	}
	slices.SortFunc(sites, func(a, b *Site) int {
		return cmp.Or(strings.Compare(a.Package, b.Package), strings.Compare(a.File, b.File), a.Line-b.Line,
			int(a.Kind)-int(b.Kind), int(a.Order)-int(b.Order), int(a.Failed)-int(b.Failed))
	})
	names := newNames(s.c.config.Source)
	for _, site := range sites {
		if !site.outside {
			names.resolve(site)
		}
	}
	count := map[string]int{}
	for _, site := range sites {
		site.File = filepath.Base(site.File)
		what := site.Method
		if site.Variable != "" {
			what = site.Variable + "." + what
		}
		if what == "" {
			what = fmt.Sprint(site.Line)
		}
		name := site.Function + "/" + what
		if count[name]++; count[name] > 1 && !site.outside {
			name = fmt.Sprintf("%s#%d", name, count[name])
		}
		site.Name = name
	}
	for f := range s.locks {
		locks = append(locks, f)
	}
	slices.Sort(locks)
	return sites, locks
}
