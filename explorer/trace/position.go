package trace

import (
	"strconv"
	"strings"
)

// String returns "file:line", "" of no position.
func (p Position) String() string {
	if p.File == "" {
		return ""
	}
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// paths shortens the names of source files to as much of their ends as tells them apart.
type paths map[string]string

func (e *Execution) paths() paths {
	short := paths{}
	for _, s := range e.Steps {
		short[s.Pos.File] = s.Pos.File
	}
	for file := range short {
		for n := 1; ; n++ {
			end := lastElements(file, n)
			if end == file || unique(end, n, short) {
				short[file] = end
				break
			}
		}
	}
	return short
}

func unique(end string, n int, files paths) bool {
	found := 0
	for file := range files {
		if lastElements(file, n) == end {
			found++
		}
	}
	return found == 1
}

// lastElements returns the last n elements of a path; of a path that has no more, all of it.
func lastElements(path string, n int) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == '\\' {
			if n--; n == 0 {
				return path[i+1:]
			}
		}
	}
	return path
}

// of returns "file:line" with the short name.
func (p paths) of(pos Position) string {
	if short, ok := p[pos.File]; ok {
		pos.File = short
	}
	return visible(pos.String())
}

// visible returns s with control characters, and whatever else does not print, as Go writes them in strings:
// names and values come from the program under test and must not move a terminal's cursor.
func visible(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	clean := true
	for _, r := range s {
		clean = clean && strconv.IsPrint(r)
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}
