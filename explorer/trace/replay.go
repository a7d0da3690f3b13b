package trace

import (
	"regexp"
	"strings"
)

// ReplayCommand returns the shell command that runs the execution again, in the folder of the test's package; "" if it has no token.
func (e *Execution) ReplayCommand() string {
	if e.Token == "" {
		return ""
	}
	elements := strings.Split(e.Name, "/")
	for i, s := range elements {
		elements[i] = "^" + regexp.QuoteMeta(s) + "$"
	}
	return "go test -run " + quoteShell(strings.Join(elements, "/")) + " -explorer.replay=" + shellWord(e.Token)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellWord quotes a word for a POSIX shell where that is needed.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return quoteShell(s)
}

func quoteShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
