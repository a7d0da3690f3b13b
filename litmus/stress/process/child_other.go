//go:build !linux

package process

import (
	"os"
	"os/exec"
)

// anonymousFile returns a new file that has no name.
func anonymousFile() (*os.File, error) {
	file, err := os.CreateTemp("", "litmus")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// endWithParent is for systems that can end a child with its parent: elsewhere the end of its requests is what ends it.
func endWithParent(*exec.Cmd) {}
