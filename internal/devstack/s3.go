package devstack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

// S3Config is where an S3 gateway keeps its objects and how it is reached.
type S3Config struct {
	Dir       string `json:"dir"`
	Address   string `json:"address"` // host:port
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// S3 is a running gateway. It runs in a child process because the gateway
// changes the working directory and allows one instance per process.
type S3 struct {
	S3Config
	proc *process
}

// StartS3 starts a gateway over dir on a free loopback port with new keys.
func StartS3(dir string) (*S3, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &S3{S3Config: S3Config{Dir: dir, Address: addr, AccessKey: rand.Text(), SecretKey: rand.Text()}}
	return s, s.Start()
}

// Start starts the gateway again after Stop, on the same address and objects.
func (s *S3) Start() error {
	spec, err := json.Marshal(s.S3Config)
	if err != nil {
		return fmt.Errorf("encode S3 configuration: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find own program: %w", err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+string(spec))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("open S3 output: %w", err)
	}
	if s.proc, err = startProcess(cmd, syscall.SIGKILL); err != nil {
		return err
	}
	return s.proc.awaitReady(out)
}

// Stop ends the gateway; its objects stay. A stopped gateway is left alone.
func (s *S3) Stop() {
	if s.proc != nil {
		s.proc.stop(syscall.SIGKILL) // its own shutdown waits 10 s for idle connections
		s.proc = nil
	}
}

// serveS3 is the child's side: it serves until ctx ends.
func serveS3(ctx context.Context, c S3Config) error {
	objects := filepath.Join(c.Dir, "objects")
	if err := os.MkdirAll(objects, 0o700); err != nil {
		return fmt.Errorf("make S3 directory: %w", err)
	}
	store, err := metadata(c.Dir, objects)
	if err != nil {
		return err
	}
	backend, err := posix.New(objects, store, posix.PosixOpts{CopyObjectThreshold: 5 << 30})
	if err != nil {
		return fmt.Errorf("open S3 directory: %w", err)
	}
	go announce(ctx, c.Address)
	return embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess: c.AccessKey, RootUserSecret: c.SecretKey,
		Ports: []string{c.Address}, KeepAlive: true, Quiet: true,
		MaxConnections: 1024, MaxRequests: 512, MultipartMaxParts: 10000,
	})
}

// metadata keeps object metadata in extended attributes where the file system
// has them, else in files beside the objects.
func metadata(dir, objects string) (meta.MetadataStorer, error) {
	if (meta.XattrMeta{}).Test(objects) == nil {
		return meta.XattrMeta{}, nil
	}
	side := filepath.Join(dir, "sidecar")
	if err := os.MkdirAll(side, 0o700); err != nil {
		return nil, fmt.Errorf("make S3 sidecar directory: %w", err)
	}
	return meta.NewSideCar(side)
}

// announce prints the ready line once the address accepts a connection.
func announce(ctx context.Context, addr string) {
	if awaitListening(ctx, "tcp", addr) == nil {
		fmt.Println(readyLine)
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}
