package random

import "fmt"

var aarch64 = dialect{
	orders: map[Kind][]Order{
		Load: {Plain, AcquirePC, Acquire}, Store: {Plain, Release}, Fence: {Plain},
		Exchange: {Plain, Acquire, Release, AcqRel}, Add: {Plain, Acquire, Release, AcqRel},
		CompareExchange: {Plain, Acquire, Release, AcqRel},
		LoadReserve:     {Plain, Acquire}, StoreConditional: {Plain, Release},
	},
	fences:  []string{"dmb sy", "dmb ld", "dmb st", "isb"},
	full:    "dmb sy",
	depends: []Dependency{Value, Data, Address, Control, Guard, Choice},
	write: func(p *Program) string {
		return assemble(p,
			func(_, loc int) string { return fmt.Sprintf("X%d=%s", 10+loc, p.Name(loc)) },
			func(id int) string { return fmt.Sprintf("X%d", id) },
			writeAArch64)
	},
}

func writeAArch64(c *column, op *Op) {
	end := ""
	switch op.Via {
	case Control, Guard:
		end = c.label()
		c.emit("CMP W%d,#%d", op.From, op.When)
		c.emit("B.NE %s", end)
		if op.Via == Control {
			c.emit("%s:", end)
		}
	}
	base := fmt.Sprintf("[X%d]", 10+op.Loc)
	if op.Via == Address {
		c.emit("EOR W20,W%d,W%d", op.From, op.From)
		if op.Order == Plain && (op.Kind == Load || op.Kind == Store) {
			base = fmt.Sprintf("[X%d,W20,SXTW]", 10+op.Loc)
		} else {
			c.emit("ADD X20,X20,X%d", 10+op.Loc)
			base = "[X20]"
		}
	}
	value := "W21"
	switch op.Kind {
	case Store, Exchange, Add, CompareExchange, StoreConditional:
		switch op.Via {
		case Value:
			value = fmt.Sprintf("W%d", op.From)
		case Data:
			c.emit("EOR W21,W%d,W%d", op.From, op.From)
			c.emit("ADD W21,W21,#%d", op.Value)
		case Choice:
			c.emit("MOV W21,#%d", op.Value)
			c.emit("CMP W%d,#0", op.From)
			c.emit("CSEL W21,W21,W21,EQ")
		default:
			c.emit("MOV W21,#%d", op.Value)
		}
	}
	suffix := map[Order]string{Plain: "", Acquire: "A", Release: "L", AcqRel: "AL"}[op.Order]
	switch op.Kind {
	case Load:
		c.emit("%s W%d,%s", map[Order]string{Plain: "LDR", AcquirePC: "LDAPR", Acquire: "LDAR"}[op.Order], op.ID, base)
	case Store:
		c.emit("%s %s,%s", map[Order]string{Plain: "STR", Release: "STLR"}[op.Order], value, base)
	case Fence:
		c.emit("%s", map[string]string{"dmb sy": "DMB SY", "dmb ld": "DMB LD", "dmb st": "DMB ST", "isb": "ISB"}[op.Fence])
	case Exchange:
		c.emit("SWP%s %s,W%d,%s", suffix, value, op.ID, base)
	case Add:
		c.emit("LDADD%s %s,W%d,%s", suffix, value, op.ID, base)
	case CompareExchange:
		c.emit("MOV W%d,#%d", op.ID, op.Expect)
		c.emit("CAS%s W%d,%s,%s", suffix, op.ID, value, base)
	case LoadReserve:
		c.emit("%s W%d,%s", map[Order]string{Plain: "LDXR", Acquire: "LDAXR"}[op.Order], op.ID, base)
	case StoreConditional:
		c.emit("%s W%d,%s,%s", map[Order]string{Plain: "STXR", Release: "STLXR"}[op.Order], op.ID, value, base)
	}
	if op.Via == Guard {
		c.emit("%s:", end)
	}
}
