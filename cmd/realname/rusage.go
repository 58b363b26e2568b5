package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

func rusage(who int) (u syscall.Rusage) {
	_ = syscall.Getrusage(who, &u) // cannot fail with these arguments
	return u
}

func cpu(u syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cpuHere is the processor time of this process, cpuOfChildren that of those which
// have ended, with theirs.
func cpuHere() time.Duration       { return cpu(rusage(syscall.RUSAGE_SELF)) }
func cpuOfChildren() time.Duration { return cpu(rusage(syscall.RUSAGE_CHILDREN)) }

// peakMemory is the most memory that this process held, in bytes (Linux counts in
// KiB, others in bytes).
func peakMemory() int64 {
	n := int64(rusage(syscall.RUSAGE_SELF).Maxrss)
	if _, err := os.Stat("/proc/self/schedstat"); err == nil {
		n <<= 10
	}
	return n
}

// cpuOf is the processor time of another process, and 0 where the system does not
// say it to the nanosecond.
func cpuOf(pid int) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		return 0
	}
	first, _, _ := bytes.Cut(data, []byte(" "))
	n, _ := strconv.ParseInt(string(first), 10, 64)
	return time.Duration(n)
}
