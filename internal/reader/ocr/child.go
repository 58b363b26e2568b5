package ocr

import (
	"encoding/json"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// childEnv tells a program that it was started to read lines, and with what.
const childEnv = "REALNAME_OCR_CHILD"

// spec is what the child is told beside the pixels.
type spec struct {
	Model  string
	Memory int64
	CPU    int
}

// startWait bounds loading the model: it takes a fifth of a second, and far longer
// only where the machine is badly overloaded.
const startWait = 90 * time.Second

// child is a running process as its parent sees it.
type child struct {
	cmd       *exec.Cmd
	in, out   *os.File // to its standard input, from its standard output
	isolation string
}

// startChild starts the program again as a child and waits until its model is
// loaded. The child's environment holds none of the parent's settings, so no
// password is there to be found.
func startChild(model string, l limits) (*child, error) {
	s, err := json.Marshal(spec{model, l.Memory, l.CPU})
	if err != nil {
		return nil, err
	}
	self, err := program()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(kept("TESSDATA_PREFIX", "TMPDIR"), childEnv+"="+string(s), "OMP_THREAD_LIMIT=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what is sent to the parent's group is for the parent
	c := &child{cmd: cmd}
	if err := c.start(); err != nil {
		return nil, err
	}
	_ = c.out.SetReadDeadline(time.Now().Add(startWait))
	if c.isolation, _, err = readReply(c.out); err != nil {
		return nil, fmt.Errorf("%w (%v)", err, c.end())
	}
	return c, nil
}

// start runs the command with a pipe in each direction.
func (c *child) start() error {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("open pipe: %w", err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("open pipe: %w", closed(err, theirIn, in))
	}
	c.in, c.out, c.cmd.Stdin, c.cmd.Stdout = in, out, theirIn, theirOut
	err = c.cmd.Start()
	_ = closed(nil, theirIn, theirOut) // the child has its own
	if err != nil {
		return closed(err, in, out)
	}
	return nil
}

func closed(err error, files ...*os.File) error {
	for _, f := range files {
		_ = f.Close()
	}
	return err
}

// read hands one picture over and waits for its text.
func (c *child) read(g *image.Gray, mode int, wall time.Duration) (string, float64, error) {
	deadline := time.Now().Add(wall)
	_ = c.in.SetWriteDeadline(deadline)
	_ = c.out.SetReadDeadline(deadline)
	if err := writeRequest(c.in, g, mode); err != nil {
		return "", 0, fmt.Errorf("hand a line over: %w", err)
	}
	text, confidence, err := readReply(c.out)
	if err == io.EOF {
		return "", 0, fmt.Errorf("it ended while it read a line")
	}
	return text, confidence, err
}

// endWait is how long a child may take to see that its input has ended.
const endWait = time.Second

// end ends the child, by force when it does not end by itself, and says how it
// ended; nil means that all was well.
func (c *child) end() error {
	_ = closed(nil, c.in, c.out)
	timer := time.AfterFunc(endWait, func() { _ = c.cmd.Process.Kill() })
	defer timer.Stop()
	return c.cmd.Wait()
}

// kept are the named variables that are set here.
func kept(names ...string) []string {
	var list []string
	for _, name := range names {
		if v, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+v)
		}
	}
	return list
}
