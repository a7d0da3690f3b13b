package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var console = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// The console blocks of the documents show what the command prints: each line
// "$ go run ./cmd/litmus …" is followed by its output. With UPDATE=1 in the
// environment the blocks are rewritten.
func TestDocumentsShowRealOutput(t *testing.T) {
	t.Chdir("../..")
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	blocks := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		real := console.ReplaceAllStringFunc(string(text), func(block string) string {
			blocks++
			return "```console\n" + session(t, page, block) + "```"
		})
		if os.Getenv("UPDATE") != "" {
			require.NoError(t, os.WriteFile(page, []byte(real), 0o644))
			continue
		}
		assert.Equal(t, real, string(text), page)
	}
	assert.NotZero(t, blocks)
}

var tests = regexp.MustCompile("(?ms)^```go\n.*?^(func Test.*?^}\n)```$")

// The Go tests that the documents show are tests of the explorer.
func TestDocumentsShowRealTests(t *testing.T) {
	t.Chdir("../..")
	source, err := os.ReadFile("explorer/explorer_test.go")
	require.NoError(t, err)
	for _, page := range []string{"README.md", "docs/explorer.md"} {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		shown := tests.FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, shown, page)
		for _, s := range shown {
			assert.Contains(t, string(source), s[1], page)
		}
	}
}

var code = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// What the page about property tests shows is a test of a protocol, and an example.
func TestDocumentsShowRealProperties(t *testing.T) {
	t.Chdir("../..")
	var source []byte
	for _, file := range []string{"primitives/sequential/msqueue.go", "primitives/msqueue/linearizable_test.go", "primitives/proptest/example_test.go"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source = append(source, text...)
	}
	text, err := os.ReadFile("docs/proptest.md")
	require.NoError(t, err)
	shown := code.FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, shown)
	for _, s := range shown {
		assert.Contains(t, string(source), s[1])
	}
}

// session runs the commands of a block and returns them with their output.
func session(t *testing.T, page, block string) string {
	var out bytes.Buffer
	for _, line := range strings.Split(block, "\n") {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		args, ok := strings.CutPrefix(command, "go run ./cmd/litmus ")
		require.True(t, ok, "%s: only litmus itself can be run: %s", page, command)
		out.WriteString(line + "\n")
		execute(context.Background(), strings.Fields(args), strings.NewReader(""), &out, &out)
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}
