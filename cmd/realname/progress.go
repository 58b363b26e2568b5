package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"realname/internal/client"
)

// progress tells a person how far a batch is: one line that changes on a
// terminal, plain lines elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	last     string
	told     time.Time
}

func newProgress(w *os.File) *progress {
	info, err := w.Stat()
	return &progress{w: w, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// quiet is how long a plain log hears nothing of an upload.
const quiet = 5 * time.Second

func (p *progress) say(line string, done bool) {
	switch {
	case line == p.last:
	case p.terminal:
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	default:
		fmt.Fprintln(p.w, line)
	}
	p.last = line
	if done && p.terminal {
		fmt.Fprintln(p.w)
	}
}

// upload reports how much of r was read.
func (p *progress) upload(r io.Reader, size int64) io.Reader {
	return io.TeeReader(r, &counter{p: p, size: size})
}

type counter struct {
	p          *progress
	size, sent int64
}

func (c *counter) Write(b []byte) (int, error) {
	c.sent += int64(len(b))
	if now := time.Now(); c.sent == c.size || c.p.terminal || now.Sub(c.p.told) > quiet {
		c.p.told = now
		c.p.say(fmt.Sprintf("sent %d of %d MB", c.sent>>20, c.size>>20), c.sent == c.size)
	}
	return len(b), nil
}

// batch reports what became of the rows so far.
func (p *progress) batch(b client.Batch) {
	n := b.Counts
	line := fmt.Sprintf("%s: %d rows, %d approved, %d rejected, %d for a person, %d waiting, %d faulty, %d open",
		b.State, n.Rows, n.Approved, n.Rejected, n.Manual, n.Waiting, n.Faulty, n.Open)
	if !b.ETA.IsZero() {
		line += ", ready about " + b.ETA.Local().Format("15:04:05")
	}
	p.say(line, b.Ended())
}
