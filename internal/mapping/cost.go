package mapping

import (
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
)

// Architectures are those that [Of] knows.
func Architectures() []string { return []string{"amd64", "arm64"} }

// Code is what an operation becomes.
type Code struct {
	Instructions string // the one that costs the most, "" if none is needed
	// Cost orders alternatives, and means nothing else: roughly cycles, when the cache line is at hand and the store buffer
	// is not empty.
	Cost int
}

// usual are the tables of compilers that may use what processors have today.
var usual = func() map[string]*Table {
	tables := map[string]*Table{}
	for architecture, name := range map[string]string{"amd64": "xchg", "arm64": "rcpc"} {
		t, err := Find(architecture, name)
		if err != nil {
			panic(err)
		}
		tables[architecture] = t
	}
	return tables
}()

// Of returns what an operation on a word becomes on an architecture, by the table xchg or rcpc. The ordering of a fence that is
// none is Relaxed. For a compare-and-swap it is the stronger of that of success and that of failure. An ordering that
// the operation cannot have counts as the weakest.
func Of(architecture string, op Operation, o sim.Ordering) Code {
	sequence, err := usual[architecture].Sequence(op, o&^sim.Silent, 4)
	if err != nil {
		sequence = usual[architecture].Rows[op][sim.Relaxed]
	}
	var dearest Code
	for _, in := range Instructions(sequence) {
		name := mnemonic(in)
		if c := cost(name); c > dearest.Cost {
			dearest = Code{name, c}
		}
	}
	return dearest
}

// mnemonic is an instruction without its operands, but for the option of a barrier.
func mnemonic(in string) string {
	if label, rest, ok := strings.Cut(in, ": "); ok && len(label) == 1 {
		in = rest
	}
	name, operands, _ := strings.Cut(strings.NewReplacer("{s}", "", "{r}", "").Replace(in), " ")
	if name == "lock" || name == "DMB" {
		next, _, _ := strings.Cut(operands, " ")
		name += " " + next
	}
	return strings.ToUpper(name)
}

func cost(name string) int {
	switch name {
	case "LDAPR":
		return 2
	case "LDAR", "STLR":
		return 4
	case "DMB ISHLD":
		return 10
	case "DMB ISH", "XCHG", "LOCK XADD", "LOCK CMPXCHG":
		return 20
	case "MFENCE":
		return 30
	}
	for _, atomic := range []string{"LDADD", "LDCLR", "LDSET", "LDEOR", "SWP", "CAS"} {
		if suffix, ok := strings.CutPrefix(name, atomic); ok {
			return map[string]int{"": 10, "A": 12, "L": 12, "AL": 14}[suffix]
		}
	}
	return 1
}
