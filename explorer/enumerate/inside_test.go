package enumerate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/internal/random"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/cat"
)

// rebuilt defines every dependency from what happens inside instructions and
// flags each that is not the one which executions bring. %s is the events that
// dependencies start at.
const rebuilt = `
include "cos.cat"
acyclic po-loc | rf | fr | co as coherence
empty rmw & (fre; coe) as atomic

let S = %s
let E = M | F
(* On RISC-V the status of a store-conditional comes from the write, and through it from nothing else. *)
let into(r) = r; [~(W \ R)]
let data-flow = (rf-reg | into(iico_data))+
let any-flow = (rf-reg | into(iico_data | iico_ctrl))+

let of-address(flow) = [S]; flow; [ADDR]; iico_data; [M]
let of-data(flow) = ([S]; flow; [DATA]; iico_data; [W]) | ([S]; (id | flow); [R]; (iico_data \ id); [W])
let of-branch(flow) = [S]; flow; [BCC]; po; [E]

procedure same(r, s) =
  flag ~empty (r \ s) | (s \ r) as difference
end
call same(addr, of-address(data-flow))
call same(data, of-data(data-flow))
call same(ctrl, of-branch(data-flow))
call same(pick-addr-dep, of-address(any-flow))
call same(pick-data-dep, of-data(any-flow))
call same(pick-ctrl-dep, of-branch(any-flow))
call same(pick-basic-dep, [S]; (id | any-flow); (iico_data | iico_ctrl); [M])
`

func parseModel(t require.TestingT, name, text string) *cat.Model {
	m, err := cat.Parse(name, text, nil)
	require.NoError(t, err)
	return m
}

// Dependencies that a model defines from reads and writes of registers are
// those that the engine finds.
func TestDependenciesFromInside(t *testing.T) {
	for _, dialect := range random.Dialects {
		starts := "R"
		if dialect == "RISCV" {
			starts = "M"
		}
		m := parseModel(t, "rebuilt.cat", fmt.Sprintf(rebuilt, starts))
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			p := random.Programs(dialect, random.Size{Threads: 2, Ops: 4, Total: 6, Locations: 2}).Draw(t, "program")
			results, err := Run(context.Background(), parse(t, p.Text()), []model.Model{m}, Options{})
			require.NoError(t, err)
			require.Empty(t, results[0].Flags, "%s", p)
		}))
	}
}

// A model that looks inside instructions finds the executions that one which
// does not finds, each once. Where a compare-and-swap leaves it open what its
// result comes from, those are two, which some models cannot tell apart.
func TestLookingInsideChangesNothing(t *testing.T) {
	text := "include \"cos.cat\"\nacyclic po-loc | rf | fr | co as coherence\nempty rmw & (fre; coe) as atomic\n"
	outside := parseModel(t, "outside.cat", text)
	inside := parseModel(t, "inside.cat", text+"empty rf-reg & rf as apart\n")
	for _, dialect := range random.Dialects {
		t.Run(dialect, rapid.MakeCheck(func(t *rapid.T) {
			p := random.Programs(dialect, random.Size{Threads: 2, Ops: 4, Total: 6, Locations: 2}).Draw(t, "program")
			test := parse(t, p.Text())
			results, err := Run(context.Background(), test, []model.Model{inside, outside}, Options{})
			require.NoError(t, err)
			want, got := counts(test, results[1]), counts(test, results[0])
			if p.Has(func(op random.Op) bool { return op.Kind == random.CompareExchange }) {
				for state, n := range got {
					require.GreaterOrEqual(t, n, want[state], "%s", p)
					want[state] = n
				}
			}
			require.Equal(t, want, got, "%s", p)
		}))
	}
}

