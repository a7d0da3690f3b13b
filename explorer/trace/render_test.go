package trace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/trace"
)

var update = flag.Bool("update", false, "write the expected renderings")

var renderings = map[string]func(*trace.Execution, io.Writer) error{
	"txt":  func(e *trace.Execution, w io.Writer) error { return e.Text(w, trace.TextOptions{}) },
	"dot":  (*trace.Execution).DOT,
	"html": (*trace.Execution).HTML,
}

func render(t require.TestingT, e *trace.Execution, as string) string {
	var b bytes.Buffer
	require.NoError(t, renderings[as](e, &b))
	return b.String()
}

// body is what a page shows, without what makes it look and act.
func body(t require.TestingT, page string) string {
	_, rest, ok := strings.Cut(page, "<body>")
	require.True(t, ok)
	shown, script, ok := strings.Cut(rest, "<script>")
	require.True(t, ok)
	for l := range strings.Lines(script) {
		if strings.HasPrefix(l, "const edges") {
			return shown + l
		}
	}
	require.Fail(t, "no edges")
	return ""
}

func TestGolden(t *testing.T) {
	for name, e := range examples() {
		for as := range renderings {
			t.Run(name+"."+as, func(t *testing.T) {
				got := render(t, e, as)
				if as == "html" {
					got = body(t, got)
				}
				path := filepath.Join("testdata", name+"."+as)
				if *update {
					require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.Equal(t, string(want), got)
			})
		}
	}
}

func TestTextFits(t *testing.T) {
	for name, e := range examples() {
		for _, width := range []int{80, 100, 140} {
			var b strings.Builder
			require.NoError(t, e.Text(&b, trace.TextOptions{Width: width}))
			_, schedule, _ := strings.Cut(b.String(), "schedule:")
			for l := range strings.Lines(schedule) {
				if !strings.HasPrefix(l, "replay:") { // to be copied as a whole
					assert.LessOrEqual(t, utf8.RuneCountInString(l), width+1, "%s: %s", name, l)
				}
			}
		}
	}
}

func TestTextColour(t *testing.T) {
	var plain, colour strings.Builder
	require.NoError(t, publish().Text(&plain, trace.TextOptions{}))
	require.NoError(t, publish().Text(&colour, trace.TextOptions{Colour: true}))
	assert.NotContains(t, plain.String(), "\x1b")
	assert.Contains(t, colour.String(), "\x1b[31mdata race in TestPublish under rc11\x1b[0m\n")
	assert.Equal(t, plain.String(), publish().String())
}

// hostile strings would end a tag, an attribute, a script, a comment, a line or a quotation, if they were not escaped.
var hostile = rapid.SampledFrom([]string{
	"</script><script>alert(1)</script>", `" onclick="alert(1)`, "'><img src=x onerror=alert(1)>", "<!--", "]]>", "</style>", "{{.Name}}",
	"a\nb", "a\r\n# b", "\x1b[31mred", "\u202eright to left", "\xff\xfe", `\l" ] }`, `a\`, "`${x}`", "a/b/c.go", `C:\x.go`, "\u2028",
})

func TestRenderingsEscape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// The strings are marked, then replaced, so that the same execution is drawn with harmless and with hostile ones.
		harmless := drawExecution(t, rapid.SampledFrom([]string{"M1M", "M2M", "M3M"}))
		data, err := json.Marshal(harmless)
		require.NoError(t, err)
		for _, mark := range []string{"M1M", "M2M", "M3M"} {
			evil, err := json.Marshal(hostile.Draw(t, "hostile") + mark)
			require.NoError(t, err)
			data = bytes.ReplaceAll(data, []byte(mark), evil[1:len(evil)-1])
		}
		evil := new(trace.Execution)
		require.NoError(t, json.Unmarshal(data, evil))

		was, is := render(t, harmless, "html"), render(t, evil, "html")
		for _, c := range []string{"<", ">", `"`} {
			require.Equal(t, strings.Count(was, c), strings.Count(is, c), "%s in %s", c, is)
		}
		_, wasScript, _ := strings.Cut(was, "<script>")
		_, isScript, _ := strings.Cut(is, "<script>")
		require.Equal(t, wasScript, isScript)

		text := render(t, evil, "txt")
		for _, r := range text {
			require.True(t, r == '\n' || unicode.IsPrint(r), "%q in %s", r, text)
		}

		dot := render(t, evil, "dot")
		for l := range strings.Lines(dot) {
			require.Zero(t, unescapedQuotes(l)%2, l)
		}
		require.Equal(t, strings.Count(render(t, harmless, "dot"), "];\n"), strings.Count(dot, "];\n"))
	})
}

