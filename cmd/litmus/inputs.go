package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// maxInput is the largest test, or list, that is read, in bytes.
const maxInput = 16 << 20

// input is one test to read, or the reason why there is none.
type input struct {
	file string // as errors and results name it
	text []byte // what it holds, if that is known already
	err  error
}

// read returns the text of the test.
func (in *input) read() ([]byte, error) {
	if in.err != nil || in.text != nil {
		return in.text, in.err
	}
	f, err := os.Open(in.file)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	return readAll(in.file, f)
}

// readAll reads all of r, which is called name, within bounds.
func readAll(name string, r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, plain(err)
	}
	if len(text) > maxInput {
		return nil, fmt.Errorf("%s: larger than %d MB: not a litmus test", name, maxInput>>20)
	}
	return text, nil
}

// plain gives a file's error the form of every other: FILE: what is wrong.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}

// expand resolves the arguments FILE, DIR, @LIST and "-" to inputs, in order.
// What cannot be resolved becomes an input that carries the error.
func expand(args []string, stdin io.Reader) []input {
	e := expander{stdin: stdin}
	for _, arg := range args {
		e.add(arg, source.Pos{})
	}
	return e.inputs
}

type expander struct {
	stdin  io.Reader
	inputs []input
	open   []string // the lists being read, to refuse one that includes itself
}

// add expands one argument, or one line of a list, which stands at pos.
func (e *expander) add(arg string, pos source.Pos) {
	fail := func(err error) {
		if pos.IsValid() {
			err = source.Errorf(pos, "%v", err)
		}
		e.inputs = append(e.inputs, input{file: arg, err: err})
	}
	if arg == "" {
		fail(errors.New("an empty argument: expected FILE, DIR, @LIST or -"))
		return
	}
	if arg == "-" {
		if e.stdin == nil {
			fail(errors.New("-: standard input can be read only once"))
			return
		}
		text, err := readAll("stdin", e.stdin)
		e.stdin = nil
		e.inputs = append(e.inputs, input{file: "stdin", text: text, err: err})
		return
	}
	if list, ok := strings.CutPrefix(arg, "@"); ok {
		if err := e.addList(list); err != nil {
			fail(err)
		}
		return
	}
	info, err := os.Stat(arg)
	switch {
	case err != nil:
		fail(plain(err))
	case info.IsDir():
		e.addDir(arg, fail)
	default:
		e.inputs = append(e.inputs, input{file: arg})
	}
}

// addDir adds the tests in and below a directory, sorted by path.
func (e *expander) addDir(dir string, fail func(error)) {
	found := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			found = true
			fail(plain(err))
		case !d.IsDir() && strings.HasSuffix(path, ".litmus"):
			found = true
			e.inputs = append(e.inputs, input{file: path})
		}
		return nil
	})
	if err != nil {
		fail(plain(err))
	} else if !found {
		fail(fmt.Errorf("%s: no *.litmus file in this directory or below it", dir))
	}
}

// addList adds what a list file names, one path a line, relative to the list.
func (e *expander) addList(list string) error {
	list = filepath.Clean(list)
	if slices.Contains(e.open, list) {
		return fmt.Errorf("@%s: the list includes itself", list)
	}
	f, err := os.Open(list)
	if err != nil {
		return plain(err)
	}
	defer f.Close()
	text, err := readAll(list, f)
	if err != nil {
		return err
	}
	paths, err := parseList(list, string(text))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("%s: the list names no test", list)
	}
	e.open = append(e.open, list)
	for _, p := range paths {
		path, nested := strings.CutPrefix(p.path, "@")
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(list), path)
		}
		if nested {
			path = "@" + path
		}
		e.add(path, p.pos)
	}
	e.open = e.open[:len(e.open)-1]
	return nil
}

// listed is a line of a list.
type listed struct {
	path string
	pos  source.Pos
}

// parseList reads a list: one path a line; # up to the end of the line and
// (* … *), which nests, are comments.
func parseList(file, text string) ([]listed, error) {
	var paths []listed
	depth, opened := 0, source.Pos{}
	for n, line := range strings.Split(text, "\n") {
		var path strings.Builder
		col := 0
		for i := 0; i < len(line); i++ {
			switch {
			case line[i] == 0:
				return nil, source.Errorf(source.Pos{File: file, Line: n + 1, Col: i + 1}, "this is not a text file: it has a NUL character")
			case strings.HasPrefix(line[i:], "(*"):
				if depth == 0 {
					opened = source.Pos{File: file, Line: n + 1, Col: i + 1}
				}
				depth++
				i++
			case depth > 0 && strings.HasPrefix(line[i:], "*)"):
				depth--
				i++
			case depth > 0:
			case line[i] == '#':
				i = len(line)
			default:
				if col == 0 && line[i] != ' ' && line[i] != '\t' {
					col = i + 1
				}
				path.WriteByte(line[i])
			}
		}
		if p := strings.TrimSpace(path.String()); p != "" {
			paths = append(paths, listed{p, source.Pos{File: file, Line: n + 1, Col: col}})
		}
	}
	if depth > 0 {
		return nil, source.Errorf(opened, "comment (* is not closed: expected *)")
	}
	return paths, nil
}
