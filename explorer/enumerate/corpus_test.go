package enumerate

import (
	"bufio"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// reference is what a reference simulator says of a test under a model.
type reference struct {
	File        string
	Model       string // "default": the dialect's
	States      []string
	Observation string
	Verdict     string // "Undef" if the program races
	Flags       []string
}

func (r *reference) undefined() bool {
	return r.Verdict == "Undef" || slices.Contains(r.Flags, "*undef*")
}

// corpusDir finds tests with reference results: a directory that holds, by
// set, SET/….litmus and SET.jsonl. They stand beside the checkout if at all.
func corpusDir(t *testing.T) string {
	if dir := os.Getenv("LITMUS_CORPUS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		corpus := filepath.Join(dir, "shared", "corpus")
		if _, err := os.Stat(corpus); err == nil {
			return corpus
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no tests with reference results: set LITMUS_CORPUS to their directory")
		}
		dir = filepath.Dir(dir)
	}
}

func references(t *testing.T, file string) map[string][]reference {
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	refs := map[string][]reference{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var r reference
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		refs[r.File] = append(refs[r.File], r)
	}
	require.NoError(t, lines.Err())
	return refs
}

// What no model here speaks of: a test that names such a variant must be refused with that reason.
var refusals = []struct {
	variant *regexp.Regexp
	reason  string
}{
	{regexp.MustCompile(`(?m)^Variant=.*\bvmsa\b`), "virtual memory"},
	{regexp.MustCompile(`(?m)^Variant=.*\bifetch\b`), "instruction fetch"},
}

// On tests that others wrote the results are the reference simulator's: the
// states, how often the condition holds, and whether the program races.
func TestAgainstReferenceResults(t *testing.T) {
	dir := corpusDir(t)
	for _, set := range []string{"x86", "c11", "aarch64", "riscv"} {
		t.Run(set, func(t *testing.T) {
			t.Parallel()
			refs := references(t, filepath.Join(dir, set+".jsonl"))
			require.NotEmpty(t, refs)
			e := NewEngine(Options{})
			for _, file := range slices.Sorted(maps.Keys(refs)) {
				againstReference(t, e, filepath.Join(dir, set, file), refs[file])
			}
		})
	}
}

func againstReference(t *testing.T, e *Engine, path string, refs []reference) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	test, err := litmus.Parse(path, text)
	for _, r := range refusals {
		if r.variant.Match(text) {
			assert.ErrorContains(t, err, r.reason, path)
			return
		}
	}
	if !assert.NoError(t, err, path) {
		return
	}
	for _, ref := range refs {
		name := ref.Model
		if name == "default" {
			name = models.Default(test.Dialect)
		}
		results, err := e.Run(context.Background(), test, []model.Model{load(t, name)})
		if !assert.NoError(t, err, path) {
			continue
		}
		got := map[string]bool{}
		for _, s := range results[0].States {
			got[sortedItems(test.FormatState(s.Values))] = true
		}
		want := map[string]bool{}
		for _, s := range ref.States {
			want[sortedItems(s)] = true
		}
		assert.Equal(t, want, got, "%s: states under %s", path, name)
		assert.Equal(t, ref.Observation, results[0].Observation(), "%s under %s", path, name)
		assert.Equal(t, ref.undefined(), results[0].Undefined, "%s: undefined under %s", path, name)
	}
}

// sortedItems is a state with its items sorted and single-spaced.
func sortedItems(state string) string {
	var items []string
	for _, item := range strings.Split(state, ";") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	slices.Sort(items)
	return strings.Join(items, "; ")
}
