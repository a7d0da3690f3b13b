package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
)

// Every protocol does natively what its specification says, with as many threads as there are processors, and with as many as
// there can be.
func TestStress(t *testing.T) {
	for name, options := range map[string][]proptest.Option{
		"processors": {proptest.Clients(200), proptest.Rounds(10)},
		"crowd":      {proptest.Clients(20), proptest.Rounds(20), proptest.Threads(2, 8), proptest.Total(24)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range catalog.All() {
				require.NotEmpty(t, p.Subjects, p.Name)
				for _, s := range p.Subjects {
					t.Run(p.Name+"/"+s.Name, func(t *testing.T) {
						done, err := s.Stress(t.Context(), func(proptest.Tally) {}, options...)
						require.NoError(t, err)
						if done.Found != nil {
							require.Fail(t, done.Found.String())
						}
						t.Log(done)
					})
				}
			}
		})
	}
}
