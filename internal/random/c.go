package random

import (
	"fmt"
	"strings"
)

var c11 = dialect{
	orders: map[Kind][]Order{
		Load: {Relaxed, Acquire, SeqCst}, Store: {Relaxed, Release, SeqCst},
		Fence:           {Acquire, Release, AcqRel, SeqCst},
		Exchange:        {Relaxed, Acquire, Release, AcqRel, SeqCst},
		Add:             {Relaxed, Acquire, Release, AcqRel, SeqCst},
		CompareExchange: {Relaxed, Acquire, Release, AcqRel, SeqCst},
	},
	depends: []Dependency{Value, Data, Guard},
	write:   writeC,
}

func immediate(n int) string { return fmt.Sprintf("$%d", n) }

var orderNames = map[Order]string{
	Relaxed: "memory_order_relaxed", Acquire: "memory_order_acquire", Release: "memory_order_release",
	AcqRel: "memory_order_acq_rel", SeqCst: "memory_order_seq_cst",
}

func writeC(p *Program) string {
	var init, code, observed strings.Builder
	for loc := range p.Locations {
		fmt.Fprintf(&init, " %s = 0;", p.Name(loc))
	}
	var cells []string
	for t, ops := range p.Threads {
		var params []string
		for loc := range p.Locations {
			typ := "atomic_int*"
			if p.Plain[loc] {
				typ = "volatile int*"
			}
			params = append(params, typ+" "+p.Name(loc))
		}
		var body strings.Builder
		for i := range ops {
			op := &ops[i]
			if op.Kind == CompareExchange {
				cell := fmt.Sprintf("e%d", op.Cell)
				cells = append(cells, cell)
				fmt.Fprintf(&init, " %s = %d;", cell, op.Expect)
				params = append(params, "int* "+cell)
			}
			if op.HasResult() {
				fmt.Fprintf(&body, "  int r%d = 0;\n", op.ID)
				fmt.Fprintf(&observed, " %d:r%d;", t, op.ID)
			}
		}
		for i := range ops {
			op := &ops[i]
			statement := statementC(p, op)
			if op.Via == Guard {
				statement = fmt.Sprintf("if (r%d == %d) { %s }", op.From, op.When, statement)
			}
			fmt.Fprintf(&body, "  %s\n", statement)
		}
		fmt.Fprintf(&code, "\nP%d (%s) {\n%s}\n", t, strings.Join(params, ", "), body.String())
	}
	for _, cell := range cells {
		fmt.Fprintf(&observed, " %s;", cell)
	}
	return fmt.Sprintf("C random\n{%s }\n%s\n%s", init.String(), code.String(), p.footer(strings.Fields(observed.String())))
}

func statementC(p *Program, op *Op) string {
	loc, order := p.Name(op.Loc), orderNames[op.Order]
	value := fmt.Sprint(op.Value)
	switch op.Via {
	case Value:
		value = fmt.Sprintf("r%d", op.From)
	case Data:
		value = fmt.Sprintf("r%d - r%d + %d", op.From, op.From, op.Value)
	}
	plain := op.Order == Plain
	switch op.Kind {
	case Load:
		if plain {
			return fmt.Sprintf("r%d = *%s;", op.ID, loc)
		}
		return fmt.Sprintf("r%d = atomic_load_explicit(%s, %s);", op.ID, loc, order)
	case Store:
		if plain {
			return fmt.Sprintf("*%s = %s;", loc, value)
		}
		return fmt.Sprintf("atomic_store_explicit(%s, %s, %s);", loc, value, order)
	case Fence:
		return fmt.Sprintf("atomic_thread_fence(%s);", order)
	case Exchange:
		return fmt.Sprintf("r%d = atomic_exchange_explicit(%s, %s, %s);", op.ID, loc, value, order)
	case Add:
		return fmt.Sprintf("r%d = atomic_fetch_add_explicit(%s, %s, %s);", op.ID, loc, value, order)
	}
	form := "strong"
	if op.Weak {
		form = "weak"
	}
	return fmt.Sprintf("r%d = atomic_compare_exchange_%s_explicit(%s, e%d, %s, %s, %s);",
		op.ID, form, loc, op.Cell, value, order, orderNames[op.Fail])
}
