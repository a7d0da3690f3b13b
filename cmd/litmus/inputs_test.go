package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseList(t *testing.T) {
	for _, c := range []struct {
		text  string
		paths []string
		err   string
	}{
		{"", nil, ""},
		{"a.litmus\n  b/c d.litmus\t\r\n\n@more\n", []string{"L:1:1 a.litmus", "L:2:3 b/c d.litmus", "L:4:1 @more"}, ""},
		{"# all\na.litmus # why\n", []string{"L:2:1 a.litmus"}, ""},
		{"(* a (* b *)\nc *) d\n(**) e", []string{"L:2:6 d", "L:3:6 e"}, ""},
		{"a\n b (* c\n", nil, "L:2:4: comment (* is not closed: expected *)"},
		{"a\nb\x00c\n", nil, "L:2:2: this is not a text file: it has a NUL character"},
	} {
		got, err := parseList("L", c.text)
		if c.err != "" {
			require.EqualError(t, err, c.err)
			continue
		}
		require.NoError(t, err)
		var paths []string
		for _, p := range got {
			paths = append(paths, p.pos.String()+" "+p.path)
		}
		assert.Equal(t, c.paths, paths)
	}
}

func FuzzParseList(f *testing.F) {
	f.Add("a.litmus\n# b\n(* c *) @d\n")
	f.Add("(* (* *)")
	f.Fuzz(func(t *testing.T, text string) {
		paths, err := parseList("L", text)
		if err != nil {
			assert.True(t, strings.HasPrefix(err.Error(), "L:"), err)
		}
		for _, p := range paths {
			assert.NotEmpty(t, strings.TrimSpace(p.path))
			assert.Positive(t, p.pos.Col)
		}
	})
}
