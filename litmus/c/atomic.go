package c

import (
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// The event sets by bit. A holds the accesses with a memory order and NA all
// other events; RMW the events of read-modify-writes. The capitalised ones are
// the annotations of the Linux kernel's primitives. The sets of lock events are
// names that models may use: no event is in them.
var tagNames = []string{
	"A", "NA", "RLX", "CON", "ACQ", "REL", "ACQ_REL", "SC", "RMW",
	"Once", "Acquire", "Release", "Mb", "Rmb", "Wmb", "Rcu-lock", "Rcu-unlock", "Sync-rcu",
	"LK", "LKR", "LKW", "LS", "LF", "UL", "RL", "RU",
}

var (
	tagA   = ir.Bit(tagNames, "A")
	tagNA  = ir.Bit(tagNames, "NA")
	tagRMW = ir.Bit(tagNames, "RMW")
)

// Tags returns the names of the event sets of C, by bit.
func Tags() []string { return tagNames }

// 7.17.3: the memory orders.
var orders = map[string]ir.Tags{
	"memory_order_relaxed": ir.Bit(tagNames, "RLX"),
	"memory_order_consume": ir.Bit(tagNames, "CON"),
	"memory_order_acquire": ir.Bit(tagNames, "ACQ"),
	"memory_order_release": ir.Bit(tagNames, "REL"),
	"memory_order_acq_rel": ir.Bit(tagNames, "ACQ_REL"),
	"memory_order_seq_cst": ir.Bit(tagNames, "SC"),
}

// operation is a function that the dialect knows.
type operation struct {
	args        int // number of operands
	orders      int // number of memory orders that follow them; 0 for the kernel's
	annotations bool
	emit        func(l *lowerer, c *Call, orders []ir.Tags) (value, error)
}

// operations of <stdatomic.h> by the name of their explicit form without
// "_explicit"; the form without orders is sequentially consistent.
var operations map[string]operation

func init() {
	operations = map[string]operation{
		"atomic_load":                    {args: 1, orders: 1, emit: atomicLoad},
		"atomic_store":                   {args: 2, orders: 1, emit: atomicStore},
		"atomic_exchange":                {args: 2, orders: 1, emit: atomicUpdate(ir.Exchange)},
		"atomic_fetch_add":               {args: 2, orders: 1, emit: atomicUpdate(ir.Add)},
		"atomic_fetch_sub":               {args: 2, orders: 1, emit: atomicUpdate(ir.Sub)},
		"atomic_fetch_or":                {args: 2, orders: 1, emit: atomicUpdate(ir.Or)},
		"atomic_fetch_xor":               {args: 2, orders: 1, emit: atomicUpdate(ir.Xor)},
		"atomic_fetch_and":               {args: 2, orders: 1, emit: atomicUpdate(ir.And)},
		"atomic_compare_exchange_strong": {args: 3, orders: 2, emit: compareExchange(true)},
		"atomic_compare_exchange_weak":   {args: 3, orders: 2, emit: compareExchange(false)},
		"atomic_flag_test_and_set":       {args: 1, orders: 1, emit: flagTestAndSet},
		"atomic_flag_clear":              {args: 1, orders: 1, emit: flagClear},
	}
	for name, op := range kernelOperations {
		operations[name] = op
	}
}

// refused are the functions that are known but not supported, and why.
var refused = map[string]string{}

func init() {
	for _, name := range []string{
		"lock", "unlock", "mtx_lock", "mtx_unlock", "mtx_trylock", "spin_lock", "spin_unlock", "spin_trylock", "spin_is_locked",
		"__lock", "__unlock", "__trylock", "__islocked",
	} {
		refused[name] = "locks are not supported"
	}
	for _, name := range []string{"__atomic_op", "__atomic_op_return", "__atomic_fetch_op", "__srcu"} {
		refused[name] = "this primitive of the Linux kernel is not supported"
	}
}

// call lowers a call, which is of a known operation, or means something at compile time.
func (l *lowerer) call(c *Call) (value, error) {
	name, explicit := strings.CutSuffix(c.Func, "_explicit")
	switch c.Func {
	case "atomic_thread_fence", "atomic_signal_fence":
		return l.threadFence(c)
	case "atomic_init": // 7.17.2.2: not atomic
		return l.initialize(c)
	case "ATOMIC_VAR_INIT", "ATOMIC_INIT":
		if err := arity(c, 1); err != nil {
			return value{}, err
		}
		return l.scalar(c.Args[0])
	}
	op, ok := operations[name]
	if !ok || explicit && op.orders == 0 {
		if why, ok := refused[c.Func]; ok {
			return value{}, source.Errorf(c.Pos, "%s: %s", c.Func, why)
		}
		return value{}, source.Errorf(c.Pos, "unknown function %s: expected one of <stdatomic.h>", c.Func)
	}
	if op.annotations != (len(c.Annotations) > 0) {
		if op.annotations {
			return value{}, source.Errorf(c.Pos, "%s without an annotation: expected %s{…}", c.Func, c.Func)
		}
		return value{}, source.Errorf(c.Pos, "%s takes no annotation", c.Func)
	}
	if !explicit {
		if err := arity(c, op.args); err != nil {
			return value{}, err
		}
		return op.emit(l, c, []ir.Tags{orders["memory_order_seq_cst"], orders["memory_order_seq_cst"]})
	}
	if err := arity(c, op.args+op.orders); err != nil {
		return value{}, err
	}
	var given []ir.Tags
	for _, x := range c.Args[op.args:] {
		o, err := order(x)
		if err != nil {
			return value{}, err
		}
		given = append(given, o)
	}
	return op.emit(l, c, given)
}

func arity(c *Call, n int) error {
	if len(c.Args) != n {
		return source.Errorf(c.Pos, "%s with %d arguments: expected %d", c.Func, len(c.Args), n)
	}
	return nil
}

func order(x Expr) (ir.Tags, error) {
	id, ok := x.(*Ident)
	if !ok {
		return 0, source.Errorf(x.Position(), "%s is not a memory order: expected memory_order_relaxed or its like", exprString(x))
	}
	o, ok := orders[id.Name]
	if !ok {
		return 0, source.Errorf(x.Position(), "%s is not a memory order: expected relaxed, consume, acquire, release, acq_rel or seq_cst after memory_order_", id.Name)
	}
	return o, nil
}

// object evaluates an argument that is the address of an object.
func (l *lowerer) object(x Expr) (place, error) {
	p, err := l.scalar(x)
	if err != nil {
		return place{}, err
	}
	return l.pointee(p, x.Position())
}

// operand evaluates an argument as a value of type t.
func (l *lowerer) operand(x Expr, t *Type) (value, error) {
	v, err := l.scalar(x)
	if err != nil {
		return v, err
	}
	return l.convert(v, t, x.Position())
}

// objectAndOperand evaluates the first two arguments.
func (l *lowerer) objectAndOperand(c *Call) (place, value, error) {
	p, err := l.object(c.Args[0])
	if err != nil {
		return p, value{}, err
	}
	v, err := l.operand(c.Args[1], p.typ)
	return p, v, err
}

func nothing() value { return value{ir.Imm(0), voidType, 0} }

func atomicLoad(l *lowerer, c *Call, o []ir.Tags) (value, error) {
	p, err := l.object(c.Args[0])
	if err != nil {
		return value{}, err
	}
	return l.load(p, tagA|o[0]), nil
}

func atomicStore(l *lowerer, c *Call, o []ir.Tags) (value, error) {
	p, v, err := l.objectAndOperand(c)
	if err != nil {
		return value{}, err
	}
	l.store(p, v, tagA|o[0])
	return nothing(), nil
}

func (l *lowerer) initialize(c *Call) (value, error) {
	if err := arity(c, 2); err != nil {
		return value{}, err
	}
	p, v, err := l.objectAndOperand(c)
	if err != nil {
		return value{}, err
	}
	l.store(p, v, tagNA)
	return nothing(), nil
}

// update emits a read-modify-write in the layer after depth at the least; it returns the old value.
func (l *lowerer) update(fn ir.Fn, p place, v value, order ir.Tags) value {
	dst, depth := l.register(), max(p.addr.depth, v.depth, l.flushed)
	l.emit(depth, l.updateTo(dst, fn, p, v, tagA|tagRMW|order))
	return value{ir.R(dst), p.typ, depth + 1}
}

func (l *lowerer) updateTo(dst int32, fn ir.Fn, p place, v value, tags ir.Tags) ir.Micro {
	m := ir.Micro{
		Kind: ir.Update, Fn: fn, Size: p.size, Dst: dst, Addr: p.addr.Operand, Src: [3]ir.Operand{v.Operand}, Tags: tags,
	}
	if !p.typ.Cell().Unsigned {
		m.Flags = ir.Signed
	}
	return m
}

func atomicUpdate(fn ir.Fn) func(*lowerer, *Call, []ir.Tags) (value, error) {
	return func(l *lowerer, c *Call, o []ir.Tags) (value, error) {
		p, v, err := l.objectAndOperand(c)
		if err != nil {
			return value{}, err
		}
		if e := p.typ.Elem; e != nil && (fn == ir.Add || fn == ir.Sub) {
			// 7.17.7.5: on an address the operand counts elements.
			if size := e.Cell().Size; size > 1 {
				v = l.fold(ir.Mul, longType, 8, v, constant(int64(size)))
			}
		}
		return l.update(fn, p, v, o[0]), nil
	}
}

// 7.17.8: an atomic_flag is set or clear, 1 or 0.
func flagTestAndSet(l *lowerer, c *Call, o []ir.Tags) (value, error) {
	p, err := l.object(c.Args[0])
	if err != nil {
		return value{}, err
	}
	return l.update(ir.Exchange, p, constant(1), o[0]), nil
}

func flagClear(l *lowerer, c *Call, o []ir.Tags) (value, error) {
	p, err := l.object(c.Args[0])
	if err != nil {
		return value{}, err
	}
	l.store(p, constant(0), tagA|o[0])
	return nothing(), nil
}

// threadFence is a fence. A signal fence orders a thread and its own signal
// handlers: no other thread sees it (7.17.4.2), and it makes no event.
func (l *lowerer) threadFence(c *Call) (value, error) {
	if err := arity(c, 1); err != nil {
		return value{}, err
	}
	o, err := order(c.Args[0])
	if err == nil && c.Func == "atomic_thread_fence" {
		l.fence(tagNA | o)
	}
	return nothing(), err
}

// fence emits a fence in the first layer.
func (l *lowerer) fence(tags ir.Tags) {
	l.emit(l.flushed, ir.Micro{Kind: ir.Fence, Dst: ir.NoReg, Tags: tags})
}

// compareExchange has the operands object, expected and desired, and the orders
// of success and of failure (7.17.7.4). Like herd7, it evaluates the desired
// value only to succeed.
func compareExchange(strong bool) func(*lowerer, *Call, []ir.Tags) (value, error) {
	return func(l *lowerer, c *Call, o []ir.Tags) (value, error) {
		x := &exchange{strong: strong, onSuccess: tagA | tagRMW | o[0], onFailure: tagA | o[1]}
		var err error
		if x.object, err = l.object(c.Args[0]); err != nil {
			return value{}, err
		}
		if x.expected, err = l.expected(c.Args[1]); err != nil {
			return value{}, err
		}
		if x.old, err = l.convert(l.get(x.expected), x.object.typ, c.Pos); err != nil {
			return value{}, err
		}
		x.success, x.failure, x.seen = l.register(), l.register(), l.register()
		if l.effects(c.Args[2]) {
			return l.exchangeByBranch(x, c.Args[2])
		}
		desired, err := l.operand(c.Args[2], x.object.typ)
		if err != nil {
			return value{}, err
		}
		depth := max(x.object.addr.depth, x.expected.addr.depth, x.old.depth, desired.depth, l.flushed)
		l.choose(depth, x.success, x.failure)
		l.onlyIf(depth, x.success, 3)
		l.succeed(depth, x, desired)
		if strong {
			l.onlyIf(depth, x.failure, 3)
		} else {
			l.onlyIf(depth, x.failure, 1)
		}
		l.fail(depth, x)
		after := depth // a register makes no event
		if x.expected.reg == ir.NoReg {
			after++
		}
		l.onlyIf(after, x.failure, 1)
		l.report(after, x)
		return value{ir.R(x.success), intType, depth + 1}, nil
	}
}

// exchange is a compare-exchange in the making.
type exchange struct {
	object, expected       place
	old                    value // the expected value
	strong                 bool
	onSuccess, onFailure   ir.Tags
	success, failure, seen int32 // registers: which of the two it is, and the value read
}

// succeed emits three micro-operations: the read-modify-write reads the expected value.
func (l *lowerer) succeed(layer int, x *exchange, desired value) {
	l.emit(layer, l.updateTo(x.seen, ir.Exchange, x.object, desired, x.onSuccess))
	l.assume(layer, ir.Eq, x.seen, x.old)
}

// fail emits three micro-operations, one if weak: the read of another value, or any.
func (l *lowerer) fail(layer int, x *exchange) {
	l.emit(layer, l.loadTo(x.seen, x.object, x.onFailure))
	if x.strong {
		l.assume(layer, ir.Ne, x.seen, x.old)
	}
}

// report emits one micro-operation: the expected value becomes the one read.
func (l *lowerer) report(layer int, x *exchange) {
	seen := value{ir.R(x.seen), x.object.typ, layer}
	if x.expected.reg == ir.NoReg {
		l.store(x.expected, seen, tagNA)
		return
	}
	l.emit(layer, ir.Micro{
		Kind: ir.Compute, Fn: ir.Move, Size: 8, Dst: x.expected.reg, Src: [3]ir.Operand{seen.Operand, ir.Imm(0), ir.Imm(0)},
	})
}

// exchangeByBranch emits success and failure as two ways of the code.
func (l *lowerer) exchangeByBranch(x *exchange, desired Expr) (value, error) {
	failed, end := l.newLabel(), l.newLabel()
	l.choose(max(x.old.depth-1, l.flushed), x.success, x.failure)
	l.branchOn(value{ir.R(x.failure), intType, 0}, true, failed)
	v, err := l.operand(desired, x.object.typ)
	if err != nil {
		return value{}, err
	}
	l.succeed(max(v.depth, l.flushed), x, v)
	l.flush()
	l.jumpTo(end)
	if err := l.label(failed); err != nil {
		return value{}, err
	}
	l.fail(l.flushed, x)
	l.report(l.flushed+1, x)
	l.flush()
	return value{ir.R(x.success), intType, 0}, l.label(end)
}

// choose sets one of two registers to 1 and the other to 0, in both ways.
func (l *lowerer) choose(layer int, success, failure int32) {
	l.emit(layer, ir.Micro{Kind: ir.Choose, Dst: success, Target: 2})
	l.emit(layer, ir.Micro{
		Kind: ir.Compute, Fn: ir.Eq, Size: 8, Dst: failure, Src: [3]ir.Operand{ir.R(success), ir.Imm(0), ir.Imm(0)},
	})
}

// onlyIf makes the next n micro-operations of the layer depend on a register.
func (l *lowerer) onlyIf(layer int, reg, n int32) {
	l.emit(layer, ir.Micro{Kind: ir.Skip, Dst: ir.NoReg, Src: [3]ir.Operand{ir.R(reg)}, Target: n})
}

// assume emits the two micro-operations that keep only the runs where fn holds of a register and v.
func (l *lowerer) assume(layer int, fn ir.Fn, reg int32, v value) {
	t := l.register()
	l.emit(layer, ir.Micro{
		Kind: ir.Compute, Fn: fn, Size: 8, Dst: t, Src: [3]ir.Operand{ir.R(reg), v.Operand, ir.Imm(0)},
	})
	l.emit(layer, ir.Micro{Kind: ir.Assume, Dst: ir.NoReg, Src: [3]ir.Operand{ir.R(t)}})
}

// expected evaluates the second argument of a compare-exchange. The address of
// a local stands for its register: no other thread can see it.
func (l *lowerer) expected(x Expr) (place, error) {
	if u, ok := x.(*Unary); ok && u.Op == "&" {
		if id, ok := u.X.(*Ident); ok && l.locals[id.Name] != nil {
			return l.ident(id)
		}
	}
	return l.object(x)
}
