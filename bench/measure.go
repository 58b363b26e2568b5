package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Run is one measured run.
type Run struct {
	Name string
	N    int
	Wall time.Duration
	CPU  time.Duration // of this process, which runs the clients, NATS and the programs, and of its Postgres
	Own  time.Duration // of this process alone
}

// PerSecond is what was done a second.
func (r Run) PerSecond() float64 { return float64(r.N) / r.Wall.Seconds() }

// CPUEach is the CPU time of one, in milliseconds. Unlike the wall it hardly
// depends on who else uses the machine.
func (r Run) CPUEach() float64 { return r.CPU.Seconds() * 1000 / float64(r.N) }

// PostgresEach is Postgres' share of CPUEach.
func (r Run) PostgresEach() float64 { return (r.CPU - r.Own).Seconds() * 1000 / float64(r.N) }

// measure times f.
func measure(name string, n int, f func() error) (Run, error) {
	cpu, own, start := cpuTime(), ownTime(), time.Now()
	err := f()
	return Run{Name: name, N: n, Wall: time.Since(start), CPU: cpuTime() - cpu, Own: ownTime() - own}, err
}

// cpuTime is what this process and all that it started have used, those that have
// ended included.
func cpuTime() time.Duration {
	total := ownTime() + usage(syscall.RUSAGE_CHILDREN)
	for _, p := range descendants(os.Getpid()) {
		total += p.cpu
	}
	return total
}

// ownTime is what this process has used.
func ownTime() time.Duration { return usage(syscall.RUSAGE_SELF) }

func usage(who int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(who, &u) // cannot fail with these arguments
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

type proc struct {
	pid, parent int
	cpu         time.Duration
}

const tick = 10 * time.Millisecond // of /proc on Linux

func descendants(root int) []proc {
	all := map[int][]proc{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well formed
	for _, f := range files {
		if p, ok := readProc(f); ok {
			all[p.parent] = append(all[p.parent], p)
		}
	}
	var list []proc
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		for _, p := range all[queue[0]] {
			list, queue = append(list, p), append(queue, p.pid)
		}
	}
	return list
}

func readProc(file string) (p proc, ok bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return p, false // it has ended
	}
	i := strings.LastIndexByte(string(text), ')')
	fields := strings.Fields(string(text[i+1:]))
	if i < 0 || len(fields) < 15 {
		return p, false
	}
	p.pid, _ = strconv.Atoi(filepath.Base(filepath.Dir(file)))
	p.parent, _ = strconv.Atoi(fields[1])
	for _, f := range fields[11:15] { // user, system, and those of children that ended
		n, _ := strconv.Atoi(f)
		p.cpu += time.Duration(n) * tick
	}
	return p, true
}

func median(list []float64) float64 {
	s := slices.Sorted(slices.Values(list))
	if len(s) == 0 {
		return 0
	}
	if len(s)%2 == 0 {
		return (s[len(s)/2-1] + s[len(s)/2]) / 2
	}
	return s[len(s)/2]
}

// fsyncRate is how often a second the disk under dir can make one page durable.
func fsyncRate(dir string) (float64, error) {
	f, err := os.CreateTemp(dir, "fsync")
	if err != nil {
		return 0, fmt.Errorf("probe fsync: %w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	page, n, start := make([]byte, 8192), 0, time.Now()
	for time.Since(start) < 500*time.Millisecond {
		if _, err := f.WriteAt(page, 0); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds(), nil
}
