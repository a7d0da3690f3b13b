package c

import (
	"slices"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// The primitives of the Linux kernel that C tests use beside <stdatomic.h>. An
// annotation in braces says how an access or a fence is meant; an access with
// an annotation and without a memory order counts as not atomic for C11.
var kernelOperations = map[string]operation{
	"READ_ONCE":                 {args: 1, emit: kernelLoad("once", true)},
	"WRITE_ONCE":                {args: 2, emit: kernelStore("once", true)},
	"smp_load_acquire":          {args: 1, emit: kernelLoad("acquire", false)},
	"smp_store_release":         {args: 2, emit: kernelStore("release", false)},
	"smp_mb":                    {emit: kernelFence("mb")},
	"smp_rmb":                   {emit: kernelFence("rmb")},
	"smp_wmb":                   {emit: kernelFence("wmb")},
	"rcu_read_lock":             {emit: kernelFence("rcu-lock")},
	"rcu_read_unlock":           {emit: kernelFence("rcu-unlock")},
	"synchronize_rcu":           {emit: kernelFence("sync-rcu")},
	"synchronize_rcu_expedited": {emit: kernelFence("sync-rcu")},
	"__load":                    {args: 1, annotations: true, emit: kernelLoad("", true)},
	"__store":                   {args: 2, annotations: true, emit: kernelStore("", true)},
	"__fence":                   {annotations: true, emit: kernelFence("")},
	"__atomic_add_unless":       {args: 3, annotations: true, emit: addUnless},
	"atomic_add_unless":         {args: 3, emit: addUnless},
}

var annotations = map[string]ir.Tags{
	"once": ir.Bit(tagNames, "Once"), "acquire": ir.Bit(tagNames, "Acquire"), "release": ir.Bit(tagNames, "Release"),
	"mb": ir.Bit(tagNames, "Mb"), "rmb": ir.Bit(tagNames, "Rmb"), "wmb": ir.Bit(tagNames, "Wmb"),
	"rcu-lock": ir.Bit(tagNames, "Rcu-lock"), "rcu-unlock": ir.Bit(tagNames, "Rcu-unlock"), "sync-rcu": ir.Bit(tagNames, "Sync-rcu"),
}

var (
	accessAnnotations = []string{"once", "acquire", "release"}
	fenceAnnotations  = []string{"mb", "rmb", "wmb", "rcu-lock", "rcu-unlock", "sync-rcu"}
	updateAnnotations = []string{"mb", "once"}
)

// annotation is the tag of the operation, or of the call's own annotation, which must be one of allowed.
func annotation(c *Call, name string, allowed []string) (ir.Tags, error) {
	if name == "" {
		if len(c.Annotations) != 1 || !slices.Contains(allowed, c.Annotations[0]) {
			return 0, source.Errorf(c.Pos, "%s with the annotation %q: expected one of %q", c.Func, c.Annotations, allowed)
		}
		name = c.Annotations[0]
	}
	return tagNA | annotations[name], nil
}

// kernelObject is the object that a primitive accesses: its argument, or what that points to.
func (l *lowerer) kernelObject(c *Call, lvalue bool) (place, error) {
	x := c.Args[0]
	if !lvalue {
		return l.object(x)
	}
	p, err := l.lvalue(x)
	if err == nil && p.reg != ir.NoReg {
		err = source.Errorf(x.Position(), "%s of the local %s: expected a shared location, such as *x", c.Func, exprString(x))
	}
	return p, err
}

// kernelAccess is the object of an access and the tags of its annotation.
func (l *lowerer) kernelAccess(c *Call, name string, lvalue bool) (place, ir.Tags, error) {
	tags, err := annotation(c, name, accessAnnotations)
	if err != nil {
		return place{}, 0, err
	}
	p, err := l.kernelObject(c, lvalue)
	return p, tags, err
}

func kernelLoad(name string, lvalue bool) func(*lowerer, *Call, []ir.Tags) (value, error) {
	return func(l *lowerer, c *Call, _ []ir.Tags) (value, error) {
		p, tags, err := l.kernelAccess(c, name, lvalue)
		if err != nil {
			return value{}, err
		}
		return l.load(p, tags), nil
	}
}

func kernelStore(name string, lvalue bool) func(*lowerer, *Call, []ir.Tags) (value, error) {
	return func(l *lowerer, c *Call, _ []ir.Tags) (value, error) {
		p, tags, err := l.kernelAccess(c, name, lvalue)
		if err != nil {
			return value{}, err
		}
		v, err := l.operand(c.Args[1], p.typ)
		if err != nil {
			return value{}, err
		}
		l.store(p, v, tags)
		return nothing(), nil
	}
}

func kernelFence(name string) func(*lowerer, *Call, []ir.Tags) (value, error) {
	return func(l *lowerer, c *Call, _ []ir.Tags) (value, error) {
		tags, err := annotation(c, name, fenceAnnotations)
		if err == nil {
			l.fence(tags)
		}
		return nothing(), err
	}
}

// addUnless has the operands object, addend and limit: unless the object holds the limit it adds, between full
// fences where the annotation is mb, and is 1; else it only reads and is 0.
func addUnless(l *lowerer, c *Call, _ []ir.Tags) (value, error) {
	full := true
	if len(c.Annotations) > 0 {
		tags, err := annotation(c, "", updateAnnotations)
		if err != nil {
			return value{}, err
		}
		full = tags&annotations["mb"] != 0
	}
	p, err := l.object(c.Args[0])
	if err != nil {
		return value{}, err
	}
	addend, err := l.operand(c.Args[1], p.typ)
	if err != nil {
		return value{}, err
	}
	limit, err := l.operand(c.Args[2], p.typ)
	if err != nil {
		return value{}, err
	}
	depth := max(p.addr.depth, addend.depth, limit.depth, l.flushed)
	success, failure, seen := l.register(), l.register(), l.register()
	l.choose(depth, success, failure)
	mb := ir.Micro{Kind: ir.Fence, Dst: ir.NoReg, Tags: tagNA | annotations["mb"]}
	if full {
		l.onlyIf(depth, success, 1)
		l.emit(depth, mb)
		depth++
	}
	once := tagNA | tagRMW | annotations["once"]
	l.onlyIf(depth, success, 3)
	l.emit(depth, l.updateTo(seen, ir.Add, p, addend, once))
	l.assume(depth, ir.Ne, seen, limit)
	l.onlyIf(depth, failure, 3)
	l.emit(depth, l.loadTo(seen, p, once))
	l.assume(depth, ir.Eq, seen, limit)
	if full {
		depth++
		l.onlyIf(depth, success, 1)
		l.emit(depth, mb)
	}
	return value{ir.R(success), intType, depth + 1}, nil
}
