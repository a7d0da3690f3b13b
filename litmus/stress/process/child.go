package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// child is a process that serves.
type child struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stderr  *stderr
	where   *where

	answers chan answer   // closed when there will be no more
	garbled error         // what was wrong with the last, once answers is closed
	done    chan struct{} // closed when the process has ended and has been waited for
}

// start starts a child. Its goroutines end when it does.
func start(command *exec.Cmd) (*child, error) {
	c := &child{command: command, stderr: &stderr{}, answers: make(chan answer), done: make(chan struct{})}
	file, err := anonymousFile()
	if err != nil {
		return nil, fmt.Errorf("a file to share with it: %w", err)
	}
	c.where = &where{file}
	c.command.ExtraFiles = append(c.command.ExtraFiles, file)
	endWithParent(c.command)
	stdin, err1 := c.command.StdinPipe()
	stdout, err2 := c.command.StdoutPipe()
	stderr, err3 := c.command.StderrPipe()
	if err := errors.Join(err1, err2, err3); err != nil {
		file.Close()
		return nil, err
	}
	c.stdin = stdin

	started := make(chan error)
	go func() {
		// The kernel takes the end of the thread that started the child for the parent's, so the thread is kept.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.command.Start()
		started <- err
		if err != nil {
			return
		}
		var readers sync.WaitGroup
		readers.Go(func() { c.readAnswers(stdout) })
		readers.Go(func() { c.stderr.read(stderr) })
		readers.Wait()
		_ = c.command.Wait() // what the error says is in ProcessState
		close(c.done)
	}()
	if err := <-started; err != nil {
		file.Close()
		return nil, err
	}
	return c, nil
}

func (c *child) readAnswers(stdout io.Reader) {
	defer close(c.answers)
	for decoder := json.NewDecoder(stdout); ; {
		var a answer
		if err := decoder.Decode(&a); err == io.EOF {
			return
		} else if err != nil {
			if !errors.Is(err, io.ErrUnexpectedEOF) { // which is that of a child that died while it wrote
				c.garbled = err
				_ = c.command.Process.Kill()
			}
			_, _ = io.Copy(io.Discard, stdout)
			return
		}
		c.answers <- a
	}
}

// begin asks for a run.
func (c *child) begin(q request) {
	c.stderr.clear()
	c.where.clear()
	q.Where = uintptr(3 + len(c.command.ExtraFiles) - 1)
	c.send(q)
}

// send writes a request. If the child has died, that shows at the end of its answers.
func (c *child) send(q request) { _ = json.NewEncoder(c.stdin).Encode(q) }

// wait waits for the end of the child, which is on its way. After the grace it is killed.
func (c *child) wait(grace time.Duration) {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	for answers := c.answers; ; {
		select {
		case _, ok := <-answers:
			if !ok {
				answers = nil
			}
		case <-timer.C:
			_ = c.command.Process.Kill()
		case <-c.done:
			return
		}
	}
}

// ended reports whether the child has ended.
func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}
