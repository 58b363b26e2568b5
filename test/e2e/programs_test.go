package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"realname/internal/demo"
	"realname/internal/devstack"
	"realname/internal/reader"
)

// bin holds the programs, built once: what is tested is what ships, without the
// race detector.
var bin string

func TestMain(m *testing.M) {
	devstack.RunChild()
	reader.RunChild()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	var err error
	if bin, err = os.MkdirTemp("", "rn-bin-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(bin) }()
	if out, err := exec.Command("go", "build", "-o", bin, "realname/cmd/...").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// program is the path of one of ours.
func program(name string) string { return filepath.Join(bin, name) }

// process is a service, which can be killed and started again.
type process struct {
	t    *testing.T
	name string
	env  []string
	log  io.Writer // nil: this test's own standard error
	mu   sync.Mutex
	cmd  *exec.Cmd
}

// startService starts one of the stack's services; it is stopped with the test.
func startService(t *testing.T, s *demo.Stack, name string, env ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, env: append(append(s.Environ(), "WORKER_LEASE=2s", "BATCH_LEASE=2s"), env...)}
	p.start()
	t.Cleanup(p.stop)
	return p
}

func (p *process) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command(program(p.name))
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stderr = os.Stderr
	if p.log != nil {
		p.cmd.Stderr = p.log
	}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		p.t.Error(err)
	}
}

func (p *process) end(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Signal(s)
	_ = p.cmd.Wait() // it was told to
}

// restart kills the service as a power cut would, and starts it again.
func (p *process) restart() {
	p.end(syscall.SIGKILL)
	p.start()
}

func (p *process) stop() { p.end(syscall.SIGTERM) }
