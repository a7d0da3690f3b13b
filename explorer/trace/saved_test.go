package trace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/trace"
)

func TestSaveAndFind(t *testing.T) {
	root := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(root, "")
		require.NoError(t, err)
		name := rapid.OneOf(rapid.String(), hostile, rapid.StringMatching(`[a-z/]{300}`), rapid.SampledFrom([]string{"nul", "COM1", "..", ".", "/", "Test/a", "Test_a"}))
		want := map[string][]trace.Saved{}
		for range 3 {
			e := publish()
			e.Name, e.Model, e.Token = name.Draw(t, "name"), name.Draw(t, "model"), name.Draw(t, "token")
			path, err := trace.Save(dir, e)
			if e.Name == "" || e.Token == "" {
				require.Error(t, err)
				continue
			}
			require.NoError(t, err)
			within, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			require.Len(t, strings.Split(within, string(filepath.Separator)), 2)
			require.NotContains(t, within, "..")
			want[e.Name] = append(want[e.Name], trace.Saved{Test: e.Name, Model: e.Model, Token: e.Token, Path: path})
		}
		for name, saved := range want {
			found, err := trace.FindSaved(dir, name)
			require.NoError(t, err)
			require.ElementsMatch(t, saved, found)
		}
		unfinished, err := filepath.Glob(filepath.Join(dir, "*", ".*"))
		require.NoError(t, err)
		require.Empty(t, unfinished)
	})
}

func TestSavedFile(t *testing.T) {
	path, err := trace.Save(t.TempDir(), publish())
	require.NoError(t, err)
	assert.Regexp(t, `TestPublish[/\\]TestPublish-\d{14}-\d+\.fail$`, path)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	comment, rest, _ := strings.Cut(string(data), "litmus")
	assert.Equal(t, " explorer failure 1\ntest \"TestPublish\"\nmodel \"rc11\"\ntoken \"AQIDBAUG\"\n", rest)
	assert.Contains(t, comment, "# data race in TestPublish under rc11\n")
	for l := range strings.Lines(comment) {
		assert.True(t, strings.HasPrefix(l, "#"), l)
	}
}

func TestFindSavedWithoutAny(t *testing.T) {
	found, err := trace.FindSaved(t.TempDir(), "TestPublish")
	require.NoError(t, err)
	assert.Empty(t, found)
}

func TestFindSavedPastBadFiles(t *testing.T) {
	dir := t.TempDir()
	path, err := trace.Save(dir, publish())
	require.NoError(t, err)
	for name, text := range map[string]string{"a.fail": "x\n", "z.fail": "", "README": "not a failure"} {
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(text), 0o644))
	}
	require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(path), "folder.fail"), 0o755))
	found, err := trace.FindSaved(dir, "TestPublish")
	assert.Len(t, found, 1)
	assert.ErrorContains(t, err, "a.fail:1: ")
	assert.ErrorContains(t, err, "z.fail:1: ")
}

func TestReadSavedErrors(t *testing.T) {
	const begin = "# comment\n\nlitmus explorer failure 1\n"
	for text, want := range map[string]string{
		"":                                  `:1: the file ends; the format, "litmus explorer failure 1", was expected`,
		"# only\n# comments\n":              `:2: the file ends; the format`,
		"litmus explorer failure 2\n":       `:1: found "litmus explorer failure 2"; the format, "litmus explorer failure 1", was expected`,
		begin + "tset \"a\"\n":              `:4: found "tset"; test, model or token was expected`,
		begin + "test a\n":                  `:4: test is a; a string in double quotes was expected`,
		begin + "test `a`\n":                ":4: test is `a`; a string in double quotes was expected",
		begin + "test \"a\n":                `:4: test is "a; a string in double quotes was expected`,
		begin + "test \"a\" 1\n":            `:4: test is "a" 1; a string in double quotes was expected`,
		begin + "test \"\"\n":               `:4: test is empty`,
		begin + "test \"a\"\ntest \"b\"":    `:5: a second test`,
		begin + "test \"a\"\ntoken \"b\"\n": `:5: the file ends; a line with model was expected`,
		begin + "test \"a\xff\"\n":          `:4: not UTF-8 text; a saved failure was expected`,
	} {
		path := filepath.Join(t.TempDir(), "x.fail")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := trace.ReadSaved(path)
		assert.EqualError(t, err, path+err.Error()[strings.Index(err.Error(), ".fail")+5:])
		assert.ErrorContains(t, err, "x.fail"+want)
	}
	_, err := trace.ReadSaved(filepath.Join(t.TempDir(), "none.fail"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestSaveErrors(t *testing.T) {
	e := publish()
	e.Token = ""
	_, err := trace.Save(t.TempDir(), e)
	assert.ErrorContains(t, err, `failure of test "TestPublish" with token ""`)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err = trace.Save(file, publish())
	assert.ErrorContains(t, err, "failure of TestPublish: ")
}

func FuzzReadSaved(f *testing.F) {
	f.Add("litmus explorer failure 1\ntest \"a\"\nmodel \"rc11\"\ntoken \"t\"\n")
	f.Add("# c\r\nlitmus explorer failure 1\r\ntoken \"\\x00\"\r\n")
	f.Add("litmus explorer failure 1\ntest `a`\n\xff")
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.fail")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		s, err := trace.ReadSaved(path)
		if err != nil {
			assert.Regexp(t, `x\.fail:\d+: `, err.Error())
			return
		}
		again, err := trace.Save(dir, &trace.Execution{Name: s.Test, Model: s.Model, Token: s.Token})
		require.NoError(t, err)
		back, err := trace.ReadSaved(again)
		require.NoError(t, err)
		back.Path = s.Path
		assert.Equal(t, s, back)
	})
}
