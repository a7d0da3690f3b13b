package sim

import "unsafe"

// Interceptor is shown operations on modelled memory before they take place, on the goroutine that makes them, and may
// change what they do: so are programs explored that are a little different from those that are written.
//
// What it does must be a function of the place in the program. It makes no modelled operation itself.
type Interceptor interface {
	Intercept(op *Operation)
}

// Operation is a modelled operation that is about to take place.
type Operation struct {
	Kind OperationKind
	Addr unsafe.Pointer // of the variable or block
	// Order and Failed are the operation's orderings; Failed is that of an update that writes nothing. An interceptor
	// may replace them by others that the operation can have.
	Order, Failed Ordering
	// Again says of a load that its goroutine has read or written the variable before.
	Again bool
	// Do says what takes place instead, if anything.
	Do Deed
}

// OperationKind tells operations apart.
type OperationKind uint8

const (
	LoadOperation OperationKind = iota
	StoreOperation
	UpdateOperation
	FenceOperation
	AwaitOperation // Addr is nil; the operations of its condition follow
	FreeOperation
)

// Deed is what an operation does.
type Deed uint8

const (
	AsWritten Deed = iota
	// Nothing: the operation does not take place. For fences, awaits, and the locking and unlocking of locks.
	Nothing
	// AsPlain: the access is not atomic, so that it may race; an update is a read and a write. For loads, stores and updates.
	AsPlain
	// Stale: a load returns what its goroutine has last read from or written to the variable, and reads nothing. For loads
	// that have Again.
	Stale
	// Early: what the goroutine learnt last from another does not happen before the operation. For frees.
	Early
)
