package cat

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/model"
)

// FuzzParse: any text is a model or gets an error with a position, and a
// model judges an execution without going wrong.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"library/*.cat", "../models/*.cat"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(f, err)
			f.Add(string(text))
		}
	}
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(f, err)
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		require.NoError(f, err)
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == ".cat" {
				f.Add(string(file.Data))
			}
		}
	}
	vocabulary := &model.Vocabulary{Arch: "Test", Tags: []string{"A", "L"}}
	x := rehearsal(vocabulary)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse("fuzz.cat", text, nil)
		if err == nil {
			var c model.Checker
			if c, err = m.NewChecker(vocabulary); err == nil {
				accepted := judge(t, c, x)
				require.Equal(t, accepted, c.Explain(x).Consistent)
				c.Flags()
				return
			}
		}
		var positioned *source.Error
		require.ErrorAs(t, err, &positioned)
		require.True(t, positioned.Pos.IsValid(), err.Error())
	})
}
