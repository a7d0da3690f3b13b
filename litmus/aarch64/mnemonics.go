package aarch64

import (
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// forms is the table of the mnemonics.
var forms = allForms()

func allForms() map[string]*form {
	table := map[string]*form{}
	add := func(name string, f *form) {
		if _, ok := table[name]; ok {
			panic("aarch64: mnemonic " + name + " twice")
		}
		table[name] = f
	}
	memoryForms(add)
	atomicForms(add)
	arithmeticForms(add)
	bitForms(add)
	flagForms(add)
	branchForms(add)
	barrierForms(add)
	return table
}

// aliases are other spellings of the conditional branches.
var aliases = conditionalAliases()

func conditionalAliases() map[string]string {
	names := map[string]string{"BAL": "B.AL"}
	for alias, c := range conditionAliases {
		names["B."+alias] = "B." + string(c)
	}
	for c := range inverses {
		names["B"+string(c)] = "B." + string(c)
	}
	names["BHS"], names["BLO"] = "B.CS", "B.CC"
	return names
}

// refused says of what is not here, by mnemonic or by its beginning, what it is.
var refused = []struct {
	what   string
	exact  string
	prefix []string
}{
	{what: "tag", exact: "STG ST2G STZG STZ2G LDG STGP LDGM STGM STZGM IRG ADDG SUBG GMI SUBP SUBPS CMPP"},
	{what: "virtual memory", exact: "TLBI AT TLBIP"},
	{what: "cache maintenance", exact: "IC DC"},
	{what: "exception", exact: "SVC HVC SMC BRK ERET ERETAA ERETAB UDF DCPS1 DCPS2 DCPS3 DRPS"},
	{what: "pointer authentication", exact: "RETAA RETAB BRAA BRAB BRAAZ BRABZ BLRAA BLRAB BLRAAZ BLRABZ LDRAA LDRAB",
		prefix: []string{"PAC", "AUT", "XPAC"}},
	{what: "capability", exact: "ALIGND ALIGNU BUILD CHKEQ CHKSLD CHKTGD CLRTAG CPY CPYTYPE CPYVALUE CSEAL CTHI GCFLGS GCPERM " +
		"GCSEAL GCTAG GCTYPE GCVALUE LDCT SCFLGS SCTAG SCVALUE SEAL STCT UNSEAL"},
	{what: "memory copy", prefix: []string{"CPYF", "CPYP", "CPYM", "CPYE", "SETP", "SETM", "SETE", "SETG"}},
	{what: "vector", exact: "LD1 LD1R LD2 LD2R LD3 LD3R LD4 LD4R LDAP1 ST1 ST2 ST3 ST4 STL1 ADDV UADDV DUP MOVI MVNI INS UMOV SMOV " +
		"INDEX RDVL ADDVL PTRUE MOVPRFX CTERMEQ CTERMNE SMSTART SMSTOP MOVA ADDHA ADDVA EOR3 RAX1 BCAX SQADD UQADD",
		prefix: []string{"WHILE", "LD1", "LD2", "LD3", "LD4", "ST1", "ST2", "ST3", "ST4", "CNT", "INC", "FMOV", "FADD", "FSUB", "FMUL", "FCMP"}},
	{what: "transactional memory", exact: "TSTART TCOMMIT TCANCEL TTEST"},
	{what: "64-byte access", exact: "LD64B ST64B ST64BV ST64BV0"},
	{what: "exclusive-clearing", exact: "CLREX"},
	{what: "page address", exact: "ADRP"},
	{what: "speculation barrier", exact: "SB SSBB PSSBB"},
}

// unsupported is the error for a mnemonic that is not in the table.
func unsupported(mnemonic string, fields []field, pos source.Pos) error {
	for _, r := range refused {
		for _, name := range strings.Fields(r.exact) {
			if name == mnemonic {
				return source.Errorf(pos, "%s instruction %s is not supported", r.what, mnemonic)
			}
		}
	}
	for _, r := range refused {
		for _, prefix := range r.prefix {
			if strings.HasPrefix(mnemonic, prefix) {
				return source.Errorf(pos, "%s instruction %s is not supported", r.what, mnemonic)
			}
		}
	}
	for _, f := range fields {
		if isVector(strings.Trim(f.text, "{} ")) {
			return source.Errorf(pos, "vector instruction %s is not supported", mnemonic)
		}
	}
	return source.Errorf(pos, "unknown instruction %s: expected an A64 instruction", mnemonic)
}