// What happens inside the instructions of one thread, pair by pair.
func TestInside(t *testing.T) {
	shows := parseModel(t, "shows.cat", `
		show iico_data as iico_data show iico_ctrl as iico_ctrl show iico_order as iico_order
		show rf-reg as rf-reg show [DATA] as DATA`)
	for _, c := range []struct{ name, code, condition, want string }{
		{"store", "MOV W0,#1; STR W0,[X10]", "true", `
DATA: STR reads X0 -> STR reads X0
iico_data: STR reads X0 -> STR W[x]
iico_data: STR reads X10 -> STR W[x]
rf-reg: MOV writes X0 -> STR reads X0`},
		{"one register as address and as value", "LDR X0,[X10]; STR X10,[X10]", "true", `
DATA: STR reads X10 -> STR reads X10
iico_data: LDR R[x] -> LDR writes X0
iico_data: LDR reads X10 -> LDR R[x]
iico_data: STR reads X10 -> STR W[x]
iico_data: STR reads X10 -> STR W[x]`},
		{"a register written and read by one instruction", "MOV W0,#1; ADD W0,W0,W0; STR W0,[X10]", "true", `
DATA: STR reads X0 -> STR reads X0
iico_data: ADD reads X0 -> ADD writes X0
iico_data: STR reads X0 -> STR W[x]
iico_data: STR reads X10 -> STR W[x]
rf-reg: ADD writes X0 -> STR reads X0
rf-reg: MOV writes X0 -> ADD reads X0`},
		{"write-back comes from the base alone", "LDR W0,[X10],#0", "true", `
iico_data: LDR R[x] -> LDR writes X0
iico_data: LDR reads X10 -> LDR R[x]
iico_data: LDR reads X10 -> LDR writes X10`},
		{"branch", "CBNZ W0,end; end: LDR W1,[X10]", "true", `
iico_data: CBNZ reads X0 -> CBNZ
iico_data: LDR R[x] -> LDR writes X1
iico_data: LDR reads X10 -> LDR R[x]`},
		{"read-modify-write", "LDADD W0,W1,[X10]", "true", `
DATA: LDADD reads X0 -> LDADD reads X0
iico_data: LDADD R[x] -> LDADD W[x]
iico_data: LDADD R[x] -> LDADD writes X1
iico_data: LDADD reads X0 -> LDADD W[x]
iico_data: LDADD reads X10 -> LDADD R[x]
iico_data: LDADD reads X10 -> LDADD W[x]`},
		{"the status of a store-exclusive comes from nothing", "LDXR W0,[X10]; STXR W1,W0,[X10]; CBZ W1,end; end:", "0:X1=0", `
DATA: STXR reads X0 -> STXR reads X0
iico_data: CBZ reads X1 -> CBZ
iico_data: LDXR R[x] -> LDXR writes X0
iico_data: LDXR reads X10 -> LDXR R[x]
iico_data: STXR reads X0 -> STXR W[x]
iico_data: STXR reads X10 -> STXR W[x]
rf-reg: LDXR writes X0 -> STXR reads X0
rf-reg: STXR writes X1 -> CBZ reads X1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := strings.NewReplacer("; ", " ;\n", ": ", ":\n").Replace(c.code)
			code = strings.TrimSuffix(strings.ReplaceAll(code, ":\n", ": ;\n"), "\n")
			text := "AArch64 t\n{ 0:X10=x; }\n P0 ;\n" + code + " ;\nexists (" + c.condition + ")\n"
			test := parse(t, text)
			x, err := NewEngine(Options{}).Explain(context.Background(), test, shows, test.Condition.Prop.Eval)
			require.NoError(t, err)
			var got []string
			for _, shown := range x.Verdict.Shown {
				for a := range x.Events {
					for b := shown.Relation.Next(a, 0); b >= 0; b = shown.Relation.Next(a, b+1) {
						got = append(got, fmt.Sprintf("%s: %s -> %s", shown.Name, brief(x.Events[a]), brief(x.Events[b])))
					}
				}
			}
			slices.Sort(got)
			require.Equal(t, strings.TrimPrefix(c.want, "\n"), strings.Join(got, "\n"))
		})
	}
}

// brief leaves thread, operands and values out of an event's label.
func brief(label string) string {
	_, label, _ = strings.Cut(label, ": ")
	text, what, _ := strings.Cut(label, ": ")
	text, _, _ = strings.Cut(text, " ")
	what, _, _ = strings.Cut(what, "=")
	return strings.TrimSpace(text + " " + what)
}
