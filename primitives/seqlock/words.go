package seqlock

import (
	"fmt"
	"reflect"
	"unsafe"
)

// box is memory for a T that is as long as whole words, and aligned as they are.
type box[T any] struct {
	_ [0]uint64
	v T
	_ [7]byte
}

// words is the memory of the T in the box.
func (b *box[T]) words() []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(b)), (unsafe.Sizeof(b.v)+7)/8)
}

func requirePointerFree[T any]() {
	t := reflect.TypeFor[T]()
	if path, found := findPointer(t, ""); found {
		panic(fmt.Sprintf("seqlock.New: %s holds a pointer%s; expected a type without pointers", t, path))
	}
}

// findPointer says where t holds a pointer: " in .name[] (string)".
func findPointer(t reflect.Type, path string) (string, bool) {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return "", false
	case reflect.Array:
		return findPointer(t.Elem(), path+"[]")
	case reflect.Struct:
		for f := range t.Fields() {
			if where, found := findPointer(f.Type, path+"."+f.Name); found {
				return where, true
			}
		}
		return "", false
	}
	if path == "" {
		return "", true
	}
	return fmt.Sprintf(", in %s (%s)", path, t), true
}
