package blob

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"testing"
)

// Rule: an upload costs the same little memory however large it is and however long
// its client takes; and it leaves no file.
func TestWhatIsReceivedIsNotHeldInMemory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	data := make([]byte, 2<<20)
	_, _ = rand.Read(data) // never fails
	before := heap()
	var held []*spool
	for range 64 {
		s, err := receive(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, s)
	}
	if each := (heap() - before) / int64(len(held)); each > 2*small {
		t.Errorf("an upload of %d bytes holds %d in memory", len(data), each)
	}
	for _, s := range held {
		got, err := io.ReadAll(s.body())
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d bytes came back: %v", len(got), err)
		}
		s.close()
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Rule: a directory that cannot be written is an error of ours that says so.
func TestWithoutADirectoryNothingIsReceived(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	if _, err := receive(bytes.NewReader(make([]byte, small+1))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
