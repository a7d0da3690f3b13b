package litmus

import (
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/c"
	"github.com/weakmem/litmus/litmus/ir"
)

// functions parses the threads of a C test and returns the offset of what follows.
func (p *parser) functions() (int, error) {
	fns, rest, err := c.Parse(string(p.src[p.at:]), p.pos(p.at))
	if err != nil {
		return 0, err
	}
	if len(fns) == 0 {
		return 0, p.errorf(min(p.at+rest, len(p.src)), "expected the threads, P0 (…) { … }, after the initial state")
	}
	p.test.Threads = make([]Thread, len(fns))
	for _, f := range fns {
		n, ok := threadName(f.Name)
		switch {
		case !ok:
			return 0, source.Errorf(f.Pos, "expected a thread's name, P0 and so on, found %s", f.Name)
		case n >= len(fns):
			return 0, source.Errorf(f.Pos, "thread %s of a test of %d threads: they are numbered from 0", f.Name, len(fns))
		case p.test.Threads[n].Function != nil:
			return 0, source.Errorf(f.Pos, "thread %s is defined twice", f.Name)
		}
		p.test.Threads[n] = Thread{Name: f.Name, Function: f}
	}
	return p.at + rest, nil
}

// parameters declares the locations that the parameters of C functions name: one without a declaration has the
// type that they point to.
func (r *resolver) parameters() error {
	for _, t := range r.test.Threads {
		f, ok := t.Function.(*c.Function)
		if !ok {
			continue
		}
		for _, param := range f.Params {
			sym := r.prog.Symbol(ir.Location, param.Name)
			if g := r.globals[sym]; g == nil {
				r.globals[sym] = &global{typ: param.Cell()}
			} else if !g.typ.Declared {
				g.typ = param.Cell()
			}
		}
	}
	return nil
}

// lowerFunctions emits the code of a C test's threads.
func (r *resolver) lowerFunctions() error {
	r.prog.Tags = c.Tags()
	for i, t := range r.test.Threads {
		if err := t.Function.(*c.Function).Lower(r.builders[i]); err != nil {
			return err
		}
	}
	return nil
}
