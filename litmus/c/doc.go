// Package c reads the threads of C litmus tests and lowers them to the IR.
//
// In go functions P0 (…) { … }, P1 …: the part of a test between the initial
// state and the condition. Out come [Function] values, which print themselves
// canonically and emit one IR thread each. A parameter is a constant: the
// address of the shared location of the same name, as herd7 has it.
//
// The language is C11 (ISO/IEC 9899:2011) cut down to what runs in one
// function: integer and pointer types, declarations, all operators, if, while,
// do, for, goto, and <stdatomic.h> (section 7.17); grammar.txt has it whole.
// Structures, arrays on the stack, switch, mutexes and calls of other functions
// are refused by name.
//
// What an expression means follows herd7 where C leaves room:
//
//   - A direct access (*x) is a plain, non-atomic access whatever the type of x;
//     C11 would make a direct access to an atomic object sequentially consistent.
//     Where the two readings differ beyond the order (x += 1 and x++ on an atomic
//     object, one event or two), it is refused.
//   - Every memory order is accepted by every operation, such as a store with
//     memory_order_acquire, which section 7.17.7.1 leaves undefined.
//   - Program order relates accesses of one statement only as far as one needs
//     the value of the other: *x + *y is unsequenced, **p and *x = *y are not.
//     The operators && || ?: and the comma sequence their operands.
//   - A read-modify-write is one event that reads and writes. A compare-exchange
//     is a plain read of the expected value, then either the read-modify-write
//     or a read followed by a plain write to the expected value; a weak one may
//     fail spuriously. The desired value is evaluated only to succeed.
//   - The address of a local may only be the expected value of a compare-exchange,
//     which then uses the register: no other thread could see it.
//   - A thread has one register per local name; it starts at zero.
//   - Shifts wrap at the width, and a division by zero gives 0: C11 leaves both
//     undefined.
package c
