package aarch64

import "github.com/weakmem/litmus/litmus/ir"

// Barriers, and hints that change nothing that a test sees.

// barrier is DMB and DSB.
func barrier(name string) func(*lowering) error {
	return func(l *lowering) error {
		l.fence(name + "." + l.in.operands[0].String())
		return nil
	}
}

func (l *lowering) fence(set string) {
	l.Emit(ir.Micro{Kind: ir.Fence, Dst: ir.NoReg, Tags: ir.Bit(tags, set)})
}

func instructionBarrier(l *lowering) error {
	l.fence("ISB")
	return nil
}

func nothing(*lowering) error { return nil }

func barrierForms(add func(string, *form)) {
	add("DMB", takes("f", barrier("DMB")))
	add("DSB", takes("f", barrier("DSB")))
	add("ISB", takes("f?", instructionBarrier))
	for _, hint := range []string{"NOP", "YIELD", "WFE", "WFI", "SEV", "SEVL", "CSDB", "DGH", "ESB"} {
		add(hint, takes("", nothing))
	}
	add("BTI", takes("h?", nothing))
	add("HINT", takes("i", nothing))
	add("HLT", takes("i", nothing))
	add("PRFM", takes("hA", nothing))
	add("PRFUM", takes("ha", nothing))
}
