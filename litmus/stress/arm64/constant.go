package arm64

// Constant returns the fewest of MOV and MOVK that set a register to a value, of
// which a W register takes the low half. There is none for the zero register or SP.
func Constant(d Register, value uint64) []Instruction {
	if !d.Wide() {
		value &= 1<<32 - 1
	}
	if mov := New("mov", d, Immediate(value)); encodes(mov) {
		return []Instruction{mov}
	}
	// The half-words that the first instruction leaves are zeros or ones, whichever are more.
	zeros, ones := 0, 0
	for at := 0; at < int(d.bits()); at += 16 {
		switch value >> at & 0xffff {
		case 0:
			zeros++
		case 0xffff:
			ones++
		}
	}
	first, rest := Opcode("movz"), uint64(0)
	if ones > zeros {
		first, rest = "movn", 0xffff
	}
	var code []Instruction
	for at := 0; at < int(d.bits()); at += 16 {
		part := value >> at & 0xffff
		if part == rest {
			continue
		}
		op := Opcode("movk")
		if code == nil {
			op = first
			part ^= rest
		}
		code = append(code, New(op, d, Immediate(part), Modifier{LSL, uint8(at)}))
	}
	return code
}

func encodes(in Instruction) bool {
	_, err := in.encode()
	return err == nil
}
