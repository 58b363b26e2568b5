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

// upload reports how much of an archive is there.
func (p *progress) upload(size int64) func(int64) {
	return func(sent int64) {
		if now := time.Now(); sent == size || p.terminal || now.Sub(p.told) > quiet {
			p.told = now
			p.say(fmt.Sprintf("sent %d of %d MB", sent>>20, size>>20), sent == size)
		}
	}
}

// cases reports how many of many are done.
func (p *progress) cases(done, all int) {
	if now := time.Now(); done == all || p.terminal || now.Sub(p.told) > quiet {
		p.told = now
		p.say(fmt.Sprintf("%d of %d", done, all), done == all)
	}
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
