package c

import (
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

var qualifiers = map[string]bool{
	"const": true, "volatile": true, "restrict": true, "register": true, "_Atomic": true,
	"__restrict": true, "__volatile__": true, "__const": true,
}

// typeWords are the words that make up a base type, in the order of its canonical name.
var typeWords = []string{"signed", "unsigned", "short", "long", "void", "char", "int", "_Bool", "__int128"}

// isType reports whether a type may start with the word.
func isType(w string) bool {
	if qualifiers[w] || w == "signed" || w == "unsigned" {
		return true
	}
	_, ok := bases[w]
	return ok
}

// refusedType names what starts a declaration that is not supported.
func refusedType(w string) bool {
	switch w {
	case "struct", "union", "enum", "typedef", "static", "extern":
		return true
	}
	return false
}

// typeName reads a base type and the stars after it.
func (p *parser) typeName(what string) (*Type, error) {
	base, err := p.baseType(what)
	if err != nil {
		return nil, err
	}
	return p.pointers(base)
}

func (p *parser) baseType(what string) (*Type, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	start := p.tok
	if start.kind == ident && refusedType(start.text) {
		return nil, source.Errorf(start.pos, "%s is not supported: expected %s of integers or pointers", start.text, what)
	}
	t := &Type{}
	var words []string
	for p.tok.kind == ident {
		w := p.tok.text
		switch {
		case qualifiers[w]:
			if err := p.advance(); err != nil {
				return nil, err
			}
			if w == "_Atomic" && p.is("(") {
				inner, err := p.atomicOf()
				if err != nil {
					return nil, err
				}
				if len(words) > 0 || t.Base != "" || t.Elem != nil {
					return nil, source.Errorf(start.pos, "_Atomic(%s) after another type: expected one base type", inner)
				}
				t.Base, t.Elem = inner.Base, inner.Elem
				t.Const, t.Volatile = t.Const || inner.Const, t.Volatile || inner.Volatile
			}
			t.qualify(w)
			continue
		case slices.Contains(typeWords, w):
			words = append(words, w)
		case len(words) == 0 && t.Base == "" && t.Elem == nil && isType(w):
			t.Base = w
		default:
			return p.named(t, words, start, what)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	return p.named(t, words, start, what)
}

// atomicOf reads the "(T)" of _Atomic(T).
func (p *parser) atomicOf() (*Type, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	t, err := p.typeName("the type within _Atomic( )")
	if err != nil {
		return nil, err
	}
	return t, p.expect(")", "after _Atomic("+t.String())
}

func (t *Type) qualify(w string) {
	switch w {
	case "const", "__const":
		t.Const = true
	case "volatile", "__volatile__":
		t.Volatile = true
	case "_Atomic":
		t.Atomic = true
	}
}

// named completes a base type of the words gathered.
func (p *parser) named(t *Type, words []string, start token, what string) (*Type, error) {
	if len(words) == 0 {
		if t.Base == "" && t.Elem == nil {
			return nil, source.Errorf(p.tok.pos, "unexpected %s: expected %s", p.tok.describe(), what)
		}
		return t, nil
	}
	slices.SortStableFunc(words, func(a, b string) int {
		return slices.Index(typeWords, a) - slices.Index(typeWords, b)
	})
	name := strings.Join(words, " ")
	if full, ok := canonical[name]; ok {
		name = full
	}
	if _, ok := bases[name]; !ok || t.Base != "" || t.Elem != nil {
		return nil, source.Errorf(start.pos, "%s is not a type: expected %s", strings.TrimSpace(t.Base+" "+name), what)
	}
	t.Base = name
	return t, nil
}

func (p *parser) pointers(t *Type) (*Type, error) {
	for n := 0; p.is("*"); n++ {
		if n == maxDepth {
			return nil, source.Errorf(p.tok.pos, "more than %d stars", maxDepth)
		}
		t = &Type{Elem: t}
		for {
			if err := p.advance(); err != nil {
				return nil, err
			}
			if p.tok.kind != ident || !qualifiers[p.tok.text] {
				break
			}
			t.qualify(p.tok.text)
		}
	}
	return t, nil
}

// parenType reads ( TypeName ).
func (p *parser) parenType() (*Type, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	t, err := p.typeName("a type")
	if err != nil {
		return nil, err
	}
	return t, p.expect(")", "after the type "+t.String())
}
