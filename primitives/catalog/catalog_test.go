package catalog_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/catalog"
)

// Every program holds in every execution that the models allow.
func TestPrograms(t *testing.T) {
	for _, p := range catalog.All() {
		t.Run(p.Name, func(t *testing.T) {
			require.NotEmpty(t, p.Programs)
			for _, program := range p.Programs {
				t.Run(program.Name, func(t *testing.T) {
					require.NotEmpty(t, program.Doc)
					for _, model := range catalog.Models() {
						r, err := explorer.Run(t.Context(), program.Body, explorer.Model(model))
						require.NoError(t, err)
						if r.Failure != nil {
							require.Fail(t, model, "%s", r.Failure)
						}
						require.True(t, r.Verified, r)
						require.Empty(t, r.Bounds)
						require.Zero(t, r.Spins, "a loop that is only taken to wait")
						t.Log(r)
					}
				})
			}
		})
	}
}

// The models in cat, by another judge, find as many executions as the search's own. That takes much longer, so only small
// programs are run.
func TestCatModels(t *testing.T) {
	small := 100
	if testing.Short() {
		small = 20
	}
	compared := 0
	for _, p := range catalog.All() {
		t.Run(p.Name, func(t *testing.T) {
			for _, program := range p.Programs {
				for _, model := range []string{"sc", "tso", "ra", "rc11"} {
					if model == "ra" && p.Name == "sequencer" {
						continue // the inside of a Cond is relaxed accesses for a model in cat, and those of ra synchronise
					}
					own, err := explorer.Run(t.Context(), program.Body, explorer.Model(model), explorer.MaxExecutions(small))
					require.NoError(t, err)
					if !own.Verified {
						continue
					}
					cat, err := explorer.Run(t.Context(), program.Body, explorer.Model("../../model/models/"+model+".cat"))
					require.NoError(t, err)
					require.True(t, cat.Verified, "%s %s: %s", program.Name, model, cat)
					require.Equal(t, own.Executions, cat.Executions, "%s %s", program.Name, model)
					compared++
				}
			}
		})
	}
	require.NotZero(t, compared)
	t.Logf("%d counts agree", compared)
}

// Every mistake fails as it should.
func TestMistakes(t *testing.T) {
	for _, p := range catalog.All() {
		for _, m := range p.Mistakes {
			t.Run(p.Name+"/"+m.Name, func(t *testing.T) {
				require.NotEmpty(t, m.Doc)
				require.NotEmpty(t, m.Fails)
				r, err := explorer.Run(t.Context(), m.Body)
				require.NoError(t, err)
				require.NotNil(t, r.Failure, r)
				require.Contains(t, r.Failure.Failure.Message, m.Fails)
			})
		}
	}
}

// Every mutant is killed, or listed as one that cannot be; and none of the latter is.
func TestMutants(t *testing.T) {
	for _, p := range catalog.All() {
		t.Run(p.Name, func(t *testing.T) {
			code, err := p.Code(t.Context())
			require.NoError(t, err)
			mutants := code.Mutants()
			require.NotEmpty(t, mutants)
			listed := map[string]bool{}
			type result struct{ text, problem string }
			results := make([]result, len(mutants))
			limit := make(chan bool, runtime.GOMAXPROCS(0))
			done := make(chan bool)
			for i, m := range mutants {
				go func() {
					defer func() { done <- true }()
					limit <- true
					defer func() { <-limit }()
					v, err := code.Try(t.Context(), m)
					reason, equivalent := p.Equivalent[m.Name]
					r := &results[i]
					switch {
					case err != nil:
						r.problem = err.Error()
					case v.Killed:
						r.text = fmt.Sprintf("%s: killed by %s: %s", m.Name, v.Program, v.Report.Failure.Failure.Kind)
						if equivalent {
							r.problem = "it is listed as equivalent, but " + v.Program + " kills it: " + v.Report.Failure.Failure.Message
						}
					case !equivalent:
						r.problem = fmt.Sprintf("it survives (%s) %v", m.Doc, v.Bounds)
					case reason == "":
						r.problem = "it is equivalent for no reason"
					default:
						r.text = fmt.Sprintf("%s: equivalent: %s", m.Name, reason)
					}
				}()
			}
			for range mutants {
				<-done
			}
			for i, m := range mutants {
				listed[m.Name] = true
				assert.Empty(t, results[i].problem, m.Name)
				t.Log(results[i].text)
			}
			for name := range p.Equivalent {
				assert.True(t, listed[name], "%s is listed as equivalent: there is no such mutant", name)
			}
		})
	}
}

// The orderings as written are a minimal assignment, but where a mutant that weakens one is listed as equivalent.
func TestWeakest(t *testing.T) {
	if testing.Short() {
		t.Skip("searches the lattice of orderings of every protocol")
	}
	for _, p := range catalog.All() {
		t.Run(p.Name, func(t *testing.T) {
			code, err := p.Code(t.Context())
			require.NoError(t, err)
			w, err := code.Weakest(t.Context(), nil)
			require.NoError(t, err)
			require.True(t, w.Complete, "%v", w.Bounds)
			minimal := slices.ContainsFunc(w.Minimal, func(a mutate.Assignment) bool { return a.Written })
			weaker := false
			for name := range p.Equivalent {
				_, change, _ := strings.Cut(name, "=")
				weaker = weaker || change != "stale" && change != "plain" && change != "early" && change != "nowait" && change != "unlocked"
			}
			require.Equal(t, !weaker, minimal, "%s", w)
		})
	}
}

func TestNames(t *testing.T) {
	var names []string
	for _, p := range catalog.All() {
		names = append(names, p.Name)
		programs := map[string]bool{}
		for _, program := range p.Programs {
			require.False(t, programs[program.Name], program.Name)
			programs[program.Name] = true
		}
	}
	require.True(t, slices.IsSorted(names))
	_, ok := catalog.Named("no such protocol")
	require.False(t, ok)
}
