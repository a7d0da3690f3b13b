package cat

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/weakmem/litmus/model"
)

// TestFiles judges the executions in testdata. An archive holds model.cat,
// files that it includes, "tags" if its executions have any, and pairs of
// "execution" and "want", or "error", the error that the model gives.
// Variants to set are the words of "variants".
func TestFiles(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			runArchive(t, archive)
		})
	}
}

func runArchive(t *testing.T, archive *txtar.Archive) {
	files := map[string]string{}
	var tags []string
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
		if f.Name == "tags" {
			tags = strings.Fields(string(f.Data))
		}
	}
	checked := 0
	var m *Model
	var failure error
	var x *model.Execution
	var names []string
	var checker model.Checker
	for _, f := range archive.Files {
		text := string(f.Data)
		switch {
		case strings.HasSuffix(f.Name, "model.cat"):
			checker = nil
			find := func(_, name string) (string, string, bool) { t, ok := files[name]; return t, name, ok }
			if m, failure = load("model", f.Name, text, find, strings.Fields(files["variants"])); failure == nil {
				checker, failure = m.NewChecker(&model.Vocabulary{Arch: "Test", Tags: tags})
			}
		case f.Name == "execution":
			require.NoError(t, failure)
			x, names = readExecution(t, text, tags)
		case f.Name == "want":
			checked++
			require.Equal(t, strings.TrimSpace(text), strings.TrimSpace(verdictText(t, checker, x, names)))
		case f.Name == "error":
			checked++
			require.Error(t, failure)
			assert.Equal(t, strings.TrimSpace(text), failure.Error())
			failure = nil
		}
	}
	require.NoError(t, failure)
	require.NotZero(t, checked, "the archive tests nothing")
}

// verdictText writes what a checker says of an execution, one thing a line.
func verdictText(t *testing.T, c model.Checker, x *model.Execution, names []string) string {
	var b strings.Builder
	v := c.Explain(x)
	accepted := judge(t, c, x)
	require.Equal(t, v.Consistent, accepted, "Check and Explain differ")
	if v.Consistent {
		fmt.Fprintln(&b, "consistent")
		var flags []string
		for _, f := range c.Flags() {
			flags = append(flags, fmt.Sprint(f.Name, f.Undefined))
		}
		var explained []string
		for _, f := range v.Flags {
			explained = append(explained, fmt.Sprint(f.Name, f.Undefined))
		}
		assert.ElementsMatch(t, explained, flags)
	}
	for _, violation := range v.Violations {
		assert.False(t, v.Consistent)
		fmt.Fprintf(&b, "fails %s (%s): %s\n", violation.Axiom, violation.Test, cycleText(violation.Cycle, names))
	}
	for _, f := range v.Flags {
		word := "flag"
		if f.Undefined {
			word = "undefined"
		}
		fmt.Fprintf(&b, "%s %s:", word, f.Name)
		for _, p := range f.Pairs {
			fmt.Fprintf(&b, " %s-%s", names[p[0]], names[p[1]])
		}
		fmt.Fprintln(&b)
	}
	for _, s := range v.Shown {
		if s.Name != "co" && s.Name != "fr" {
			fmt.Fprintf(&b, "%s = %s\n", s.Name, pairText(s.Relation, names))
		}
	}
	return b.String()
}
