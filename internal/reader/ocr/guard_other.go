//go:build !linux

package ocr

import "os"

func program() (string, error) { return os.Executable() }

// lockDown has no counterpart here: the child is a process of its own, and no
// more.
func lockDown(int64) string {
	return "a process of its own; NOT here: limits of memory, files, processor time and network, which are Linux's"
}

func renewCPU(int) {}
