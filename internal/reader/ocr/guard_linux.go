package ocr

import (
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// program is this running program, also when its file has been replaced by
// another version since.
func program() (string, error) { return "/proc/self/exe", nil }

// calls are those that the runtime and the library need once the model is
// loaded. There is no socket, no open, no exec and no look at another process
// among them.
var calls = []string{
	"read", "pread64", "write", "close", "fcntl", "lseek", "fstat", "newfstatat",
	"mmap", "munmap", "mprotect", "madvise", "mremap", "brk",
	"futex", "sched_yield", "sched_getaffinity", "nanosleep", "clock_nanosleep", "clock_gettime", "restart_syscall",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "tgkill", "getpid", "gettid",
	"epoll_pwait", "epoll_ctl", "timer_create", "timer_settime", "timer_delete", "setitimer",
	"set_robust_list", "rseq", "set_tid_address", "getrandom", "prlimit64", "getrusage", "exit", "exit_group",
}

// lockDown gives up for good what reading needs no more, and says what holds and
// what does not hold here.
func lockDown(memory int64) string {
	var holds, fails []string
	note := func(what string, err error) {
		if err != nil {
			fails = append(fails, fmt.Sprintf("%s (%v)", what, err))
			return
		}
		holds = append(holds, what)
	}
	// When memory runs short, the kernel ends the child and not the service.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // not everywhere
	note("memory limit", limitMemory(uint64(memory)))
	note("no files", noFiles())
	note("no dumps", unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
	note("no new privileges", unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	note("no network, programs or other processes", filterCalls())
	said := strings.Join(holds, ", ")
	if len(fails) > 0 {
		said += "; NOT here: " + strings.Join(fails, ", ")
	}
	return said
}

// limitMemory lets the process grow by so much beside what it has now.
func limitMemory(memory uint64) error {
	var total, resident, shared, text, lib, data uint64
	stat, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return err
	}
	if _, err := fmt.Sscan(string(stat), &total, &resident, &shared, &text, &lib, &data); err != nil {
		return err
	}
	page := uint64(os.Getpagesize())
	if err := limit(unix.RLIMIT_DATA, data*page+memory); err != nil {
		return err
	}
	return limit(unix.RLIMIT_AS, total*page+2*memory)
}

// noFiles lets no file be opened, written or left behind by a crash.
func noFiles() error {
	for _, resource := range []int{unix.RLIMIT_NOFILE, unix.RLIMIT_FSIZE, unix.RLIMIT_CORE} {
		if err := limit(resource, 0); err != nil {
			return err
		}
	}
	return nil
}

func limit(resource int, value uint64) error {
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: value, Max: value})
}

// filterCalls refuses every system call but the listed ones, in all threads. New
// threads may start, new processes may not; clone3 hides which it is, so that it
// is answered as unknown and the C library asks by clone.
func filterCalls() error {
	info, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	known := slices.DeleteFunc(slices.Clone(calls), func(name string) bool { _, ok := info.SyscallNames[name]; return !ok })
	threads := seccomp.NameWithConditions{Name: "clone", Conditions: seccomp.ArgumentConditions{
		{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD}}}
	return seccomp.LoadFilter(seccomp.Filter{
		NoNewPrivs: true,
		Flag:       seccomp.FilterFlagTSync,
		Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionErrno,
			Syscalls: []seccomp.SyscallGroup{
				{Action: seccomp.ActionAllow, Names: known},
				{Action: seccomp.ActionAllow, NamesWithCondtions: []seccomp.NameWithConditions{threads}},
				{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: []string{"clone3"}},
			},
		},
	})
}

var cpuOnce sync.Once

// exitCPU is how a child ends that worked on a line for too long.
const exitCPU = 24

// renewCPU lets the process work for so many more seconds.
func renewCPU(seconds int) {
	cpuOnce.Do(func() {
		spent := make(chan os.Signal, 1)
		signal.Notify(spent, unix.SIGXCPU)
		go func() { <-spent; os.Exit(exitCPU) }()
	})
	var used unix.Rusage
	var now unix.Rlimit
	if unix.Getrusage(unix.RUSAGE_SELF, &used) != nil || unix.Prlimit(0, unix.RLIMIT_CPU, nil, &now) != nil {
		return // the parent's deadline holds
	}
	now.Cur = min(uint64(used.Utime.Sec+used.Stime.Sec)+uint64(seconds)+1, now.Max)
	_ = unix.Prlimit(0, unix.RLIMIT_CPU, &now, nil) // likewise
}
