package trace_test

import (
	"github.com/weakmem/litmus/explorer/trace"
)

func at(line int, function string) trace.Position {
	return trace.Position{File: "/src/queue/publish_test.go", Line: line, Function: "queue.TestPublish." + function}
}

// publish is message passing whose flag is relaxed: the reader sees the flag, and races on the data.
func publish() *trace.Execution {
	const data, ready = "data (atomic.Cell[int])", "ready (atomic.Int32)"
	return &trace.Execution{
		Name: "TestPublish", Model: "rc11",
		Failure: &trace.Failure{
			Kind:    trace.Race,
			Message: "plain read of data by reader and plain write of data by writer are not ordered by happens-before",
			Thread:  2, Steps: []int{2, 6},
		},
		Threads: []trace.Thread{
			{Name: "main", Number: 0, State: "blocked: waits for reader"}, {Name: "writer", Number: 1, State: "finished"}, {Name: "reader", Number: 2, State: "failed"},
		},
		Steps: []trace.Step{
			{Thread: 0, Index: 0, Kind: trace.Spawn, Target: 1, Pos: at(11, "func1")},
			{Thread: 0, Index: 1, Kind: trace.Spawn, Target: 2, Pos: at(15, "func1")},
			{Thread: 1, Index: 0, Kind: trace.PlainWrite, Op: "Store", Order: "plain", Location: data, Value: "42", CoAfter: trace.Initial, Pos: at(12, "func1.1")},
			{Thread: 1, Index: 1, Kind: trace.Store, Op: "Store", Order: "relaxed", Location: ready, Value: "1", CoAfter: trace.Initial, Pos: at(13, "func1.1")},
			{Thread: 1, Index: 2, Kind: trace.End},
			{Thread: 2, Index: 0, Kind: trace.Load, Op: "Load", Order: "acquire", Location: ready, Value: "1", From: 3, Pos: at(16, "func1.2")},
			{Thread: 2, Index: 1, Kind: trace.PlainRead, Op: "Load", Order: "plain", Location: data, Value: "42", From: 2, Pos: at(17, "func1.2"),
				Why: "the write at publish_test.go:12 does not happen before this read: the store at publish_test.go:13 is relaxed, so the load at publish_test.go:16 that reads it does not synchronise with it"},
		},
		Token: "AQIDBAUG",
		Notes: []string{"17 executions explored; MaxPreemptions(2) was not reached"},
	}
}

// storeBuffering is weak: each thread reads the initial value of what the other wrote before.
func storeBuffering() *trace.Execution {
	const x, y = "x (atomic.Int32)", "y (atomic.Int32)"
	pos := func(line int) trace.Position {
		return trace.Position{File: "/src/sb/sb_test.go", Line: line, Function: "sb.TestSB.func1"}
	}
	stale := "the store at sb_test.go:10 is newer, but does not happen before this load: nothing synchronises the two threads"
	return &trace.Execution{
		Name: "TestSB/relaxed", Model: "rc11",
		Failure: &trace.Failure{
			Kind: trace.Assertion, Thread: 0, Steps: []int{8},
			Message: "Error Trace:\tsb_test.go:20\nError:\tShould not be: 0, 0\n",
		},
		Threads: []trace.Thread{{Name: "main", State: "failed"}, {Name: "left", Number: 1, State: "finished"}, {Name: "right", Number: 2, State: "finished"}},
		Steps: []trace.Step{
			{Thread: 0, Index: 0, Kind: trace.Spawn, Target: 1, Pos: pos(9)},
			{Thread: 1, Index: 0, Kind: trace.Store, Order: "relaxed", Location: x, Value: "1", CoAfter: trace.Initial, Pos: pos(10)},
			{Thread: 0, Index: 1, Kind: trace.Spawn, Target: 2, Pos: pos(13)},
			{Thread: 2, Index: 0, Kind: trace.Store, Order: "relaxed", Location: y, Value: "1", CoAfter: trace.Initial, Pos: pos(14)},
			{Thread: 2, Index: 1, Kind: trace.Load, Order: "relaxed", Location: x, Value: "0", From: trace.Initial, Pos: pos(15), Why: stale},
			{Thread: 1, Index: 1, Kind: trace.Load, Order: "relaxed", Location: y, Value: "0", From: trace.Initial, Pos: pos(11)},
			{Thread: 0, Index: 2, Kind: trace.Join, Target: 1, Pos: pos(17)},
			{Thread: 0, Index: 3, Kind: trace.Join, Target: 2, Pos: pos(18)},
			{Thread: 0, Index: 4, Kind: trace.Choose, Op: "Choose", Value: "0", Pos: pos(20)},
		},
		Token: "c2I=",
	}
}

