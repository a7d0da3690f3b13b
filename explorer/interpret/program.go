package interpret

import (
	"slices"

	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// program is a test made ready to run, any number of times.
type program struct {
	test   *litmus.Test
	unroll int
	code   [][]instruction // by thread
	orders orders
	memory *memory

	threads  []*thread // of the latest run
	boundHit bool      // by any run
}

// instruction is an instruction as it is run.
type instruction struct {
	*ir.Instr
	micro      []ir.Micro
	sequential bool // it may make several accesses, in the order of micro
}

// compile makes t ready to run under the model of that name.
func compile(t *litmus.Test, model string, unroll int) (*program, error) {
	p := &program{test: t, unroll: unroll, orders: newOrders(t.Program), memory: newMemory(t.Program)}
	for i := range t.Program.Threads {
		var code []instruction
		for k := range t.Program.Threads[i].Code {
			in := instruction{Instr: &t.Program.Threads[i].Code[k]}
			if err := p.accept(in.Instr, model); err != nil {
				return nil, err
			}
			in.micro = in.Micro
			if model == "rc11" {
				in.micro, in.sequential = p.orders.sequential(in.Micro)
			}
			code = append(code, in)
		}
		p.code = append(p.code, code)
	}
	return p, nil
}

// accept returns an error for an instruction that the explorer cannot run.
func (p *program) accept(in *ir.Instr, model string) error {
	for i := range in.Micro {
		op := &in.Micro[i]
		if op.Kind == ir.StoreCond || op.Kind == ir.JumpReg {
			return source.Errorf(in.Pos, "%s: the explorer has no store-conditionals and no jumps to computed addresses", in.Text)
		}
		if op.Tags&p.orders.consume != 0 && !slices.Contains(search.Models(), model) {
			// The search's own models know no dependencies, and a consuming load is a relaxed one. One in a file may.
			return source.Errorf(in.Pos, "%s: the explorer has no memory_order_consume for model %s: expected relaxed, acquire, release, acq_rel or seq_cst", in.Text, model)
		}
	}
	return nil
}

// start is a run: it starts the test's threads.
func (p *program) start(main sim.Thread) {
	p.threads = p.threads[:0]
	for i := range p.code {
		th := newThread(p, i)
		p.threads = append(p.threads, th)
		main.Go(p.test.Program.Threads[i].Name, th.run)
	}
}
