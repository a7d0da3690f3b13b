package process

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// anonymousFile returns a new file that has no name.
func anonymousFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("litmus", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "litmus"), nil
}

// endWithParent has the kernel kill the child when this process ends: one that loops in machine code does not notice the end of its requests.
func endWithParent(command *exec.Cmd) {
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
