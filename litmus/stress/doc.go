// Package stress runs litmus tests on the processor that the program runs on, millions of times, and counts the final states.
package stress
