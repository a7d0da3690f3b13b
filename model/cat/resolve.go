package cat

import (
	"slices"

	"github.com/weakmem/litmus/model"
)

// input is a set or relation that the execution brings, by index into inputs.
type input int32

// The inputs that every execution has. Those of the vocabulary's tags follow,
// then one for each choice that a model makes by with … from.
const (
	inRead input = iota
	inWrite
	inMemory
	inFence
	inInitial
	inBoth // events that read and write
	inFinal
	inRegisterRead
	inRegisterWrite
	inBranch
	inDataPort

	inLoc
	inInt
	inExt
	inSame // same instruction
	inPo
	inAddr
	inData
	inCtrl
	inRmw
	inAmo
	inPickBasic
	inPickAddr
	inPickData
	inPickCtrl
	inInsideData
	inInsideCtrl
	inInsideOrder
	inRegisterRf
	inCo
	inRf

	inTags
)

var inputNames = [inTags]string{
	inRead: "R", inWrite: "W", inMemory: "M", inFence: "F", inInitial: "IW", inBoth: "RMW", inFinal: "FW",
	inRegisterRead: "Rreg", inRegisterWrite: "Wreg", inBranch: "B", inDataPort: "DATA",
	inLoc: "loc", inInt: "int", inExt: "ext", inSame: "same-instance", inPo: "po", inAddr: "addr", inData: "data",
	inCtrl: "ctrl", inRmw: "rmw", inAmo: "amo", inPickBasic: "pick-basic-dep", inPickAddr: "pick-addr-dep",
	inPickData: "pick-data-dep", inPickCtrl: "pick-ctrl-dep", inInsideData: "iico_data", inInsideCtrl: "iico_ctrl", inInsideOrder: "iico_order",
	inRegisterRf: "rf-reg", inCo: "co", inRf: "rf",
}

// builtin names the inputs, under each of the names that they go by.
var builtin = func() map[string]input {
	m := map[string]input{"I": inInitial, "si": inSame, "BCC": inBranch}
	for i, name := range inputNames {
		m[name] = input(i)
	}
	return m
}()

// part is a piece of an execution that changes as a whole from one call of
// Check to the next; what depends on it is computed again when it does.
type part uint8

const (
	partEvents part = iota // the events: all sets, loc, int, ext
	partPo
	partAddr
	partData
	partCtrl
	partRmw
	partAmo
	partPickBasic
	partPickAddr
	partPickData
	partPickCtrl
	partInsideData
	partInsideCtrl
	partInsideOrder
	partRegisterRf
	partCo
	partRf
	partChoice // what the first with … from chose; maxChoices of them
)

const (
	maxChoices = 16
	partCount  = int(partChoice) + maxChoices
)

// parts is a set of them.
type parts uint64

func (p part) bit() parts { return 1 << p }

const (
	coParts     = parts(1 << partCo)
	rfParts     = parts(1 << partRf)
	choiceParts = parts(1<<maxChoices-1) << partChoice
)

// inputs tells what executions of a vocabulary bring.
type inputs struct {
	vocabulary *model.Vocabulary
	choices    []string // what each with … from binds: a relation
}

func (in *inputs) tags() int { return len(in.vocabulary.Tags) }

// choice is the input that holds what the i-th with chose.
func (in *inputs) choice(i int) input { return inTags + input(in.tags()+i) }

func (in *inputs) name(i input) string {
	switch t := int(i - inTags); {
	case t < 0:
		return inputNames[i]
	case t < in.tags():
		return in.vocabulary.Tags[t]
	default:
		return in.choices[t-in.tags()]
	}
}

func (in *inputs) kind(i input) kind {
	switch t := int(i - inTags); {
	case i < inLoc || t >= 0 && t < in.tags():
		return setKind
	}
	return relKind
}

// parts is what an input is computed from.
func (in *inputs) parts(i input) parts {
	switch t := int(i - inTags); {
	case i == inFinal:
		return partEvents.bit() | coParts
	case i >= inPo && t < 0:
		return (partPo + part(i-inPo)).bit()
	case t >= in.tags():
		return (partChoice + part(t-in.tags())).bit()
	}
	return partEvents.bit()
}

// isInside reports whether an input is about what happens inside instructions.
func (i input) isInside() bool {
	switch i {
	case inRegisterRead, inRegisterWrite, inBranch, inDataPort, inInsideData, inInsideCtrl, inInsideOrder, inRegisterRf:
		return true
	}
	return false
}

