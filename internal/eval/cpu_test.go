package eval

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
)

// Lines are read by a child: leaving it out would flatter the reader.
func TestProcessorTimeCountsChildren(t *testing.T) {
	busy := exec.Command("sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo; read end")
	in, err := busy.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := busy.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := busy.Start(); err != nil {
		t.Fatal(err)
	}
	before := cpuTime() // hardly more than its start
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(children(), strconv.Itoa(busy.Process.Pid)) {
		t.Errorf("process %d is no child of %d", busy.Process.Pid, os.Getpid())
	}
	if spent := cpuTime() - before; spent < threadsTime(strconv.Itoa(busy.Process.Pid))/2 || spent == 0 {
		t.Errorf("%v counted of a child that took %v", spent, threadsTime(strconv.Itoa(busy.Process.Pid)))
	}
	_ = in.Close()
	_ = busy.Wait() // it ends without a last line
}
