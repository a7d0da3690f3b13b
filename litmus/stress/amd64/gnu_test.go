package amd64

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// findGNUAs finds GNU as for x86-64, and skips the test if there is none.
func findGNUAs(t *testing.T) string {
	for _, name := range []string{"x86_64-linux-gnu-as", "as"} {
		if version, err := exec.Command(name, "--version").Output(); err == nil && bytes.Contains(version, []byte("x86_64")) {
			return name
		}
	}
	t.Skip("there is no GNU as for x86-64: install binutils, or binutils-x86-64-linux-gnu")
	return ""
}

// gnuAs assembles each line with GNU as; of one that it refuses the bytes are nil.
func gnuAs(t require.TestingT, as, dir string, lines []string) [][]byte {
	source, object := filepath.Join(dir, "x.s"), filepath.Join(dir, "x.o")
	refused := map[int]bool{}
	// The first run finds what GNU as refuses, the second assembles the others.
	for range 2 {
		var text strings.Builder
		for i, line := range lines {
			if refused[i] {
				line = ""
			}
			fmt.Fprintf(&text, "line%d: %s\n", i, line)
		}
		fmt.Fprintf(&text, "line%d:\n", len(lines))
		require.NoError(t, os.WriteFile(source, []byte(text.String()), 0o600))
		said, err := exec.Command(as, "--64", "-o", object, source).CombinedOutput()
		for _, m := range regexp.MustCompile(`(?m)^\S*x\.s:(\d+): Error`).FindAllSubmatch(said, -1) {
			n, _ := strconv.Atoi(string(m[1]))
			refused[n-1] = true
		}
		require.True(t, err == nil || len(refused) > 0, string(said))
	}
	file, err := elf.Open(object)
	require.NoError(t, err)
	defer file.Close()
	code, err := file.Section(".text").Data()
	require.NoError(t, err)
	symbols, err := file.Symbols()
	require.NoError(t, err)
	at := map[string]uint64{}
	for _, s := range symbols {
		at[s.Name] = s.Value
	}
	assembled := make([][]byte, len(lines))
	for i := range lines {
		if !refused[i] {
			assembled[i] = code[at[fmt.Sprintf("line%d", i)]:at[fmt.Sprintf("line%d", i+1)]]
		}
	}
	return assembled
}
