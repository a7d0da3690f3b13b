package enumerate

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// axioms are the models of axioms_test.go, by name.
var axioms = map[string]func(*graph) bool{
	"sc": isSC, "tso": isTSO, "pso": isPSO, "ra": isRA, "rc11": isRC11, "aarch64": isArmv8, "riscv": isRVWMO,
}

func load(t require.TestingT, name string) model.Model {
	m, err := models.Load(name)
	require.NoError(t, err)
	return m
}

func parse(t require.TestingT, text string) *litmus.Test {
	test, err := litmus.Parse("random.litmus", []byte(text))
	require.NoError(t, err, "%s", text)
	return test
}

// programs are small programs of any form, and classic tests with variations.
func programs(dialect string) *rapid.Generator[*random.Program] {
	free := random.Programs(dialect, random.Size{Threads: 3, Ops: 4, Total: 6, Locations: 3})
	shaped := random.Shapes(dialect)
	return rapid.OneOf(free, shaped, shaped)
}

// counts are a result's executions by final state, printed.
func counts(test *litmus.Test, r *Result) map[string]int {
	m := map[string]int{}
	for _, s := range r.States {
		m[test.FormatState(s.Values)] += s.Count
	}
	return m
}

// The search finds for each model the states, and in each as many executions,
// as an enumeration without any pruning that judges by other axioms.
func TestSearchAgainstNaiveEnumeration(t *testing.T) {
	for _, dialect := range random.Dialects {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			for range 5 { // more programs than a property has by default: few are telling for any one axiom
				againstNaive(t, programs(dialect).Draw(t, "program").Text(), fitting(dialect)...)
			}
		}))
	}
}

// fitting lists the models of a dialect that have axioms here.
func fitting(dialect string) []string {
	var names []string
	for _, info := range models.List {
		if axioms[info.Name] != nil && info.Fits(dialect) {
			names = append(names, info.Name)
		}
	}
	return names
}

// Rules of preserved program order that take several steps, each with and without every step.
func TestChainsOfDependencies(t *testing.T) {
	for _, dialect := range []string{"AArch64", "RISCV"} {
		t.Run(dialect, func(t *testing.T) {
			for _, p := range random.Chains(dialect) {
				againstNaive(t, p.Text(), models.Default(dialect))
			}
		})
	}
}

func againstNaive(t require.TestingT, text string, names ...string) {
	test := parse(t, text)
	e := NewEngine(Options{})
	prepared, err := e.prepare(context.Background(), test, false)
	require.NoError(t, err)
	if !fewCandidates(prepared, 800) {
		return
	}
	predicates := map[string]func(*graph) bool{}
	for _, name := range names {
		predicates[name] = axioms[name]
	}
	want := naiveStates(test, prepared, predicates)
	for _, name := range names {
		results, err := e.Run(context.Background(), test, []model.Model{load(t, name)})
		require.NoError(t, err)
		require.Empty(t, results[0].Unsupported)
		require.Equal(t, want[name], counts(test, results[0]), "%s\n%s", name, text)
	}
}

// Under sc and tso the final states are those of the machines that the models describe.
func TestSearchAgainstMachines(t *testing.T) {
	for _, dialect := range random.Dialects {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			p := programs(dialect).Draw(t, "program")
			againstMachine(t, p.Text(), "sc")
			// What a store-conditional does to a store buffer no manual says.
			if !p.Has(func(op random.Op) bool { return op.Kind == random.StoreConditional }) {
				againstMachine(t, p.Text(), "tso")
			}
		}))
	}
}

func againstMachine(t require.TestingT, text, name string) {
	test := parse(t, text)
	results, err := Run(context.Background(), test, []model.Model{load(t, name)}, Options{})
	require.NoError(t, err)
	got := slices.Sorted(maps.Keys(counts(test, results[0])))
	require.Equal(t, outcomes(test, name == "tso"), got, "%s\n%s", name, text)
}

// Whether a store-exclusive is at the address of its reservation may depend on what was read.
func TestExclusivesAtComputedAddresses(t *testing.T) {
	const init, condition = "AArch64 exclusives\n{ x=0; 0:X10=x; 1:X10=x; }\n", "locations [0:X0; 0:X1; 1:X0; x;]\nexists (x=1)\n"
	for name, table := range map[string]string{
		"store": `
 P0                | P1           ;
 LDXR W0,[X10]     | LDR W0,[X10] ;
 EOR X20,X0,X0     |              ;
 ADD X20,X20,X10   |              ;
 MOV W21,#1        |              ;
 STXR W1,W21,[X20] |              ;
`,
		"load": `
 P0                | P1           ;
 LDR W0,[X10]      | LDR W0,[X10] ;
 EOR X20,X0,X0     |              ;
 ADD X20,X20,X10   |              ;
 LDXR W0,[X20]     |              ;
 MOV W21,#1        |              ;
 STXR W1,W21,[X10] |              ;
`,
	} {
		t.Run(name, func(t *testing.T) { againstMachine(t, init+table+condition, "sc") })
	}
}

// unpruned judges complete executions only, each from scratch.
type unpruned struct{ model.Model }

func (m unpruned) NewChecker(v *model.Vocabulary) (model.Checker, error) {
	c, err := m.Model.NewChecker(v)
	return uncheckedUntilComplete{c}, err
}

type uncheckedUntilComplete struct{ model.Checker }

func (c uncheckedUntilComplete) Check(x *model.Execution, s model.Stage) bool {
	if s != model.Complete {
		return true
	}
	return c.Checker.Check(x, model.Skeleton) && c.Checker.Check(x, model.Coherent) && c.Checker.Check(x, model.Complete)
}

// explained judges complete executions by Explain.
type explained struct{ model.Model }

func (m explained) NewChecker(v *model.Vocabulary) (model.Checker, error) {
	c, err := m.Model.NewChecker(v)
	return explainedAtTheEnd{c}, err
}

type explainedAtTheEnd struct{ model.Checker }

func (c explainedAtTheEnd) Check(x *model.Execution, s model.Stage) bool {
	return s != model.Complete || c.Explain(x).Consistent
}

func (c explainedAtTheEnd) Flags() []model.Flag { return nil }

// Asking a model early, and step by step, changes nothing but the time it takes.
func TestPruningIsSound(t *testing.T) {
	for _, dialect := range random.Dialects {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			p := programs(dialect).Draw(t, "program")
			test := parse(t, p.Text())
			prepared, err := NewEngine(Options{}).prepare(context.Background(), test, false)
			require.NoError(t, err)
			if !fewCandidates(prepared, 800) {
				return
			}
			for _, info := range models.List {
				if !info.Fits(dialect) {
					continue
				}
				m := load(t, info.Name)
				r, err := Run(context.Background(), test, []model.Model{m, unpruned{m}, explained{m}}, Options{})
				require.NoError(t, err)
				require.Equal(t, r[1].States, r[0].States, "%s\n%s", info.Name, p)
				require.Equal(t, r[1].Undefined, r[0].Undefined, "%s\n%s", info.Name, p)
				require.Equal(t, r[1].Flags, r[0].Flags, "%s\n%s", info.Name, p)
				require.Equal(t, r[2].States, r[0].States, "%s by Explain\n%s", info.Name, p)
				require.LessOrEqual(t, r[0].Candidates, r[1].Candidates)
			}
		}))
	}
}
