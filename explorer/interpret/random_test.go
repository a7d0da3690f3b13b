package interpret

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

func parse(t require.TestingT, text string) *litmus.Test {
	test, err := litmus.Parse("random.litmus", []byte(text))
	require.NoError(t, err, "%s", text)
	return test
}

func load(t require.TestingT, name string) model.Model {
	m, err := models.Load(name)
	require.NoError(t, err)
	return m
}

// enumerated is what package enumerate finds.
func enumerated(t require.TestingT, test *litmus.Test, name string) *enumerate.Result {
	results, err := enumerate.Run(context.Background(), test, []model.Model{load(t, name)}, enumerate.Options{})
	require.NoError(t, err)
	return results[0]
}

// programs are small programs of any form, and classic tests with variations.
func programs() *rapid.Generator[*random.Program] {
	free := random.Programs("C", random.Size{Threads: 4, Ops: 6, Total: 14, Locations: 3, Mixed: true})
	return rapid.Map(rapid.OneOf(free, random.Shapes("C")), affordable)
}

// affordable is the program without the last operations of its longest
// threads, until it has few enough candidate executions to enumerate them all.
func affordable(p *random.Program) *random.Program {
	for candidates(p) > 100_000 {
		longest := 0
		for t := range p.Threads {
			if len(p.Threads[t]) > len(p.Threads[longest]) {
				longest = t
			}
		}
		ops := &p.Threads[longest]
		*ops = slices.Clone((*ops)[:len(*ops)-1])
	}
	return p
}

// candidates bounds how many candidate executions a program has.
func candidates(p *random.Program) int {
	writes, reads := make([]int, p.Locations), make([]int, p.Locations)
	n := 1
	for _, ops := range p.Threads {
		for _, op := range ops {
			switch op.Kind {
			case random.Fence:
				continue
			case random.CompareExchange:
				n *= 2 // written, or what is expected overwritten
			}
			if op.Kind != random.Store {
				reads[op.Loc]++
			}
			if op.Kind != random.Load {
				writes[op.Loc]++
			}
		}
	}
	for loc := range writes {
		for w := 2; w <= writes[loc]; w++ {
			n = min(n*w, 1e9)
		}
		for range reads[loc] {
			n = min(n*(writes[loc]+1), 1e9)
		}
	}
	return n
}

// The explorer finds for each model the states, and in each as many executions,
// as an enumeration of candidate executions; and a race if that finds one.
func TestExplorationAgainstEnumeration(t *testing.T) {
	for _, name := range explored {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			for range 8 { // more programs than a property has by default
				againstEnumeration(t, programs().Draw(t, "program").Text(), name)
			}
		}))
	}
}

func againstEnumeration(t require.TestingT, text, name string) {
	test := parse(t, text)
	want := enumerated(t, test, name)
	results, err := Run(context.Background(), test, []string{name}, Options{})
	require.NoError(t, err)
	got := results[0]
	require.Empty(t, got.Unsupported)
	require.Equal(t, described(test, want), described(test, got), "%s\n%s", name, text)
	require.Equal(t, want.Undefined, got.Undefined, "%s\n%s", name, text)
	require.Equal(t, want.BoundHit, got.BoundHit, "%s\n%s", name, text)
}

// The models that the search has checks of its own for are those of the cat files.
func TestModelsAgainstTheirFiles(t *testing.T) {
	for _, name := range explored {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := programs().Draw(t, "program")
			test := parse(t, p.Text())
			file := filepath.Join("..", "..", "model", "models", name+".cat")
			results, err := Run(context.Background(), test, []string{name, file}, Options{})
			require.NoError(t, err)
			require.Equal(t, described(test, results[1]), described(test, results[0]), "%s\n%s", name, p)
			require.Equal(t, results[1].Undefined, results[0].Undefined, "%s\n%s", name, p)
		}))
	}
}

// described are a result's executions by final state, printed.
func described(test *litmus.Test, r *enumerate.Result) map[string]int {
	m := map[string]int{}
	for _, s := range r.States {
		m[test.FormatState(s.Values)] = s.Count
	}
	return m
}
