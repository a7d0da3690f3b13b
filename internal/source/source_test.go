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
