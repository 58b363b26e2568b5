//go:build chaos

package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A disk that is full is answered 503 with Retry-After, or waited out; nothing
// is torn, and once there is room the system goes on by itself.
func TestFullDisks(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this test mounts small disks, which needs root: run it as root or leave it out with -skip TestFullDisks")
	}
	for _, c := range []struct {
		server string // and the directory of the stack that is a small disk
		dir    string
		size   string
		accept bool // submissions are accepted meanwhile
	}{
		{"S3", "s3", "16m", false},
		{"NATS", "nodes", "24m", true},
		{"Postgres", "postgres", "160m", false},
	} {
		t.Run(c.server, func(t *testing.T) {
			dir := shortDir(t)
			small := smallDisk(t, filepath.Join(dir, c.dir), c.size)
			w := newWorld(t, dir, 1)
			w.runAll(shipped)
			d := w.load.item.Declared
			w.load.send(d, w.load.full, "approved")
			w.settle(quiet)
			free := fill(t, small)
			body, kind := form(d, w.load.full)
			id, _ := "", time.Duration(0)
			for range 5 { // what was in memory may still be taken
				if id, _ = w.load.try(fmt.Sprint(time.Now().UnixNano()), body, kind); (id != "") == c.accept {
					break
				}
				if id != "" {
					w.load.told[id] = "approved"
				}
			}
			if (id != "") != c.accept {
				t.Errorf("with a full disk: accepted %v, want %v", id != "", c.accept)
			}
			if id != "" {
				w.load.told[id] = "approved"
			}
			free()
			if c.server == "Postgres" { // it ends itself when it cannot write its log
				w.stack.Postgres().Stop()
				if err := w.stack.Postgres().Start(); err != nil {
					t.Fatal(err)
				}
			}
			w.load.send(d, w.load.full, "approved")
			w.settle(quiet)
			w.verify()
		})
	}
}

func smallDisk(t *testing.T, dir, size string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=0711,size="+size); err != nil {
		t.Fatalf("mount a small disk: %v; containers need CAP_SYS_ADMIN for it", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill writes until nothing more fits and returns how to make room again.
func fill(t *testing.T, dir string) func() {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	_ = f.Close()
	return func() { _ = os.Remove(f.Name()) }
}
