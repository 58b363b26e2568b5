//go:build chaos

package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"realname/internal/review"
	"realname/internal/specimen"
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
		{"NATS", "nodes", "400m", true}, // of which it takes three quarters, and all that streams may grow to must fit
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
			if c.accept {
				w.load.send(d, w.load.full, "approved")
			} else if !w.refuses() {
				t.Error("with a full disk everything is accepted")
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

// refuses sends until one is not accepted: what a server has set aside before is still
// room, Postgres's log above all.
func (w *world) refuses() bool {
	d := w.load.item.Declared
	d.Email = ""
	for n := range 5000 {
		d.Number = specimen.NumberedCode(n)
		body, kind := form(d, fmt.Appendf(nil, "no picture %d", n))
		id, _ := w.load.try(fmt.Sprint(n), body, kind)
		if id == "" {
			return true
		}
		w.load.told[id] = review.Rejected
	}
	return false
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
