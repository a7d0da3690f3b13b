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
	inCo
	inRf

	inTags
)

var inputNames = [inTags]string{
	inRead: "R", inWrite: "W", inMemory: "M", inFence: "F", inInitial: "IW", inBoth: "RMW", inFinal: "FW",
	inLoc: "loc", inInt: "int", inExt: "ext", inSame: "same-instance", inPo: "po", inAddr: "addr", inData: "data",
	inCtrl: "ctrl", inRmw: "rmw", inAmo: "amo", inPickBasic: "pick-basic-dep", inPickAddr: "pick-addr-dep",
	inPickData: "pick-data-dep", inPickCtrl: "pick-ctrl-dep", inCo: "co", inRf: "rf",
}

// builtin names the inputs, under each of the names that they go by.
var builtin = func() map[string]input {
	m := map[string]input{"I": inInitial, "si": inSame, "sm": inSame}
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
	partCo
	partRf
	partChoice // what the first with … from chose; maxChoices of them
)

const (
	maxChoices = 16
	partCount  = int(partChoice) + maxChoices
)

// parts is a set of them.
type parts uint32

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

// vacant are the names of event sets that a dialect knows, but of which these
// executions have no events: locks, faults, tags, virtual memory.
var vacant = map[string][]string{
	"C": {"LS", "LK", "UL", "LKR", "LKW", "LF", "RL", "RU", "Srcu-lock", "Srcu-unlock", "Sync-srcu",
		"Before-atomic", "After-atomic", "After-spinlock", "After-unlock-lock", "CON"},
	"AArch64": {"T", "PRED", "FAULT", "SPEC", "PoD", "NDATA", "DATA", "ADDR", "NExp", "SPURIOUS", "Instr",
		"TLBI", "DC", "IC", "DC.CVAU", "IC.IVAU", "IC.IALLU", "IC.IALLUIS", "PTE", "PTEV", "PTEINV", "AF", "DB", "MMU",
		"EXC-ENTRY", "EXC-RET", "SVC", "T-EXC"},
}

// vacantRelations are likewise relations: of memory tags and invalidations.
var vacantRelations = []string{"tlo", "inv-domain", "inv-scope"}

// unavailable are relations that herd7 has and executions here do not.
var unavailable = []string{
	"iico_data", "iico_ctrl", "iico_order", "rf-reg", "sca", "DSB-ob", "po-va-loc",
	"loc-of-va", "tr-ib", "id-of-va", "same-oa-rel", "partial_po",
}

// lookUp resolves a name that no let binds.
func (ev *evaluator) lookUp(e *nameExpr) value {
	in := ev.g.inputs
	if i := slices.Index(in.vocabulary.Tags, e.name); i >= 0 {
		return setVal(ev.g.input(inTags + input(i)))
	}
	if i, ok := builtin[e.name]; ok {
		return ev.node(ev.builtin(i))
	}
	switch e.name {
	case "id":
		return relVal(ev.g.identity())
	case "B":
		return setVal(ev.g.empty(setKind))
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
