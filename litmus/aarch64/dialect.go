// Package aarch64 is the AArch64 dialect of litmus tests: it reads the A64
// instructions of a test's threads and lowers them to the register machine of
// litmus/ir.
//
// The text is herd7's for the architecture, the meaning the Arm Architecture
// Reference Manual's (DDI 0487; chapter C6.2, "Alphabetical list of A64 base
// instructions", names the instructions and their aliases). What belongs to
// the application level is here: loads and stores in their addressing forms,
// acquire and release, exclusives, the Large System Extensions' atomics,
// barriers, arithmetic, conditions and branches. Vectors, tags, virtual memory,
// instruction fetch, capabilities and exceptions are refused by name.
//
// Every mnemonic is one line of a table: which operands it takes and the
// function that lowers it. What reads W registers sees the low half of the X
// registers; what writes them clears the high half.
package aarch64

import "github.com/weakmem/litmus/litmus/ir"

// Dialect is the AArch64 dialect.
var Dialect ir.Dialect = dialect{}

type dialect struct{}

// Name is the word that starts a test's header.
func (dialect) Name() string { return "AArch64" }

// Tags are the event sets of the dialect: on accesses, Exp (explicit: by an instruction, as all are here),
// A (acquire), Q (acquirePC), L (release), X (of an atomic or exclusive instruction), EX (exclusive), NoRet (an
// atomic's read whose value goes to no register) and NT (non-temporal); on fences, one per barrier.
func (dialect) Tags() []string { return tags }

var (
	barrierOptions = []string{
		"SY", "ST", "LD", "ISH", "ISHST", "ISHLD", "OSH", "OSHST", "OSHLD", "NSH", "NSHST", "NSHLD",
	}
	tags = eventSets()

	tagExp   = ir.Bit(tags, "Exp")
	tagA     = ir.Bit(tags, "A")
	tagQ     = ir.Bit(tags, "Q")
	tagL     = ir.Bit(tags, "L")
	tagX     = ir.Bit(tags, "X")
	tagEX    = ir.Bit(tags, "EX")
	tagNoRet = ir.Bit(tags, "NoRet")
	tagNT    = ir.Bit(tags, "NT")
)

func eventSets() []string {
	names := []string{"Exp", "A", "Q", "L", "X", "EX", "NoRet", "NT", "ISB"}
	for _, barrier := range []string{"DMB.", "DSB."} {
		for _, option := range barrierOptions {
			names = append(names, barrier+option)
		}
	}
	return names
}

// Register returns the canonical name of a register: X3 for x3 and w3, SP for
// wsp, %p for the symbolic registers %p, X%p and W%p.
func (dialect) Register(name string) (string, bool) {
	if r, ok := parseRegister(name); ok {
		return r.name, true
	}
	if s, ok := parseSystemRegister(name); ok && s != systemNZCV {
		return string(s), true
	}
	return "", false
}
