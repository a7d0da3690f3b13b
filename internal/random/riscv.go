package random

import "fmt"

var riscv = dialect{
	orders: map[Kind][]Order{
		Load: {Plain, Acquire}, Store: {Plain, Release}, Fence: {Plain},
		Exchange: {Plain, Acquire, Release, AcqRel}, Add: {Plain, Acquire, Release, AcqRel},
		LoadReserve: {Plain, Acquire, AcqRel}, StoreConditional: {Plain, Release, AcqRel},
	},
	fences: []string{
		"fence rw,rw", "fence r,r", "fence r,w", "fence r,rw", "fence w,r", "fence w,w", "fence w,rw",
		"fence rw,r", "fence rw,w", "fence.tso", "fence.i",
	},
	full:    "fence rw,rw",
	depends: []Dependency{Value, Data, Address, Control, Guard},
	write: func(p *Program) string {
		return assemble(p,
			func(_, loc int) string { return fmt.Sprintf("x%d=%s", 20+loc, p.Name(loc)) },
			func(id int) string { return fmt.Sprintf("x%d", 5+id) },
			writeRISCV)
	},
}

func writeRISCV(c *column, op *Op) {
	end, from, result := "", 5+op.From, 5+op.ID
	switch op.Via {
	case Control, Guard:
		end = c.label()
		c.emit("ori x28,x0,%d", op.When)
		c.emit("bne x%d,x28,%s", from, end)
		if op.Via == Control {
			c.emit("%s:", end)
		}
	}
	base := 20 + op.Loc
	if op.Via == Address {
		c.emit("xor x29,x%d,x%d", from, from)
		c.emit("add x29,x29,x%d", base)
		base = 29
	}
	value := 30
	switch op.Kind {
	case Store, Exchange, Add, StoreConditional:
		switch op.Via {
		case Value:
			value = from
		case Data:
			c.emit("xor x30,x%d,x%d", from, from)
			c.emit("addi x30,x30,%d", op.Value)
		default:
			c.emit("ori x30,x0,%d", op.Value)
		}
	}
	suffix := map[Order]string{Plain: "", Acquire: ".aq", Release: ".rl", AcqRel: ".aq.rl"}[op.Order]
	switch op.Kind {
	case Load:
		c.emit("lw%s x%d,0(x%d)", suffix, result, base)
	case Store:
		c.emit("sw%s x%d,0(x%d)", suffix, value, base)
	case Fence:
		c.emit("%s", op.Fence)
	case Exchange:
		c.emit("amoswap.w%s x%d,x%d,(x%d)", suffix, result, value, base)
	case Add:
		c.emit("amoadd.w%s x%d,x%d,(x%d)", suffix, result, value, base)
	case LoadReserve:
		c.emit("lr.w%s x%d,(x%d)", suffix, result, base)
	case StoreConditional:
		c.emit("sc.w%s x%d,x%d,(x%d)", suffix, result, value, base)
	}
	if op.Via == Guard {
		c.emit("%s:", end)
	}
}
