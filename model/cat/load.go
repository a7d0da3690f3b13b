package cat

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/model"
)

// library holds the files that models include without bringing them.
//
//go:embed library/*.cat
var library embed.FS

// standard is included by every model.
const standard = "stdlib.cat"

// maxIncludes bounds the files that one model reads.
const maxIncludes = 1000

// Model is a model written in cat. It implements [model.Model] and may be used
// by several goroutines at once.
type Model struct {
	name     string
	file     *file
	standard *file
	variants map[string]bool

	mu       sync.Mutex
	programs map[string]*program // by vocabulary
}

// Options says how to load a model.
type Options struct {
	Dirs     []string // where to look for includes, after the including file's own directory
	Variants []string // what "if" finds set; all else is unset
}

// Load reads the model in a file. What it includes is looked up beside the
// including file, then in dirs, then in the library that comes with the package.
func Load(path string, dirs ...string) (*Model, error) {
	return LoadWith(path, Options{Dirs: dirs})
}

// LoadWith is [Load] with all that can be said.
func LoadWith(path string, o Options) (*Model, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	find := func(from, name string) (string, string, bool) {
		for _, dir := range append([]string{filepath.Dir(from)}, o.Dirs...) {
			p := filepath.Join(dir, name)
			if text, err := os.ReadFile(p); err == nil {
				return string(text), p, true
			}
		}
		return "", "", false
	}
	return load(baseName(path), path, string(text), find, o.Variants)
}

// Parse reads a model from text; name is the file's, for positions and for the
// model's name. include returns the text and the path of an included file; what
// it does not have, or all if it is nil, comes from the package's library.
func Parse(name, text string, include func(name string) (text string, path string, ok bool)) (*Model, error) {
	find := func(_, name string) (string, string, bool) {
		if include == nil {
			return "", "", false
		}
		return include(name)
	}
	return load(baseName(name), name, text, find, nil)
}

func baseName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".cat")
}

func load(name, path, text string, find func(from, name string) (string, string, bool), variants []string) (*Model, error) {
	l := &loader{find: find, variants: map[string]bool{}}
	for _, v := range variants {
		l.variants[v] = true
	}
	m := &Model{name: name, variants: l.variants, programs: map[string]*program{}}
	std, err := library.ReadFile("library/" + standard)
	if err != nil {
		return nil, err
	}
	if m.standard, err = l.parse(standard, string(std)); err != nil {
		return nil, err
	}
	if m.file, err = l.parse(path, text); err != nil {
		return nil, err
	}
	if _, err := compile(m.standard, m.file, anyVocabulary, m.variants); err != nil {
		return nil, err
	}
	return m, nil
}

// loader reads a model and what it includes.
type loader struct {
	find     func(from, name string) (text, path string, ok bool)
	variants map[string]bool
	open     []string // the files being read
	count    int
}

func (l *loader) parse(path, text string) (*file, error) {
	f, err := parseFile(path, text)
	if err != nil {
		return nil, err
	}
	l.open = append(l.open, path)
	err = l.includes(f, f.body)
	l.open = l.open[:len(l.open)-1]
	return f, err
}

