package devstack

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// childEnv tells a program that it was started as a server of the stack.
const childEnv = "REALNAME_DEVSTACK_CHILD"

// childSpec is what a child is to be: a NATS node, else an S3 gateway.
type childSpec struct {
	S3Config
	NATS *NodeConfig `json:"nats,omitempty"`
}

// readyLine is what a child prints once it answers.
const readyLine = "ready"

// stopGrace is how long a server may take to stop before it is killed.
const stopGrace = 10 * time.Second

// RunChild runs the server that this process was started for and exits; in any
// other process it returns at once. Programs that start a stack call it first
// thing in main, tests in TestMain.
func RunChild() {
	spec := os.Getenv(childEnv)
	if spec == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var conf childSpec
	err := json.Unmarshal([]byte(spec), &conf)
	switch {
	case err != nil:
	case conf.NATS != nil:
		err = serveNATS(ctx, *conf.NATS)
	default:
		err = serveS3(ctx, conf.S3Config)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "devstack child:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// process is a running server program.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // valid after done
}

// startProcess starts cmd so that it dies with this process. The kernel ties
// the death signal to the starting thread, so a goroutine keeps that thread
// until the child has ended.
func startProcess(cmd *exec.Cmd, deathSignal syscall.Signal) (*process, error) {
	p := &process{cmd: cmd, done: make(chan struct{})}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	setDeathSignal(cmd.SysProcAttr, deathSignal)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
		}
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// stop asks the process to end and kills it after the grace.
func (p *process) stop(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
	case <-time.After(stopGrace):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// awaitReady reads the child's output until it says that it answers.
func (p *process) awaitReady(out io.Reader) error {
	lines := make(chan error, 1)
	go func() {
		scan := bufio.NewScanner(out)
		for scan.Scan() {
			if scan.Text() == readyLine {
				lines <- nil
			}
		}
	}()
	select {
	case err := <-lines:
		return err
	case <-p.done:
		return fmt.Errorf("%s ended before it was ready: %w", p.cmd.Path, p.err)
	case <-time.After(30 * time.Second):
		p.stop(syscall.SIGKILL)
		return fmt.Errorf("%s was not ready within 30 s", p.cmd.Path)
	}
}
