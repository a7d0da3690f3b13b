package litmus_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

func TestSemantics(t *testing.T) {
	sc, err := models.Load("sc")
	require.NoError(t, err)
	for name, c := range cases(t, "semantics.txtar") {
		t.Run(name, func(t *testing.T) {
			test, err := litmus.Parse(name, []byte(c[""]))
			require.NoError(t, err)
			results, err := enumerate.Run(context.Background(), test, []model.Model{sc}, enumerate.Options{})
			require.NoError(t, err)
			assert.Empty(t, results[0].Unsupported)
			var states []string
			for _, s := range results[0].States {
				states = append(states, test.FormatState(s.Values))
			}
			assert.Equal(t, "Always", results[0].Observation(), "%q", states)
		})
	}
}
