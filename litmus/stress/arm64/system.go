package arm64

import "slices"

// Barriers, hints, system calls, system registers and cache maintenance (section C4.1,
// "Branches, Exception Generating and System instructions").

// barrier is DMB, DSB and ISB; the option of ISB may be missing, and has only one value.
func barrier(word uint32, instruction bool) func(*fields) {
	return func(f *fields) {
		f.word = word
		b := SY
		if f.more() || !instruction {
			b = take[Barrier](f, "a barrier option")
		}
		if b > SY || barrierNames[b][0] == '#' || instruction && b != SY {
			f.fail("%s: expected a barrier option of this instruction", b)
		}
		f.put(uint32(b), 8)
	}
}

// hint is HINT.
func hint(f *fields) {
	f.word = 0xd503201f
	f.put(uint32(f.immediate(0, 127)), 5)
}

// clearExclusive is CLREX, which ends the reservation of a load-exclusive. What it may have for an operand means nothing.
func clearExclusive(f *fields) { f.word = 0xd5033f5f }

// call is SVC, a call of the operating system.
func call(f *fields) {
	f.word = 0xd4000001
	f.put(uint32(f.immediate(0, 0xffff)), 5)
}

// readSystem is MRS.
func readSystem(f *fields) {
	f.word = 0xd5200000
	f.wide(0)
	f.systemRegister()
}

// writeSystem is MSR (register).
func writeSystem(f *fields) {
	f.word = 0xd5000000
	f.systemRegister()
	f.wide(0)
}

func (f *fields) systemRegister() {
	s := take[System](f, "a system register")
	if s>>14 < 2 {
		f.fail("%s: expected a system register, of op0 2 or 3", s)
	}
	f.put(uint32(s), 5)
}

// maintain is DC and IC by address, which are SYS.
func maintain(operations ...Maintenance) func(*fields) {
	return func(f *fields) {
		f.word = 0xd5080000
		m := take[Maintenance](f, "an operation on the caches")
		if !slices.Contains(operations, m) {
			f.fail("%s: expected one of %v", m, operations)
		}
		f.put(uint32(m), 5)
		f.wide(0)
	}
}

func systemEncodings(add func(Opcode, string, func(*fields))) {
	add("dsb", "", barrier(0xd503309f, false))
	add("dmb", "", barrier(0xd50330bf, false))
	add("isb", "", barrier(0xd50330df, true))
	add("clrex", "", clearExclusive)
	add("svc", "", call)
	add("hint", "", hint)
	add("mrs", "", readSystem)
	add("msr", "", writeSystem)
	add("dc", "", maintain(CVAC, CVAU, CIVAC))
	add("ic", "", maintain(IVAU))
}
