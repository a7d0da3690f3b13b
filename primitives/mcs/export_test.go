package mcs

import "github.com/weakmem/litmus/primitives/atomic"

// Last reports whether n is the last in the queue of l.
func Last(l *Lock, n *Node) bool { return l.tail.Load(atomic.Relaxed) == n } // INV-MCS-1
