package litmus_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// cases reads testdata/name: files NAME, and what is expected of them in NAME.KIND, by NAME and KIND; "" is the input.
func cases(t testing.TB, name string) map[string]map[string]string {
	archive, err := txtar.ParseFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	all := map[string]map[string]string{}
	for _, f := range archive.Files {
		base, kind, _ := strings.Cut(f.Name, ".")
		if all[base] == nil {
			all[base] = map[string]string{}
		}
		all[base][kind] = string(f.Data)
	}
	require.NotEmpty(t, all)
	return all
}

func TestForms(t *testing.T) {
	for name, c := range cases(t, "forms.txtar") {
		t.Run(name, func(t *testing.T) {
			test, err := litmus.Parse(name, []byte(c[""]))
			require.NoError(t, err)
			assert.Equal(t, c["formatted"], litmus.Format(test))
			assert.Equal(t, strings.TrimSpace(c["state"]), test.FormatState(initialState(test)))
			roundTrip(t, test)
		})
	}
}

// initialState is the state of a test that has not run.
func initialState(t *litmus.Test) []ir.Value {
	state := make([]ir.Value, t.Slots())
	for _, o := range t.Observed {
		if o.Thread >= 0 {
			state[o.Slot] = t.Program.Threads[o.Thread].Init[o.Reg]
		}
		for i, cell := range o.Cells {
			state[o.Slot+i] = t.Program.Cells[cell].Init
		}
	}
	return state
}

// roundTrip checks that what Format prints parses to an equal test.
func roundTrip(t *testing.T, test *litmus.Test) {
	text := litmus.Format(test)
	again, err := litmus.Parse("formatted", []byte(text))
	require.NoError(t, err, "%s", text)
	assert.Equal(t, text, litmus.Format(again))
	assert.Equal(t, test.Observed, again.Observed)
	assert.Equal(t, withoutPositions(test.Program), withoutPositions(again.Program))
}

func withoutPositions(p *ir.Program) *ir.Program {
	for _, thread := range p.Threads {
		for i := range thread.Code {
			thread.Code[i].Pos = source.Pos{}
		}
	}
	return p
}

func TestErrors(t *testing.T) {
	for name, c := range cases(t, "errors.txtar") {
		t.Run(name, func(t *testing.T) {
			_, err := litmus.Parse(name, []byte(c[""]))
			var at *source.Error
			require.ErrorAs(t, err, &at)
			assert.Equal(t, strings.TrimSpace(c["error"]), err.Error())
		})
	}
}

func TestBinaryInput(t *testing.T) {
	_, err := litmus.Parse("f", []byte("\x7fELF\x02\x01\x00\x00"))
	assert.EqualError(t, err, "f:1:7: this is not a text file: it has a NUL character")
	_, err = litmus.Parse("f", []byte("\xff\xfe\xfd t\n"))
	assert.ErrorContains(t, err, "f:1:1: dialect")
}

func TestLatin1Comment(t *testing.T) {
	_, err := litmus.Parse("f", []byte("X86 t\n(* caf\xe9 *)\n{}\nP0;\nNOP;\n"))
	assert.NoError(t, err)
}

func TestExpectations(t *testing.T) {
	test, err := litmus.Parse("f", []byte(cases(t, "forms.txtar")["header"][""]))
	require.NoError(t, err)
	require.Len(t, test.Expect, 2)
	assert.Equal(t, "sc", test.Expect[0].Model)
	assert.Equal(t, litmus.Forbidden, test.Expect[0].Verdict)
	assert.Equal(t, litmus.Allowed, test.Expect[1].Verdict)
	assert.Equal(t, "PodWR", test.Value("Relax"))
	assert.Empty(t, test.Value("Missing"))
}

// TestCollections formats and reads again every test of the catalogue, and of a directory of collections from elsewhere.
func TestCollections(t *testing.T) {
	roots := []string{"catalog"}
	if dir := collections(); dir != "" {
		roots = append(roots, dir)
	} else {
		t.Log("no collections: set LITMUS_CORPUS to a directory of litmus tests to read these too")
	}
	read := 0
	for _, root := range roots {
		err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".litmus") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			test, err := litmus.Parse(path, text)
			if err != nil {
				// What is refused for what it needs is none of this test's business.
				assert.Regexp(t, `asks for .* which is not supported`, err.Error())
				return nil
			}
			read++
			roundTrip(t, test)
			return nil
		})
		require.NoError(t, err)
	}
	assert.NotZero(t, read)
}

// collections is the directory of litmus tests beside the module, if there is one.
func collections() string {
	if dir := os.Getenv("LITMUS_CORPUS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			beside := filepath.Join(dir, "..", "shared", "corpus")
			if _, e := os.Stat(beside); e == nil {
				return beside
			}
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

func FuzzParse(f *testing.F) {
	for _, c := range cases(f, "forms.txtar") {
		f.Add([]byte(c[""]))
	}
	for _, c := range cases(f, "errors.txtar") {
		f.Add([]byte(c[""]))
	}
	for _, c := range cases(f, "semantics.txtar") {
		f.Add([]byte(c[""]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		test, err := litmus.Parse("f", text)
		if err != nil {
			var at *source.Error
			require.ErrorAs(t, err, &at)
			return
		}
		test.FormatState(initialState(test))
		test.Condition.Prop.Eval(initialState(test))
		roundTrip(t, test)
	})
}
