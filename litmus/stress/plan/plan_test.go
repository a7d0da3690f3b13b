package plan

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlaces(t *testing.T) {
	c := Code{Text: make([]byte, 12), Places: []Place{{0, 0, -1, "entering"}, {4, 0, 0, "first"}, {8, 1, 0, "other"}}}
	for offset, what := range map[int]string{0: "entering", 3: "entering", 4: "first", 7: "first", 11: "other"} {
		place, ok := c.At(offset)
		require.True(t, ok)
		require.Equal(t, what, place.What)
	}
	for _, offset := range []int{-1, 12} {
		_, ok := c.At(offset)
		require.False(t, ok)
	}
	offset, ok := c.Label(1, 0)
	require.True(t, ok)
	require.Equal(t, 8, offset)
	_, ok = c.Label(1, 1)
	require.False(t, ok)
}
