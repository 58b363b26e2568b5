//go:build !linux

package devstack

import "syscall"

// setDeathSignal has no counterpart outside Linux: a child may outlive a
// killed parent there.
func setDeathSignal(*syscall.SysProcAttr, syscall.Signal) {}
