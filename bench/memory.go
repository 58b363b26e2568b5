package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/sync/errgroup"

	"realname/internal/demo"
	"realname/internal/review"
)

const (
	largeWidth, largeHeight = 4032, 3024 // of a telephone's photo of 12 megapixels
	largeReviews            = 12         // reviewed, two at once
	uploadsAtOnce           = 200
)

// memory runs the real programs on photos of 12 megapixels, and watches how much
// memory they have: with their OCR processes, each page that several share counted by
// its share.
func memory(ctx context.Context, opt options) (string, error) {
	dir, err := os.MkdirTemp("", "rnb-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	list, err := largePages(dir)
	if err != nil {
		return "", err
	}
	p, stop, err := startPrograms(ctx, dir)
	if err != nil {
		return "", err
	}
	defer stop()
	two, ingest, err := p.review(ctx, list)
	if err != nil {
		return "", err
	}
	if p.worker, err = p.start(dir, "worker", "WORKER_PARALLEL=2", "WORKER_EXPRESS=1"); err != nil {
		return "", err
	}
	three, _, err := p.review(ctx, list)
	if err != nil {
		return "", err
	}
	uploads, err := p.upload(ctx, list)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("| program | while | peak, MB |\n|---|---|---|\n| worker with its OCR processes | two reviews at once of photos of 12 megapixels | %.0f, of it OCR %.0f |\n| the same | two and one by express | %.0f, of it OCR %.0f |\n| ingest | the same, one by one | %.0f |\n| ingest | %d such photos (%.1f MB each) sent at once | %.0f |\n",
		two.all(), two.children, three.all(), three.children, ingest, uploadsAtOnce, float64(len(list[0].data))/1e6, uploads)
	fmt.Print(text)
	return text, nil
}

// largePages are drawn licences as a telephone photographs them.
func largePages(dir string) ([]page, error) {
	list, err := pages("", dir)
	if err != nil {
		return nil, err
	}
	list = list[:largeReviews]
	for i := range list {
		small, err := jpeg.Decode(bytes.NewReader(list[i].data))
		if err != nil {
			return nil, fmt.Errorf("decode page: %w", err)
		}
		size := image.Rect(0, 0, largeWidth, largeHeight)
		if b := small.Bounds(); b.Dy() > b.Dx() {
			size = image.Rect(0, 0, largeHeight, largeWidth)
		}
		photo := image.NewRGBA(size)
		draw.BiLinear.Scale(photo, size, small, small.Bounds(), draw.Src, nil)
		var out bytes.Buffer
		if err := jpeg.Encode(&out, photo, &jpeg.Options{Quality: 92}); err != nil {
			return nil, fmt.Errorf("encode page: %w", err)
		}
		list[i].data = out.Bytes()
	}
	return list, nil
}

// programs are ingest and the worker as they are built, on servers of their own.
type programs struct {
	*whole
	ingest, worker *exec.Cmd
	sent           int
}

// startPrograms builds and starts them; an error has ended them already.
func startPrograms(ctx context.Context, dir string) (_ *programs, stop func(), err error) {
	build := exec.CommandContext(ctx, "go", "build", "-o", dir, "realname/cmd/ingest", "realname/cmd/worker")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("build the programs: %w: %s", err, out)
	}
	w, err := startServersOf(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	p := &programs{whole: w}
	all := func() { end(p.worker); end(p.ingest); w.stop() }
	defer func() {
		if err != nil {
			all()
		}
	}()
	if p.ingest, err = p.start(dir, "ingest"); err != nil {
		return nil, nil, err
	}
	if p.worker, err = p.start(dir, "worker", "WORKER_PARALLEL=2", "WORKER_EXPRESS=0"); err != nil {
		return nil, nil, err
	}
	return p, all, p.client.Await(ctx)
}

func (p *programs) start(dir, name string, env ...string) (*exec.Cmd, error) {
	cmd := exec.Command(filepath.Join(dir, name))
	cmd.Env = append(append(os.Environ(), p.stack.Environ()...), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return cmd, nil
}

func end(cmd *exec.Cmd) {
	if cmd != nil && cmd.ProcessState == nil {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // how it ends is not what is measured
	}
}

// review sends the photos and returns the peaks of worker and ingest.
func (p *programs) review(ctx context.Context, list []page) (worker footprint, ingest float64, err error) {
	watch := watchMemory(p.worker.Process.Pid)
	for _, page := range list {
		if err := p.send(ctx, page); err != nil {
			return worker, 0, err
		}
	}
	p.sent += len(list)
	if err := p.decided(ctx, demo.Tenant, p.sent); err != nil {
		return worker, 0, fmt.Errorf("wait for outcomes: %w", err)
	}
	worker = watch()
	end(p.worker)
	used := p.worker.ProcessState.UserTime() + p.worker.ProcessState.SystemTime()
	fmt.Printf("worker: %v of processor time for %d reviews\n", used.Round(time.Millisecond), len(list))
	return worker, highWater(p.ingest.Process.Pid), nil
}

// upload sends photos all at once and returns ingest's peak since it began.
func (p *programs) upload(ctx context.Context, list []page) (float64, error) {
	g, ctx := errgroup.WithContext(ctx)
	for i := range uploadsAtOnce {
		g.Go(func() error { return p.send(ctx, list[i%len(list)]) })
	}
	err := g.Wait()
	return highWater(p.ingest.Process.Pid), err
}

func (p *programs) send(ctx context.Context, page page) error {
	_, err := p.client.Submit(ctx, "", "memory.example", page.declared, review.Licence, "jpg", page.data)
	return err
}

// footprint is the memory of a program, in MB.
type footprint struct{ own, children float64 }

func (f footprint) all() float64 { return f.own + f.children }

// watchMemory notes the memory of a process and its children until the returned
// function is called, which gives the most there was at once.
func watchMemory(pid int) func() footprint {
	stop, most := make(chan struct{}), make(chan footprint)
	go func() {
		var peak footprint
		tick := time.NewTicker(often)
		defer tick.Stop()
		for {
			if f := footprintOf(pid); f.all() > peak.all() {
				peak = f
			}
			select {
			case <-stop:
				most <- peak
				return
			case <-tick.C:
			}
		}
	}()
	return func() footprint { close(stop); return <-most }
}

func footprintOf(pid int) footprint {
	f := footprint{own: proportional(pid)}
	for _, c := range descendants(pid) {
		f.children += proportional(c.pid)
	}
	return f
}

// proportional is a process's memory, in MB, of which it has its share of what it
// shares; 0 when it has ended.
func proportional(pid int) float64 { return field(pid, "smaps_rollup", "Pss:") }

// highWater is the most that a process has had, in MB.
func highWater(pid int) float64 { return field(pid, "status", "VmHWM:") }

func field(pid int, file, name string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib * 1024 / 1e6
		}
	}
	return 0
}