// unescapedQuotes counts the quotes that begin or end a string of Graphviz.
func unescapedQuotes(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			n++
		}
	}
	return n
}

func TestRenderingsShowWhatIsWrong(t *testing.T) {
	number := rapid.IntRange(-4, 6)
	kind := rapid.SampledFrom([]trace.Kind{
		trace.Load, trace.Store, trace.Update, trace.FailedUpdate, trace.PlainRead, trace.PlainWrite, trace.Spawn, trace.Join, trace.Blocked, trace.AwaitZero, "", "other",
	})
	rapid.Check(t, func(t *rapid.T) {
		e := &trace.Execution{Threads: make([]trace.Thread, rapid.IntRange(0, 3).Draw(t, "threads"))}
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			e.Steps = append(e.Steps, trace.Step{
				Thread: number.Draw(t, "thread"), Index: number.Draw(t, "index"), Kind: kind.Draw(t, "kind"), Location: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "location"),
				From: number.Draw(t, "from"), CoAfter: number.Draw(t, "coAfter"), Target: number.Draw(t, "target"), Pos: trace.Position{File: "x.go", Line: number.Draw(t, "line")},
			})
		}
		e.Failure = &trace.Failure{Kind: trace.Panic, Thread: number.Draw(t, "failed"), Steps: rapid.SliceOfN(number, 0, 3).Draw(t, "concerned")}
		wrong := e.Validate() != nil
		for as := range renderings {
			text := render(t, e, as)
			require.Equal(t, wrong, strings.Contains(text, "this report"), text)
		}
		if err := e.Arrange(); err == nil && !wrong {
			require.NoError(t, e.Validate())
		}
	})
}

func TestJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawExecution(t, shortNames)
		data, err := json.Marshal(e)
		require.NoError(t, err)
		back := new(trace.Execution)
		require.NoError(t, json.Unmarshal(data, back))
		require.Equal(t, e.String(), back.String())
		again, err := json.Marshal(back)
		require.NoError(t, err)
		require.Equal(t, string(data), string(again))
	})
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	for as, write := range renderings {
		assert.ErrorIs(t, write(publish(), full{}), errFull, as)
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	page := render(t, publish(), "html")
	page = strings.ReplaceAll(page, "http://www.w3.org/2000/svg", "")
	for _, outside := range []string{"http:", "https:", "src=", "href=", "@import", "url("} {
		assert.NotContains(t, page, outside)
	}
}

func TestReplayCommand(t *testing.T) {
	for _, c := range []struct{ name, token, want string }{
		{"TestPublish", "AQID", `go test -run '^TestPublish$' -explorer.replay=AQID`},
		{"TestPublish", "", ``},
		{"Test/a.b/c+#01", "x-_=", `go test -run '^Test$/^a\.b$/^c\+#01$' -explorer.replay=x-_=`},
		{"Test/it's", "a b", `go test -run '^Test$/^it'\''s$' -explorer.replay='a b'`},
	} {
		e := &trace.Execution{Name: c.name, Token: c.token}
		assert.Equal(t, c.want, e.ReplayCommand())
	}
}

func TestPathsAreShort(t *testing.T) {
	at := func(file string) trace.Step {
		return trace.Step{Kind: trace.Fence, Pos: trace.Position{File: file, Line: 3}}
	}
	e := &trace.Execution{Threads: make([]trace.Thread, 1), Steps: []trace.Step{
		at("/src/a/queue.go"), at("/src/b/queue.go"), at("/src/b/stack.go"), at("queue.go"), at(`C:\src\ring.go`), {Kind: trace.Fence}, {Kind: trace.Fence, Pos: trace.Position{File: "/src/whole.go"}},
	}}
	for i := range e.Steps {
		e.Steps[i].Index = i
	}
	text := e.String()
	for _, want := range []string{" a/queue.go:3 ", " b/queue.go:3 ", " stack.go:3 ", "  queue.go:3 ", " ring.go:3 ", " whole.go "} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "src")
}
