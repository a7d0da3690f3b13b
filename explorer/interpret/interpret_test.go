package interpret

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus/catalog"
)

var explored = []string{"sc", "tso", "pso", "ra", "rc11", "go"}

// comparable is a result without what two engines need not have in common: the
// number of candidates, and the execution that shows a race.
func comparable(r *enumerate.Result) *enumerate.Result {
	c := *r
	c.Candidates = 0
	c.Flags = slices.Clone(r.Flags)
	for i := range c.Flags {
		c.Flags[i].Pairs = nil
	}
	return &c
}

// Of the tests that teach, the explorer says what enumeration says.
func TestCatalogue(t *testing.T) {
	for _, e := range catalog.Files() {
		if !strings.HasPrefix(e.File, "c/") {
			continue
		}
		t.Run(e.File, func(t *testing.T) {
			test, err := e.Parse()
			require.NoError(t, err)
			for _, name := range explored {
				results, err := Run(context.Background(), test, []string{name}, Options{})
				require.NoError(t, err)
				want := enumerated(t, test, name)
				require.Equal(t, comparable(want), comparable(results[0]), name)
			}
		})
	}
}
