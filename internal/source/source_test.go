package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPos(t *testing.T) {
	p := Pos{File: "mp.litmus", Line: 2, Col: 3}
	assert.Equal(t, Pos{File: "mp.litmus", Line: 4, Col: 2}, p.Advance("ab\n\nc"))
	assert.Equal(t, Pos{File: "mp.litmus", Line: 2, Col: 5}, p.Shift(2))
	assert.True(t, p.IsValid())
	for want, p := range map[string]Pos{
		"mp.litmus:2:3": p, "mp.litmus": {File: "mp.litmus"}, "2:3": {Line: 2, Col: 3}, "?": {},
	} {
		assert.Equal(t, want, p.String())
	}
	assert.EqualError(t, Errorf(p, "no register %s", "X77"), "mp.litmus:2:3: no register X77")
}

func TestInteger(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "-1": -1, "0x10": 16, "-0X1f": -31, "9223372036854775807": 1<<63 - 1, "18446744073709551615": -1,
	} {
		n, ok := Integer(s)
		assert.True(t, ok, s)
		assert.Equal(t, want, n, s)
	}
	for _, s := range []string{"", "-", "x", "0x", "0xg", "+1", "1_0", "18446744073709551616", "0b1"} {
		_, ok := Integer(s)
		assert.False(t, ok, s)
	}
}
