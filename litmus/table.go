package litmus

import (
	"bytes"
	"regexp"
	"strings"
)

// finalKeyword finds the word that starts what follows a table. What looks like one inside a table does not
// start a line or a cell.
var finalKeyword = regexp.MustCompile(`^(?:(?:locations|filter|exists|forall|final|regions|observed|Observed)\b|~\s*exists\b|not\s+exists\b|<<)`)

// table parses the threads of an assembly test and returns the offset of what follows.
func (p *parser) table() (int, error) {
	at := p.at
	for at < len(p.src) && (isSpace(p.src[at]) || p.src[at] == ';') {
		at++
	}
	end := p.tableEnd(at)
	first := true
	threads := p.test.Threads
	for at < end {
		stop := p.rowEnd(at, end)
		row := p.src[at:stop]
		next := stop + 1
		if len(bytes.TrimSpace(row)) == 0 {
			at = next
			continue
		}
		offset := at
		for column, cell := range bytes.Split(row, []byte("|")) {
			body := bytes.TrimSpace(cell)
			bodyAt := offset + bytes.Index(cell, body)
			offset += len(cell) + 1
			if first {
				n, ok := threadName(string(body))
				switch {
				case len(body) == 0 && column == len(threads) && offset > stop:
					continue // a row that ends with |
				case !ok && bytes.HasPrefix(body, []byte("P")) && bytes.HasSuffix(body, []byte(".F")):
					return 0, p.errorf(bodyAt, "%s: fault handlers are not supported", body)
				case !ok:
					return 0, p.errorf(bodyAt, "expected the threads' names, P0 | P1 …, found %q", body)
				case n != column:
					return 0, p.errorf(bodyAt, "expected P%d as the name of column %d, found %s", column, column+1, body)
				}
				threads = append(threads, Thread{Name: string(body)})
				continue
			}
			if column >= len(threads) {
				if len(body) == 0 {
					continue
				}
				return 0, p.errorf(bodyAt, "this row has more columns than the %d threads", len(threads))
			}
			line, err := p.cell(string(body), bodyAt)
			if err != nil {
				return 0, err
			}
			threads[column].Lines = append(threads[column].Lines, line)
		}
		if !first {
			width := bytes.Count(row, []byte("|")) + 1
			for column := width; column < len(threads); column++ {
				threads[column].Lines = append(threads[column].Lines, Line{})
			}
		}
		first = false
		at = next
	}
	if first {
		return 0, p.errorf(min(at, len(p.src)), "expected the threads' names, P0 | P1 …, after the initial state")
	}
	for i := range threads {
		lines := threads[i].Lines
		for len(lines) > 0 && lines[len(lines)-1].Node == nil && lines[len(lines)-1].Labels == nil {
			lines = lines[:len(lines)-1]
		}
		threads[i].Lines = lines
	}
	p.test.Threads = threads
	return end, nil
}

// tableEnd is the offset of the word that ends the table.
func (p *parser) tableEnd(at int) int {
	fresh := true // at the start of a line or of a cell
	for i := at; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == '\n' || c == ';':
			fresh = true
		case isSpace(c):
		case c == '"':
			n := bytes.IndexByte(p.src[i+1:], '"')
			if n < 0 {
				return len(p.src)
			}
			i += n + 1
			fresh = false
		case fresh && finalKeyword.Match(p.src[i:]):
			return i
		default:
			fresh = false
		}
	}
	return len(p.src)
}

// rowEnd is the offset of the semicolon that ends the row at offset at, or end. A semicolon
// after an x86 lock prefix separates nothing.
func (p *parser) rowEnd(at, end int) int {
	for i := at; i < end; i++ {
		if p.src[i] != ';' {
			continue
		}
		words := strings.FieldsFunc(string(p.src[at:i]), func(r rune) bool { return r == '|' || r == ':' || isSpace(byte(r)) })
		if strings.HasPrefix(p.test.Dialect, "X86") && len(words) > 0 && strings.EqualFold(words[len(words)-1], "lock") {
			p.src[i] = ' '
			continue
		}
		return i
	}
	return end
}

// cell parses LABEL: … INSTRUCTION.
func (p *parser) cell(body string, at int) (Line, error) {
	line := Line{Pos: p.pos(at)}
	for {
		n := nameLen([]byte(body))
		rest := strings.TrimLeft(body[n:], " \t\r\n")
		// %cs:0(…) is an operand; a label comes first.
		if n == 0 || !strings.HasPrefix(rest, ":") {
			break
		}
		line.Labels = append(line.Labels, body[:n])
		trimmed := strings.TrimLeft(rest[1:], " \t\r\n")
		at += len(body) - len(trimmed)
		body = trimmed
	}
	if body == "" {
		return line, nil
	}
	line.Pos = p.pos(at)
	node, err := p.dialect.Parse(body, line.Pos)
	line.Node = node
	return line, err
}