// includes reads the files that instructions include, but for those in
// branches that no variant enters.
func (l *loader) includes(f *file, body []stmt) error {
	for _, s := range body {
		var err error
		switch s := s.(type) {
		case *includeStmt:
			err = l.include(f, s)
		case *procedureStmt:
			err = l.includes(f, s.body)
		case *forallStmt:
			err = l.includes(f, s.body)
		case *ifStmt:
			holds, static := l.holds(s.cond)
			if !static || holds {
				err = l.includes(f, s.then)
			}
			if err == nil && (!static || !holds) {
				err = l.includes(f, s.alt)
			}
		case *matchStmt:
			for _, c := range s.clauses {
				if err == nil {
					err = l.includes(f, c.body)
				}
			}
			if err == nil {
				err = l.includes(f, s.fallback)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) include(f *file, s *includeStmt) error {
	if l.count++; l.count > maxIncludes {
		return source.Errorf(s.at, "the model includes more than %d files", maxIncludes)
	}
	text, path, ok := l.find(f.path, s.name)
	if !ok {
		embedded, err := library.ReadFile("library/" + filepath.Base(s.name))
		if err != nil {
			return source.Errorf(s.at, "cannot include %q: no such file beside the model or in the library", s.name)
		}
		text, path = string(embedded), s.name
	}
	for _, open := range l.open {
		if open == path {
			return source.Errorf(s.at, "%s includes itself: %s", path, strings.Join(append(l.open, path), " → "))
		}
	}
	var err error
	s.file, err = l.parse(path, text)
	return err
}

// holds decides a condition on variants alone.
func (l *loader) holds(c cond) (holds, static bool) {
	switch c := c.(type) {
	case variantCond:
		return l.variants[c.name], true
	case notCond:
		h, ok := l.holds(c.c)
		return !h, ok
	case logicCond:
		h1, ok1 := l.holds(c.c)
		h2, ok2 := l.holds(c.d)
		if c.and {
			return h1 && h2, ok1 && ok2
		}
		return h1 || h2, ok1 && ok2
	}
	return false, false
}

// Name implements [model.Model].
func (m *Model) Name() string { return m.name }

// Title is what the model's first line calls it, "" if it does not.
func (m *Model) Title() string { return m.file.title }

// Arch is the architecture that the model's first line names, "" if it does not.
func (m *Model) Arch() string { return m.file.arch }

// NewChecker implements [model.Model]. The checker is a [*Checker].
func (m *Model) NewChecker(v *model.Vocabulary) (model.Checker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := fmt.Sprintf("%s %q %t", v.Arch, v.Tags, v.Registers)
	p := m.programs[key]
	if p == nil {
		var err error
		if p, err = compile(m.standard, m.file, v, m.variants); err != nil {
			return nil, err
		}
		if err := newChecker(p).rehearse(); err != nil {
			return nil, err
		}
		m.programs[key] = p
	}
	return newChecker(p), nil
}

// rehearse runs what cannot be compiled on a small execution, so that errors
// of type show before the search begins.
func (c *Checker) rehearse() error {
	dynamic := false
	for _, check := range c.prog.checks {
		dynamic = dynamic || check.later != nil
	}
	for _, w := range c.prog.withs {
		dynamic = dynamic || w.x != nil
	}
	if !dynamic {
		return nil
	}
	x := rehearsal(c.prog.raw.inputs.vocabulary)
	c.Check(x, model.Complete)
	for depth := range c.prog.withs {
		c.chosen[depth] = x.Co
		if w := &c.prog.withs[depth]; w.x != nil {
			c.computed(x, 0, w)
		}
	}
	for i := range c.prog.fast.checks {
		if f := &c.prog.fast.checks[i]; f.later {
			c.execute(x, f)
		}
	}
	return c.err
}

// rehearsal is x=1 ‖ x=2; r=x, the read taking 1.
func rehearsal(v *model.Vocabulary) *model.Execution {
	x := &model.Execution{Vocabulary: v, Init: 1, Events: []model.Event{
		{Thread: -1, Kind: model.Write},
		{Thread: 0, Kind: model.Write},
		{Thread: 1, Kind: model.Write},
		{Thread: 1, Index: 1, Kind: model.Read},
	}}
	relation := func(pairs ...[2]int) *model.Relation {
		r := model.NewRelation(len(x.Events))
		for _, p := range pairs {
			r.Add(p[0], p[1])
		}
		return r
	}
	x.Po = relation([2]int{2, 3})
	x.Co = relation([2]int{0, 1}, [2]int{0, 2}, [2]int{1, 2})
	x.Rf = relation([2]int{1, 3})
	for _, r := range []**model.Relation{
		&x.Addr, &x.Data, &x.Ctrl, &x.Rmw, &x.Amo, &x.PickBasic, &x.PickAddr, &x.PickData, &x.PickCtrl,
	} {
		*r = relation()
	}
	x.Inside = &model.Inside{}
	return x
}
