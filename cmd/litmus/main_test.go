//go:build unix

package main

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is sent to the process and to its group must not end the process before it has printed what it counted.
func TestSignalSentTwice(t *testing.T) {
	ctx := untilSignal()
	require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGTERM))
	<-ctx.Done()
	time.Sleep(5 * time.Millisecond)
	require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGTERM))
	time.Sleep(5 * time.Millisecond)
}
