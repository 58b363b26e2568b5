//go:build chaos

package chaos

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"realname/internal/devstack"
	"realname/internal/reader"
)

var (
	seed   = flag.Uint64("seed", 0, "repeats a run; 0 is a new one")
	faults = flag.Int("faults", 0, "how many faults are injected; 0 is each kind once")
	least  = flag.Int("submissions", 400, "how many submissions there must be; some more come")
	bound  = flag.Duration("for", 0, "inject no more faults after so long; 0 is no bound")
	pace   = flag.Duration("pace", 25*time.Millisecond, "between two submissions of one of eight clients")
)

// The two builds: as it ships, and with the places where it can be ended.
var shipped, failing string

func TestMain(m *testing.M) {
	devstack.RunChild()
	reader.RunChild()
	flag.Parse()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "rn-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	shipped, failing = filepath.Join(dir, "shipped"), filepath.Join(dir, "failing")
	for _, args := range [][]string{{"-o", shipped + "/"}, {"-tags", "failpoint", "-o", failing + "/"}} {
		args = append(append([]string{"build"}, args...), "realname/cmd/ingest", "realname/cmd/worker", "realname/cmd/notifier")
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
			return 1
		}
	}
	return m.Run()
}

// service is one of the three programs. Like a supervisor, it starts the program
// again whenever that ends without having been asked to.
type service struct {
	t    testing.TB
	name string
	env  []string

	mu      sync.Mutex
	bin     string
	cmd     *exec.Cmd
	extra   []string // for the next start only
	asked   bool     // to stop
	armed   bool     // the running program may end by itself
	ended   chan struct{}
	began   time.Time
	crashes int
}

func (s *service) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.launch()
}

// launch starts the program; the caller holds mu.
func (s *service) launch() {
	cmd := exec.Command(filepath.Join(s.bin, s.name))
	cmd.Env = append(append(os.Environ(), s.env...), s.extra...)
	if os.Getenv("CHAOS_LOG") != "" {
		cmd.Stderr = os.Stderr
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL} // none outlives a test that is killed
	if err := cmd.Start(); err != nil {
		s.t.Error(err)
		return
	}
	ended := make(chan struct{})
	s.cmd, s.armed, s.extra, s.asked, s.ended, s.began = cmd, len(s.extra) > 0, nil, false, ended, time.Now()
	go func() {
		_ = cmd.Wait() // how it ended is in ProcessState
		close(ended)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.cmd == cmd && !s.asked {
			s.crashes++
			s.launch()
		}
	}()
}

// kill ends the program as a power cut would; it is started again at once.
func (s *service) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = true // a stop that comes before it is up again finds it ended
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
}

func (s *service) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.cmd.Process.Signal(sig)
}

// die makes the program end at a place, from its next start on, which is now.
func (s *service) die(place string) {
	s.mu.Lock()
	s.bin, s.extra = failing, []string{"REALNAME_FAILPOINT=" + place}
	s.mu.Unlock()
	s.kill()
}

// stop ends the program as its supervisor does and returns how it went.
func (s *service) stop() error {
	s.mu.Lock()
	s.asked = true
	cmd, ended, armed := s.cmd, s.ended, s.armed || time.Since(s.began) < time.Second // a program that has hardly begun does not know the signal yet
	s.mu.Unlock()
	if cmd == nil {
		return nil
	}
	_ = cmd.Process.Signal(syscall.SIGCONT)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("%s did not stop within 20 s", s.name)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 && !armed {
		return fmt.Errorf("%s ended with %d when it was asked to stop", s.name, code)
	}
	return nil
}
