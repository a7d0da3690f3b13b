package sim

type Ordering uint8

const (
	Relaxed Ordering = iota
	Acquire
	Release
	SeqCst
)
