package cite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/weakmem/litmus/internal/cite"
)

// good is a page that has nothing wrong with it.
const good = `# latch: a bit

What it is.

## State
One bit.
## Steps

| setter | reader |
|---|---|
| S1 | R1 |
## Orderings

| step | ordering |
## Invariants
- **INV-LATCH-1** It is never reset.
**INV-LATCH-2** What INV-LATCH-1 says is published.
## Happens-before
set → seen
## Sequential specification
A boolean. See [a page](https://example.com/page) and [above](#state).
## Promises
Much.
## What it does not promise
More.
## Litmus tests
- [MP](../tests/MP.litmus): the core.
`

func exists(path string) bool { return path == "tests/MP.litmus" }

func TestPages(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"# latch: a bit", "latch", "specs/latch.md:1: expected a title and, below it, what the protocol is"},
		{"What it is.", "", "specs/latch.md:1: expected a title and, below it, what the protocol is"},
		{"## State\n", "", `specs/latch.md:1: no section "State"`},
		{"## Promises\n", "### Promises\n", `specs/latch.md:1: no section "Promises"`},
		{"Much.", "", `specs/latch.md:1: nothing in section "Promises"`},
		{"| step | ordering |", "All are relaxed.", `specs/latch.md:1: no table in section "Orderings"`},
		{"- [MP](../tests/MP.litmus)", "- MP", `specs/latch.md:1: no link to a test in section "Litmus tests"`},
		{"MP.litmus", "SB.litmus", "specs/latch.md:27: link to ../tests/SB.litmus, which does not exist"},
		{"**INV-LATCH-2**", "**INV-LATCH-1**", "specs/latch.md:17: INV-LATCH-1 is defined twice"},
		{"**INV-LATCH-2**", "**INV-RING-2**", "specs/latch.md:17: INV-RING-2: expected a name such as INV-LATCH-1"},
		{"**INV-LATCH-2**", "**INV-LATCH-TWO**", "specs/latch.md:17: INV-LATCH-TWO: expected a name such as INV-LATCH-1"},
	} {
		page := cite.Parse("specs/latch.md", strings.Replace(good, c.old, c.new, 1))
		assert.Equal(t, c.want, strings.Join(page.Problems(exists), "\n"), "%q instead of %q", c.new, c.old)
	}
}

func TestUnmatched(t *testing.T) {
	pages := []*cite.Page{cite.Parse("latch.md", good)}
	one, two := "x // INV-LATCH-1", "x // INV-LATCH-1,\n// and INV-LATCH-2"
	for _, c := range []struct{ code, tests, want string }{
		{two, two, ""},
		{one, two, "latch.md:17: INV-LATCH-2 is defined, and no code cites it"},
		{two, one, "latch.md:17: INV-LATCH-2 is defined, and neither a test nor a program of the catalogue cites it"},
		{two + " INV-LATCH-3", two, "latch.go:2: INV-LATCH-3 is cited, and defined nowhere"},
		{two, two + " INV-LATCH-3", "latch_test.go:2: INV-LATCH-3 is cited, and defined nowhere"},
	} {
		got := cite.Unmatched(pages, cite.Cited("latch.go", c.code), cite.Cited("latch_test.go", c.tests))
		assert.Equal(t, c.want, strings.Join(got, "\n"))
	}
}
