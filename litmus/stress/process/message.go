package process

import (
	"github.com/weakmem/litmus/litmus/stress"
)

// request is what the parent writes: one JSON object a line.
type request struct {
	ID int
	// Stop asks for the end of the run of that ID, if it has not ended. Otherwise a run is to begin.
	Stop    bool
	File    string
	Text    []byte
	Options stress.Options
	// Where is the descriptor of the file for where; 0 is none.
	Where uintptr
}

// answer is what the child writes: one JSON object a line. Each run ends with one that is not of its progress.
type answer struct {
	ID          int
	Progress    bool
	Result      *stress.Result
	Error       string
	Unsupported bool // the error matches stress.ErrUnsupported
}

func (a answer) err() error {
	if a.Error == "" {
		return nil
	}
	return &failure{a.Error, a.Unsupported}
}

// failure is an error of the child's, which is only text here.
type failure struct {
	text        string
	unsupported bool
}

func (f *failure) Error() string { return f.text }

func (f *failure) Is(target error) bool { return f.unsupported && target == stress.ErrUnsupported }
