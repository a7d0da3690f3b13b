package source

import (
	"strconv"
	"strings"
)

// Integer parses a decimal or hexadecimal constant of 64 bits, signed or not,
// and reports whether s is one.
func Integer(s string) (int64, bool) {
	body, negative := strings.CutPrefix(s, "-")
	if body == "" || body[0] < '0' || body[0] > '9' {
		return 0, false
	}
	base := 10
	if len(body) > 2 && (body[:2] == "0x" || body[:2] == "0X") {
		body, base = body[2:], 16
	}
	n, err := strconv.ParseUint(body, base, 64)
	if err != nil {
		return 0, false
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}
