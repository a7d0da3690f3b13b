package process

import (
	"os"
	"os/exec"
	"strings"
)

// emulated is the command under the emulator of user programs that runs this process, with the options that it was given; the same command
// if no emulator does. Emulators hide themselves from /proc/self, and not from /proc/thread-self, which is the kernel's answer:
// their arguments come before the program's.
func emulated(command *exec.Cmd) *exec.Cmd {
	program, err := os.Readlink("/proc/thread-self/exe")
	text, err2 := os.ReadFile("/proc/thread-self/cmdline")
	words := strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
	own := len(words) - len(os.Args)
	if err != nil || err2 != nil || own < 1 {
		return command
	}
	command.Args = append(append(words[:own:own], command.Path), command.Args[1:]...)
	command.Path = program
	return command
}
