// Package catalog holds our own litmus tests, embedded: the classic shapes in
// every dialect, each with a line on what it teaches (Teaches=) and the verdict
// that every model owes it (Expect=).
package catalog

import (
	"embed"
	"io/fs"
	"strings"

	"github.com/weakmem/litmus/litmus"
)

//go:embed tests
var tests embed.FS

// Entry is a test of the catalogue.
type Entry struct {
	File string // its path in the catalogue: "x86/SB.litmus"
	Text []byte
}

// Files returns the catalogue's tests unread, dialect by dialect, sorted by path.
func Files() []Entry {
	var entries []Entry
	err := fs.WalkDir(tests, "tests", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := tests.ReadFile(path)
		entries = append(entries, Entry{strings.TrimPrefix(path, "tests/"), text})
		return err
	})
	if err != nil {
		panic(err) // what is embedded can be read
	}
	return entries
}

// Parse reads the test.
func (e Entry) Parse() (*litmus.Test, error) { return litmus.Parse(e.File, e.Text) }
