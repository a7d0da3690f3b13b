package specs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/weakmem/litmus/internal/cite"
	"github.com/weakmem/litmus/primitives/catalog"
)

// What protocols are built of, judged by and listed in is no protocol.
var foundations = []string{"atomic", "sync", "mem", "wait", "proptest", "sequential", "catalog", "internal"}

// Every protocol has a page, which has what a page has, and every page is one of a protocol and in the index.
func TestPages(t *testing.T) {
	t.Chdir("..")
	index, err := os.ReadFile("specs/README.md")
	require.NoError(t, err)
	all := pages(t)
	for _, protocol := range catalog.All() {
		t.Run(protocol.Name, func(t *testing.T) {
			p := all[protocol.Name]
			require.NotNil(t, p, "no page")
			for _, problem := range p.Problems(exists) {
				t.Error(problem)
			}
			assert.Contains(t, string(index), fmt.Sprintf("\n| [%s](%[1]s.md) | %s |\n", protocol.Name, protocol.Title), "the index")
		})
		delete(all, protocol.Name)
	}
	assert.Empty(t, all, "pages of no protocol in the catalogue")
	assert.Equal(t, len(catalog.All()), strings.Count(string(index), ".md) |"), "pages in the index")
	for _, s := range cite.Sections {
		assert.Contains(t, string(index), "- **"+s+"**: ", "the index does not say what is in this section")
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Every atomic operation of every protocol cites an invariant, every name that is cited is defined, and what is defined is cited
// both by code and by a test or a program.
func TestCitations(t *testing.T) {
	t.Chdir("..")
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax}, "./primitives/...")
	require.NoError(t, err)
	loaded = slices.DeleteFunc(loaded, func(p *packages.Package) bool {
		_, path, _ := strings.Cut(p.PkgPath, "/primitives/")
		room, _, _ := strings.Cut(path, "/")
		return room == "" || slices.Contains(foundations, room)
	})
	graph, err := checker.Analyze([]*analysis.Analyzer{cite.Analyzer}, loaded, nil)
	require.NoError(t, err)
	analysed := map[string]*checker.Action{}
	var code, tests []cite.Place
	for _, a := range graph.Roots {
		analysed[a.Package.Name] = a
		citations, _ := a.Result.([]cite.Citation) // nil, if the package does not compile
		for _, c := range citations {
			at := a.Package.Fset.Position(c.Pos)
			file := filepath.ToSlash(at.Filename[strings.LastIndex(at.Filename, "primitives"):])
			code = append(code, cite.Place{Name: c.Name, File: file, Line: at.Line})
		}
	}
	for _, pattern := range []string{"primitives/*/*_test.go", "primitives/catalog/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			tests = append(tests, cite.Cited(file, string(text))...)
		}
	}

	all := pages(t)
	for _, protocol := range catalog.All() {
		t.Run(protocol.Name, func(t *testing.T) {
			var ours, theirs []cite.Place
			ours, code = of(protocol.Name, code)
			theirs, tests = of(protocol.Name, tests)
			a := analysed[protocol.Name]
			require.NotNil(t, a, "no package")
			require.Empty(t, a.Package.Errors)
			require.NoError(t, a.Err)
			for _, d := range a.Diagnostics {
				at := a.Package.Fset.Position(d.Pos)
				t.Errorf("%s:%d: %s", filepath.Base(at.Filename), at.Line, d.Message)
			}
			p := all[protocol.Name]
			require.NotNil(t, p, "no page")
			for _, problem := range cite.Unmatched([]*cite.Page{p}, ours, theirs) {
				t.Error(problem)
			}
		})
		delete(analysed, protocol.Name)
	}
	assert.Empty(t, analysed, "packages that are no protocol of the catalogue")
	for _, problem := range cite.Unmatched(nil, code, tests) {
		t.Error(problem)
	}
}

// of parts the citations of a protocol's invariants from others.
func of(protocol string, all []cite.Place) (its, others []cite.Place) {
	for _, p := range all {
		if strings.HasPrefix(p.Name, "INV-"+strings.ToUpper(protocol)+"-") {
			its = append(its, p)
		} else {
			others = append(others, p)
		}
	}
	return its, others
}

// pages reads the pages of the protocols.
func pages(t *testing.T) map[string]*cite.Page {
	files, err := filepath.Glob("specs/*.md")
	require.NoError(t, err)
	all := map[string]*cite.Page{}
	for _, file := range files {
		if filepath.Base(file) == "README.md" {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all[strings.TrimSuffix(filepath.Base(file), ".md")] = cite.Parse(filepath.ToSlash(file), string(text))
	}
	return all
}
