package cite

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Sections are what every page of a protocol has, by the headings of its second level. What the protocol is stands above the first.
var Sections = []string{
	"State", "Steps", "Orderings", "Invariants", "Happens-before", "Sequential specification",
	"Promises", "What it does not promise", "Litmus tests",
}

// Page is the specification of a protocol.
type Page struct {
	File    string // "ring.md"
	Defined []Place
	links   []Place
	content map[string]string // of sections
}

// Place is where a name, or a link's target, stands.
type Place struct {
	Name string
	File string
	Line int
}

func (p Place) problem(format string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, fmt.Sprintf(format, args...))
}

var (
	definition = regexp.MustCompile(`^(?:[-*] )?\*\*(INV-[^*]*)\*\*`)
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	remote     = regexp.MustCompile(`^[a-z]+:`)
)

// Parse reads a page. A line that begins with **INV-RING-1**, as an item of a list or not, defines an invariant.
func Parse(file, text string) *Page {
	p := &Page{File: file, content: map[string]string{}}
	section := ""
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = name
			p.content[section] = ""
			continue
		}
		p.content[section] += line + "\n"
		if m := definition.FindStringSubmatch(line); m != nil {
			p.Defined = append(p.Defined, Place{m[1], file, n})
		}
		for _, m := range link.FindAllStringSubmatch(line, -1) {
			p.links = append(p.links, Place{m[1], file, n})
		}
	}
	return p
}

// Problems lists what is wrong with the page by itself: sections that are missing, names that are not the page's, links
// to files that, by their path relative to the page, do not exist.
func (p *Page) Problems(exists func(path string) bool) []string {
	var all []string
	whole := Place{File: p.File, Line: 1}
	title, about, _ := strings.Cut(strings.TrimSpace(p.content[""]), "\n")
	if !strings.HasPrefix(title, "# ") || strings.TrimSpace(about) == "" {
		all = append(all, whole.problem("expected a title and, below it, what the protocol is"))
	}
	for _, s := range Sections {
		content, ok := p.content[s]
		switch {
		case !ok:
			all = append(all, whole.problem("no section %q", s))
		case strings.TrimSpace(content) == "":
			all = append(all, whole.problem("nothing in section %q", s))
		case (s == "Steps" || s == "Orderings") && !strings.Contains(content, "\n|"):
			all = append(all, whole.problem("no table in section %q", s))
		case s == "Litmus tests" && !strings.Contains(content, ".litmus)"):
			all = append(all, whole.problem("no link to a test in section %q", s))
		}
	}
	prefix := "INV-" + strings.ToUpper(strings.TrimSuffix(path.Base(p.File), ".md")) + "-"
	var seen []string
	for _, d := range p.Defined {
		switch {
		case Name.FindString(d.Name) != d.Name || !strings.HasPrefix(d.Name, prefix):
			all = append(all, d.problem("%s: expected a name such as %s1", d.Name, prefix))
		case slices.Contains(seen, d.Name):
			all = append(all, d.problem("%s is defined twice", d.Name))
		}
		seen = append(seen, d.Name)
	}
	for _, l := range p.links {
		target, _, _ := strings.Cut(l.Name, "#")
		if target != "" && !remote.MatchString(target) && !exists(path.Join(path.Dir(p.File), target)) {
			all = append(all, l.problem("link to %s, which does not exist", l.Name))
		}
	}
	return all
}

// Cited returns the names that a text cites.
func Cited(file, text string) []Place {
	var all []Place
	n := 0
	for line := range strings.Lines(text) {
		n++
		for _, name := range Name.FindAllString(line, -1) {
			all = append(all, Place{name, file, n})
		}
	}
	return all
}

// Unmatched lists the names that code or tests cite and no page defines, and those that a page defines and either code or
// tests do not cite.
func Unmatched(pages []*Page, code, tests []Place) []string {
	var all []string
	has := func(places []Place, name string) bool {
		return slices.ContainsFunc(places, func(p Place) bool { return p.Name == name })
	}
	var defined []Place
	for _, p := range pages {
		defined = append(defined, p.Defined...)
	}
	for _, c := range slices.Concat(code, tests) {
		if !has(defined, c.Name) {
			all = append(all, c.problem("%s is cited, and defined nowhere", c.Name))
		}
	}
	for _, d := range defined {
		if !has(code, d.Name) {
			all = append(all, d.problem("%s is defined, and no code cites it", d.Name))
		}
		if !has(tests, d.Name) {
			all = append(all, d.problem("%s is defined, and neither a test nor a program of the catalogue cites it", d.Name))
		}
	}
	return all
}