// vacant are the names of event sets that a dialect knows, but of which these
// executions have no events: locks, faults, tags, virtual memory.
var vacant = map[string][]string{
	"C": {"LS", "LK", "UL", "LKR", "LKW", "LF", "RL", "RU", "Srcu-lock", "Srcu-unlock", "Sync-srcu",
		"Before-atomic", "After-atomic", "After-spinlock", "After-unlock-lock", "CON"},
	"AArch64": {"T", "PRED", "FAULT", "SPEC", "PoD", "NExp", "SPURIOUS", "Instr", "Restricted-CMODX", "PA",
		"TLBI", "TLBIIS", "TLBInXS", "DC", "IC", "DC.CVAU", "IC.IVAU", "IC.IALLU", "IC.IALLUIS", "PTE", "PTEV", "PTEINV",
		"AF", "DB", "MMU", "D-MMU", "I-MMU", "Translation", "AccessFlag", "Permission", "TagCheck", "UndefinedInstruction",
		"EXC-ENTRY", "EXC-RET", "SVC", "T-EXC"},
}

// vacantRelations are likewise relations: of memory tags, invalidations and memory attributes.
var vacantRelations = []string{"tlo", "inv-domain", "inv-scope", "mismatched-attrs", "same-translation-context"}

// unavailable are relations that herd7 has and executions here do not.
var unavailable = []string{
	"sca", "DSB-ob", "po-va-loc",
	"loc-of-va", "tr-ib", "id-of-va", "same-oa-rel", "partial_po",
}

// lookUp resolves a name that no let binds.
func (ev *evaluator) lookUp(e *nameExpr) value {
	in := ev.g.inputs
	if i := slices.Index(in.vocabulary.Tags, e.name); i >= 0 {
		return setVal(ev.g.input(inTags + input(i)))
	}
	if i, ok := builtin[e.name]; ok {
		if i.isInside() && ev.run != nil && ev.run.m.x.Inside == nil && in.vocabulary.Registers {
			ev.fail(e.at, "%s is used by what runs on each execution only: name it in a let of its own", e.name)
		}
		if !i.isInside() || in.vocabulary.Registers || in.vocabulary == anyVocabulary {
			return ev.node(ev.builtin(i))
		}
		if i == inBranch {
			return setVal(ev.g.empty(setKind))
		}
		ev.unbound(e.at, "%s is not available: executions here do not tell what happens inside instructions", e.name)
	}
	switch e.name {
	case "id":
		return relVal(ev.g.identity())
	case "ADDR", "NDATA": // the register reads that feed anything but the value that a write stores
		reads, data := ev.lookUp(&nameExpr{e.at, "Rreg"}).(setVal), ev.lookUp(&nameExpr{e.at, "DATA"}).(setVal)
		return setVal(ev.g.minus(nodeID(reads), nodeID(data)))
	case "sm": // same single-copy atomic access: here each event is one
		return relVal(ev.g.identityOn(ev.g.input(inMemory)))
	case "same-low-order-bits":
		memory := ev.g.input(inMemory)
		return relVal(ev.g.inter(ev.g.input(inLoc), ev.g.product(memory, memory)))
	case "Exp": // explicit accesses: all those that executions have
		return setVal(ev.g.input(inMemory))
	}
	if p, ok := primitives[e.name]; ok {
		return p
	}
	if slices.Contains(vacant[in.vocabulary.Arch], e.name) {
		return setVal(ev.g.empty(setKind))
	}
	if slices.Contains(vacantRelations, e.name) {
		return relVal(ev.g.empty(relKind))
	}
	switch {
	case slices.Contains(unavailable, e.name):
		ev.unbound(e.at, "%s is not available: executions here do not have it", e.name)
	case in.vocabulary == anyVocabulary && !isUpper(e.name):
		return polyEmpty{} // what it is, if anything, the vocabulary will tell
	case in.vocabulary == anyVocabulary:
		return setVal(ev.g.empty(setKind))
	case isUpper(e.name):
		ev.unbound(e.at, "%s executions have no events named %s", in.vocabulary.Arch, e.name)
	}
	ev.unbound(e.at, "%s is not defined", e.name)
	return nil
}

// builtin is an input as models know it. Executions record dependencies of
// successful store-conditionals too, but only RISC-V's models count those.
func (ev *evaluator) builtin(i input) nodeID {
	g := ev.g
	id := g.input(i)
	switch i {
	case inAddr, inData, inCtrl, inPickBasic, inPickAddr, inPickData, inPickCtrl:
		if g.inputs.vocabulary.Arch != "RISCV" {
			id = g.seq(g.identityOn(g.input(inRead)), id)
			ev.name(inputNames[i], relVal(id))
		}
	}
	return id
}

func isUpper(name string) bool { return name[0] >= 'A' && name[0] <= 'Z' }

// anyVocabulary stands for whatever executions a model may meet, to find its
// errors before any are known: every capitalised name is taken for a set of events.
var anyVocabulary = &model.Vocabulary{Arch: "any"}
