package random

import (
	"fmt"
	"strings"
)

// table writes tests whose threads are columns.
type table struct {
	p        *Program
	init     []string
	observed []string
	columns  [][]string
	labels   int
}

// assemble writes the program, each operation by instructions, which emits it
// into the column of thread t. register names the result of an operation.
func assemble(p *Program, init func(thread, loc int) string, register func(id int) string, instructions func(c *column, op *Op)) string {
	tb := table{p: p}
	for loc := range p.Locations {
		tb.init = append(tb.init, p.Name(loc)+"=0;")
	}
	for t, ops := range p.Threads {
		for loc := range p.Locations {
			if s := init(t, loc); s != "" {
				tb.init = append(tb.init, fmt.Sprintf("%d:%s;", t, s))
			}
		}
		c := &column{table: &tb}
		for i := range ops {
			instructions(c, &ops[i])
			if ops[i].HasResult() {
				tb.observed = append(tb.observed, fmt.Sprintf("%d:%s;", t, register(ops[i].ID)))
			}
		}
		tb.columns = append(tb.columns, c.rows)
	}
	return tb.text()
}

// column is the code of one thread.
type column struct {
	*table
	rows []string
}

func (c *column) emit(format string, args ...any) {
	c.rows = append(c.rows, fmt.Sprintf(format, args...))
}

// label makes a label of the test.
func (c *column) label() string {
	c.labels++
	return fmt.Sprintf("L%d", c.labels)
}

func (tb *table) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s random\n{\n", tb.p.Dialect)
	for _, s := range tb.init {
		fmt.Fprintf(&b, " %s\n", s)
	}
	b.WriteString("}\n")
	rows := 0
	width := make([]int, len(tb.columns))
	for i, c := range tb.columns {
		rows = max(rows, len(c))
		width[i] = len("P0")
		for _, s := range c {
			width[i] = max(width[i], len(s))
		}
	}
	for r := -1; r < rows; r++ {
		for i, c := range tb.columns {
			cell := ""
			switch {
			case r < 0:
				cell = fmt.Sprintf("P%d", i)
			case r < len(c):
				cell = c[r]
			}
			separator := "|"
			if i == len(tb.columns)-1 {
				separator = ";"
			}
			fmt.Fprintf(&b, " %-*s %s", width[i], cell, separator)
		}
		b.WriteString("\n")
	}
	b.WriteString(tb.p.footer(tb.observed))
	return b.String()
}

// footer is the list of what is observed, and a condition.
func (p *Program) footer(observed []string) string {
	var b strings.Builder
	for loc := range p.Locations {
		observed = append(observed, p.Name(loc)+";")
	}
	fmt.Fprintf(&b, "locations [%s]\nexists (x=1)\n", strings.Join(observed, " "))
	return b.String()
}
