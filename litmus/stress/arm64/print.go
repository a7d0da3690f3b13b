package arm64

import (
	"fmt"
	"strconv"
	"strings"
)

// String is the instruction as GNU as reads it. Distances are relative to the
// instruction, ".+8".
func (in Instruction) String() string {
	texts := make([]string, len(in.Operands))
	for i, o := range in.Operands {
		texts[i] = "nothing"
		if o != nil {
			texts[i] = o.String()
		}
	}
	return strings.TrimSpace(string(in.Op) + " " + strings.Join(texts, ", "))
}

// String is "x3", "w3", "sp" or "wzr".
func (r Register) String() string {
	switch {
	case r == 0:
		return "no register"
	case r == SP:
		return "sp"
	case r == WSP:
		return "wsp"
	}
	letter := "w"
	if r.Wide() {
		letter = "x"
	}
	if r.number() == 31 {
		return letter + "zr"
	}
	return letter + strconv.Itoa(int(r.number()))
}

// String is "#12".
func (n Immediate) String() string { return "#" + strconv.FormatInt(int64(n), 10) }

var shiftNames = [...]string{"no shift", "lsl", "lsr", "asr", "ror", "uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"}

// String is "lsl".
func (s Shift) String() string { return name(shiftNames[:], s) }

// String is "lsl #3"; an extension without a shift is alone.
func (m Modifier) String() string {
	if m.Shift.extends() && m.Amount == 0 {
		return m.Shift.String()
	}
	return fmt.Sprintf("%s #%d", m.Shift, m.Amount)
}

// String is "[x0, #8]" and the like.
func (m Memory) String() string {
	switch {
	case m.Index != 0 && m.Extend.Amount == 0 && !m.Extend.Shift.extends():
		return fmt.Sprintf("[%s, %s]", m.Base, m.Index)
	case m.Index != 0:
		return fmt.Sprintf("[%s, %s, %s]", m.Base, m.Index, m.Extend)
	case m.Mode == PreIndex:
		return fmt.Sprintf("[%s, #%d]!", m.Base, m.Offset)
	case m.Mode == PostIndex:
		return fmt.Sprintf("[%s], #%d", m.Base, m.Offset)
	case m.Offset == 0:
		return fmt.Sprintf("[%s]", m.Base)
	}
	return fmt.Sprintf("[%s, #%d]", m.Base, m.Offset)
}

var conditionNames = [...]string{"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al"}

// String is "eq".
func (c Condition) String() string { return name(conditionNames[:], c) }

var barrierNames = [...]string{
	"#0", "oshld", "oshst", "osh", "#4", "nshld", "nshst", "nsh", "#8", "ishld", "ishst", "ish", "#12", "ld", "st", "sy",
}

// String is "ishld"; an option without a name is its number.
func (b Barrier) String() string { return name(barrierNames[:], b) }

// String is "pldl1keep"; an operation without a name is its number.
func (p Prefetch) String() string {
	kind, level := p>>3, p>>1&3
	if kind > 2 || level > 2 {
		return fmt.Sprintf("#%d", uint8(p))
	}
	return [...]string{"pld", "pli", "pst"}[kind] + [...]string{"l1", "l2", "l3"}[level] + [...]string{"keep", "strm"}[p&1]
}

var systemNames = map[System]string{NZCV: "nzcv", CNTFRQ_EL0: "cntfrq_el0", CNTVCT_EL0: "cntvct_el0"}

// String is "cntvct_el0", or "s3_3_c14_c0_2" for a register without a name here.
func (s System) String() string {
	if text, ok := systemNames[s]; ok {
		return text
	}
	return fmt.Sprintf("s%d_%d_c%d_c%d_%d", s>>14, s>>11&7, s>>7&15, s>>3&15, s&7)
}

var maintenanceNames = map[Maintenance]string{IVAU: "ivau", CVAC: "cvac", CVAU: "cvau", CIVAC: "civac"}

// String is "civac".
func (m Maintenance) String() string {
	if text, ok := maintenanceNames[m]; ok {
		return text
	}
	return fmt.Sprintf("no operation %#x", uint16(m))
}

// String is the label.
func (l Label) String() string { return string(l) }

// String is ".+8".
func (d Distance) String() string { return fmt.Sprintf(".%+d", int64(d)) }

// name is the name of n, or its number if there is none.
func name[N ~uint8](names []string, n N) string {
	if int(n) < len(names) {
		return names[n]
	}
	return "#" + strconv.Itoa(int(n))
}
