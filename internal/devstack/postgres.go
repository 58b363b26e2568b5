package devstack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrNoPostgres says what to install where no Postgres was found.
var ErrNoPostgres = errors.New("no Postgres was found in PATH or /usr/lib/postgresql/*/bin; " +
	"install it (Debian, Ubuntu: apt-get install -y postgresql; macOS: brew install postgresql) or run scripts/bootstrap")

// Postgres is a spawned Postgres that listens on a Unix socket only.
type Postgres struct {
	dir  string // holds data and socket
	bin  string
	cred *syscall.Credential
	fast bool
	more []string // settings, name=value
	proc *process
}

// StartPostgres makes a cluster in dir when there is none and starts it. With
// fast it gives up durability, which is for tests only. Settings are name=value.
func StartPostgres(dir string, fast bool, settings ...string) (*Postgres, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	p := &Postgres{dir: dir, bin: bin, fast: fast, more: settings}
	if p.cred, err = unprivileged(dir); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(p.data(), "PG_VERSION")); errors.Is(err, os.ErrNotExist) {
		if err := p.initialise(); err != nil {
			return nil, err
		}
	}
	return p, p.Start()
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "pg") }

// URL is the connection string of a database of this cluster.
func (p *Postgres) URL(database string) string {
	q := url.Values{"host": {p.dir}, "user": {"realname"}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + q.Encode()
}

func (p *Postgres) initialise() error {
	cmd := exec.Command(filepath.Join(p.bin, "initdb"), "-D", p.data(), "-U", "realname",
		"-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// Start starts the cluster again after Stop or Kill.
func (p *Postgres) Start() error {
	args := []string{"-D", p.data(), "-k", p.dir, "-c", "listen_addresses=", "-c", "max_connections=200"}
	if p.fast {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	for _, s := range p.more {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(filepath.Join(p.bin, "postgres"), args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.cred}
	log, err := os.OpenFile(filepath.Join(p.dir, "postgres.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open Postgres log: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr = log, log
	if p.proc, err = startProcess(cmd, syscall.SIGINT); err != nil {
		return err
	}
	return p.awaitReady()
}

// awaitReady asks pg_isready, which knows start-up and recovery from service.
func (p *Postgres) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := awaitListening(ctx, "unix", filepath.Join(p.dir, ".s.PGSQL.5432")); err != nil {
		return fmt.Errorf("%w; see %s", err, filepath.Join(p.dir, "postgres.log"))
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		ready := exec.CommandContext(ctx, filepath.Join(p.bin, "pg_isready"), "-q", "-h", p.dir)
		if ready.Run() == nil {
			return nil
		}
		select {
		case <-p.proc.done:
			return fmt.Errorf("Postgres ended at start; see %s", filepath.Join(p.dir, "postgres.log"))
		case <-ctx.Done():
			return fmt.Errorf("wait for Postgres: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// Stop ends the cluster by a fast shutdown; its data stays.
func (p *Postgres) Stop() { p.end(syscall.SIGINT) }

// Kill ends it without a checkpoint, as a crash would.
func (p *Postgres) Kill() { p.end(syscall.SIGQUIT) }

func (p *Postgres) end(sig syscall.Signal) {
	if p.proc != nil {
		p.proc.stop(sig)
		p.proc = nil
	}
}

// postgresBin finds the directory of the newest Postgres programs.
func postgresBin() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is well formed
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if runtime.GOOS == "darwin" {
		brew, _ := filepath.Glob("/opt/homebrew/opt/postgresql*/bin")
		found = append(found, brew...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			found = append(found, filepath.Dir(real))
		}
	}
	for _, dir := range found {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", ErrNoPostgres
}

func version(bin string) int {
	n, _ := strconv.Atoi(strings.TrimSuffix(filepath.Base(filepath.Dir(bin)), "/")) // 0 sorts last
	return n
}

// unprivileged picks the account to run Postgres as, since it refuses root, and
// gives that account the directory. Other users run it as themselves.
func unprivileged(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid) // numeric on every Unix
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, fmt.Errorf("give %s to %s: %w", dir, name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root, and there is no account postgres or nobody to run Postgres as")
}