// deadlock is two threads that take two locks in opposite orders.
func deadlock() *trace.Execution {
	const a, b, waiters = "accounts.mu (sync.Mutex)", "ledger.mu (sync.Mutex)", "open (sync.WaitGroup)"
	pos := func(file string, line int) trace.Position {
		return trace.Position{File: "/src/bank/" + file, Line: line, Function: "bank.(*Ledger).Transfer"}
	}
	return &trace.Execution{
		Name: "TestTransfer", Model: "go",
		Failure: &trace.Failure{Kind: trace.Deadlock, Message: "no goroutine can go on", Thread: trace.None, Steps: []int{6, 7, 8}},
		Threads: []trace.Thread{
			{Name: "main", State: "blocked: waits for WaitGroup open, which is at 2 (transfer/bank_test.go:31)"},
			{Name: "deposit", Number: 1, State: "blocked: waits for sync.Mutex ledger.mu held by withdraw since ledger/bank_test.go:52"},
			{Name: "withdraw", Number: 2, State: "blocked: waits for sync.Mutex accounts.mu held by deposit since ledger/bank_test.go:40"},
		},
		Steps: []trace.Step{
			{Thread: 0, Index: 0, Kind: trace.Count, Location: waiters, Value: "2", Pos: pos("transfer/bank_test.go", 20)},
			{Thread: 0, Index: 1, Kind: trace.Spawn, Target: 1, Pos: pos("transfer/bank_test.go", 21)},
			{Thread: 0, Index: 2, Kind: trace.Spawn, Target: 2, Pos: pos("transfer/bank_test.go", 26)},
			{Thread: 1, Index: 0, Kind: trace.Update, Op: "Lock", Order: "acquire", Location: a, Value: "unlocked", Written: "locked by deposit", From: trace.Initial, CoAfter: trace.Initial, Waits: true, Pos: pos("ledger/bank_test.go", 40)},
			{Thread: 2, Index: 0, Kind: trace.Update, Op: "Lock", Order: "acquire", Location: b, Value: "unlocked", Written: "locked by withdraw", From: trace.Initial, CoAfter: trace.Initial, Waits: true, Pos: pos("ledger/bank_test.go", 52)},
			{Thread: 2, Index: 1, Kind: trace.Load, Op: "Load", Order: "seq_cst", Location: "balances[withdraw] (atomic.Pointer[example.org/bank.Balance])", Value: "&{17 EUR}", From: trace.Initial, Pos: pos("ledger/bank_test.go", 53)},
			{Thread: 2, Index: 2, Kind: trace.Blocked, Op: "Lock", Location: a, Value: "locked by deposit", From: 3, Pos: pos("ledger/bank_test.go", 54)},
			{Thread: 1, Index: 1, Kind: trace.Blocked, Op: "Lock", Location: b, Value: "locked by withdraw", From: 4, Pos: pos("ledger/bank_test.go", 41)},
			{Thread: 0, Index: 3, Kind: trace.Blocked, Op: "Wait", Location: waiters, From: trace.None, Pos: pos("transfer/bank_test.go", 31)},
		},
		Notes: []string{"bounded: MaxExecutions(1000) was reached, so that executions were left out"},
		Token: "deadbeef",
	}
}

func examples() map[string]*trace.Execution {
	return map[string]*trace.Execution{"publish": publish(), "storebuffering": storeBuffering(), "deadlock": deadlock()}
}
