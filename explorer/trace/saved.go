package trace

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Dir is where failures are saved by convention, in the folder of the test's package.
var Dir = filepath.Join("testdata", "explorer")

// Saved is a saved failure: enough to replay it.
type Saved struct {
	Test  string // testing.T.Name
	Model string
	Token string
	Path  string // of the file
}

// format is the first line of a file that is no comment.
const format = "litmus explorer failure 1"

// Save writes the failing execution to a new file dir/<test>/<test>-<time>-<pid>.fail, in which the test's name has "_"
// for what a file's name had better not have, and returns the file's path. Folders are made as needed. The file
// appears complete or not at all. It is an error if the execution has no name or no token.
//
// The file begins with the execution as text, in comments. The rest is a line that names the format and one line each
// for the test, the model and the token: a word and a string as Go quotes it.
func Save(dir string, e *Execution) (path string, err error) {
	if e.Name == "" || e.Token == "" {
		return "", fmt.Errorf("trace: failure of test %q with token %q: both must be known to save it", e.Name, e.Token)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("trace: failure of %s: %w", e.Name, err)
		}
	}()
	name := fileName(e.Name)
	dir = filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, ".unfinished-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name()) // which fails once the file has its name
	_, err = f.Write(e.fileText())
	// A temporary file is its owner's alone; a saved failure is to be checked in with the test.
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return "", err
	}
	return nameFile(f.Name(), filepath.Join(dir, fmt.Sprintf("%s-%s-%d", name, time.Now().Format("20060102150405"), os.Getpid())))
}

func (e *Execution) fileText() []byte {
	var b bytes.Buffer
	for l := range strings.Lines(e.String()) {
		b.WriteString(strings.TrimRight("# "+l, " \n") + "\n")
	}
	fmt.Fprintf(&b, "%s\n", format)
	fmt.Fprintf(&b, "test %s\nmodel %s\ntoken %s\n", strconv.Quote(e.Name), strconv.Quote(e.Model), strconv.Quote(e.Token))
	return b.Bytes()
}

var naming sync.Mutex // so that two failures of one second, in one process, get two names

// nameFile gives a finished file a name that no other file has.
func nameFile(unfinished, stem string) (string, error) {
	naming.Lock()
	defer naming.Unlock()
	path := stem + ".fail"
	for n := 2; ; n++ {
		_, err := os.Lstat(path)
		if errors.Is(err, os.ErrNotExist) {
			return path, os.Rename(unfinished, path)
		}
		if err != nil {
			return "", err
		}
		path = fmt.Sprintf("%s-%d.fail", stem, n)
	}
}

// FindSaved returns the saved failures of a test, oldest first as far as the names of the files tell. Files that cannot
// be read do not hide the others: the error tells of all of them. It is no error if there are none.
func FindSaved(dir, test string) ([]Saved, error) {
	dir = filepath.Join(dir, fileName(test))
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("trace: saved failures of %s: %w", test, err)
	}
	var found []Saved
	var wrong []error
	for _, entry := range entries {
		if entry.IsDir() || filepath.Ext(entry.Name()) != ".fail" {
			continue
		}
		s, err := ReadSaved(filepath.Join(dir, entry.Name()))
		switch {
		case err != nil:
			wrong = append(wrong, err)
		case s.Test == test: // names that differ may share a folder
			found = append(found, s)
		}
	}
	return found, errors.Join(wrong...)
}

// ReadSaved reads one file of a saved failure. The error names the file and the line.
func ReadSaved(path string) (Saved, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Saved{}, fmt.Errorf("trace: saved failure: %w", err)
	}
	s, line, err := parseSaved(data)
	if err != nil {
		return Saved{}, fmt.Errorf("%s:%d: %w", path, line, err)
	}
	s.Path = path
	return s, nil
}

// parseSaved returns the line that an error is about.
func parseSaved(data []byte) (s Saved, line int, err error) {
	if !utf8.Valid(data) {
		line := 1 + bytes.Count(data[:invalidUTF8(data)], []byte("\n"))
		return s, line, errors.New("not UTF-8 text; a saved failure was expected")
	}
	fields := []struct {
		name string
		to   *string
	}{{"test", &s.Test}, {"model", &s.Model}, {"token", &s.Token}}
	seen := map[string]bool{}
	begun := false
	for l := range strings.Lines(string(data)) {
		line++
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		if !begun {
			if l != format {
				return s, line, fmt.Errorf("found %q; the format, %q, was expected", abridged(l), format)
			}
			begun = true
			continue
		}
		name, quoted, _ := strings.Cut(l, " ")
		i := slices.IndexFunc(fields, func(f struct {
			name string
			to   *string
		}) bool {
			return f.name == name
		})
		if i < 0 {
			return s, line, fmt.Errorf("found %q; test, model or token was expected", abridged(name))
		}
		if seen[name] {
			return s, line, fmt.Errorf("a second %s", name)
		}
		seen[name] = true
		value, err := strconv.Unquote(strings.TrimSpace(quoted))
		if err != nil || !strings.HasPrefix(strings.TrimSpace(quoted), `"`) {
			return s, line, fmt.Errorf("%s is %s; a string in double quotes was expected", name, abridged(quoted))
		}
		if value == "" && name != "model" {
			return s, line, fmt.Errorf("%s is empty", name)
		}
		*fields[i].to = value
	}
	line = max(line, 1)
	if !begun {
		return s, line, fmt.Errorf("the file ends; the format, %q, was expected", format)
	}
	for _, f := range fields {
		if !seen[f.name] {
			return s, line, fmt.Errorf("the file ends; a line with %s was expected", f.name)
		}
	}
	return s, line, nil
}

// invalidUTF8 returns the index of the first byte that is not of UTF-8 text.
func invalidUTF8(data []byte) int {
	i := 0
	for i < len(data) {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	return i
}

func abridged(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// reserved are the names that Windows keeps for devices:
// https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
var reserved = []string{"con", "prn", "aux", "nul"}

// fileName returns a test's name as part of a file's name on any system.
func fileName(test string) string {
	name := strings.Map(func(r rune) rune {
		if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, test)
	lower := strings.ToLower(name)
	device := slices.Contains(reserved, lower) ||
		len([]rune(lower)) == 4 && (strings.HasPrefix(lower, "com") || strings.HasPrefix(lower, "lpt"))
	if name == "" || device {
		name += "_"
	}
	// 255 bytes is the most on common file systems; time, process and extension come after.
	const most = 200
	if len(name) > most {
		hash := fnv.New64a()
		hash.Write([]byte(test))
		cut := most - 17
		for !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = fmt.Sprintf("%s-%016x", name[:cut], hash.Sum64())
	}
	return name
}
