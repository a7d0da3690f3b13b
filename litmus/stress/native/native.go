// Package native runs machine code on the processor that the program runs on.
//
// [Load] puts code into memory of its own, which is mapped writable while it is written, then executable and not
// writable, and never both. [Code.Call] calls it with one pointer: in RDI on amd64, in X0 on arm64. The code returns by RET, and keeps
//
//   - on amd64 RSP, and the direction flag clear;
//   - on arm64 SP, X18, X28 and X29; and X30 to return by. X28 is Go's, and a signal may come at any time.
//
// It may use 512 bytes of stack, and all other registers. While it runs its thread cannot be stopped for the garbage
// collector, which then makes all others wait: calls are to be short, milliseconds. A fault in it ends the process.
//
// [Pin] ties the calling thread to a processor.
package native

import (
	"errors"
	"unsafe"
)

// ErrUnsupported is returned where the operating system or the architecture is none of those that the package knows.
var ErrUnsupported = errors.New("native: machine code runs on amd64 and arm64, under Linux and macOS only")

// Code is machine code that can be called.
type Code struct{ memory []byte }

// Load makes a copy of text executable. It is to be closed when it is called no more.
func Load(text []byte) (*Code, error) {
	if len(text) == 0 {
		return nil, errors.New("native: there is no code to load")
	}
	memory, err := mapCode(text)
	if err != nil {
		return nil, err
	}
	return &Code{memory}, nil
}

// Call calls the code. Several goroutines may at the same time. What arg points to must stay where it is: memory of Go's
// heap does, a variable on a goroutine's stack need not.
func (c *Code) Call(arg unsafe.Pointer) { c.CallAt(0, arg) }

// CallAt calls the code from an offset on.
func (c *Code) CallAt(offset int, arg unsafe.Pointer) {
	if c.memory == nil {
		panic("native: a call of code that is closed")
	}
	enter(unsafe.Pointer(&c.memory[offset]), arg)
}

// Base is the address of the code's first byte, until it is closed.
func (c *Code) Base() uintptr { return uintptr(unsafe.Pointer(&c.memory[0])) }

// Close gives the memory back.
func (c *Code) Close() error {
	if c.memory == nil {
		return nil
	}
	memory := c.memory
	c.memory = nil
	return unmap(memory)
}
