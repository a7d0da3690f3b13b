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

// The console blocks of the documents are what the command prints: each line
// "$ go run ./cmd/litmus …" is followed by its output.
func TestDocumentsShowRealOutput(t *testing.T) {
	t.Chdir("../..")
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	blocks := 0
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, block := range console.FindAllStringSubmatch(string(text), -1) {
			blocks++
			for _, command := range strings.Split("\n"+block[1], "\n$ ")[1:] {
				line, want, _ := strings.Cut(command, "\n")
				args, ok := strings.CutPrefix(line, "go run ./cmd/litmus ")
				require.True(t, ok, "%s: only the command's own output can be tested: %s", page, line)
				var got bytes.Buffer
				execute(context.Background(), strings.Fields(args), strings.NewReader(""), &got, &got)
				assert.Equal(t, strings.TrimRight(want, "\n"), strings.TrimRight(got.String(), "\n"), "%s: %s", page, line)
			}
		}
	}
	assert.NotZero(t, blocks)
}
