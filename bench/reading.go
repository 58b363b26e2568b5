package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unicode"

	"github.com/google/pprof/profile"
	"golang.org/x/sync/errgroup"
)

// way is one way to read the pages.
type way struct {
	name string
	run  func(context.Context) (read int, err error) // and how many number and name were found
}

// reading sends pages through the whole system, and beside it through the loop that a
// user would script around the command of the same OCR library.
func reading(ctx context.Context, opt options) (string, error) {
	whole, list, stop, err := startWhole(ctx, opt.images)
	if err != nil {
		return "", err
	}
	defer stop()
	ways := []way{
		{"Realname, the whole system", func(ctx context.Context) (int, error) { return whole.read(ctx, list) }},
		{"tesseract in a loop", func(ctx context.Context) (int, error) { return loop(ctx, list, 1) }},
		{"tesseract with OMP_THREAD_LIMIT=1, two at once", func(ctx context.Context) (int, error) { return loop(ctx, list, 2, "OMP_THREAD_LIMIT=1") }},
	}
	runs, read, outside := make([][]Run, len(ways)), make([]int, len(ways)), []float64{}
	for round := range opt.rounds {
		for i, r := range ways {
			if !strings.HasPrefix(r.name, opt.only) {
				continue
			}
			run, share, err := profiled(opt, r.name, len(list), func() (err error) { read[i], err = r.run(ctx); return err })
			if err != nil {
				return "", fmt.Errorf("%s: %w", r.name, err)
			}
			if i == 0 {
				outside = append(outside, 1-share)
			}
			fmt.Printf("round %d: %-48s %6.2f a second, %5.2f CPU s each\n", round+1, r.name, run.PerSecond(), run.CPUEach()/1000)
			runs[i] = append(runs[i], run)
		}
	}
	return readingTable(opt, len(list), ways, runs, read, median(outside)), nil
}

func readingTable(opt options, n int, ways []way, runs [][]Run, read []int, outside float64) string {
	var b strings.Builder
	rate := func(i int) float64 { return median(mapped(runs[i], Run.PerSecond)) }
	fmt.Fprintf(&b, "| %d pages, %d rounds | a second, median | CPU s each, median | times slower than ours | number and name found |\n|---|---|---|---|---|\n", n, opt.rounds)
	for i, r := range ways {
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %.1f | %d of %d |\n", r.name, rate(i), median(mapped(runs[i], Run.CPUEach))/1000, rate(0)/rate(i), read[i], n)
	}
	fmt.Fprintf(&b, "\nOurs is everything from the upload to the recorded outcome and the notice: API, sealing, S3, NATS, Postgres, checks. Of its CPU time %.1f %% is outside of decoding, measuring and reading the pictures. Found means, for ours, that no finding is about number or name; for the command, that its text holds both, white space aside.\n", 100*outside)
	return b.String()
}

func mapped(runs []Run, f func(Run) float64) (list []float64) {
	for _, r := range runs {
		list = append(list, f(r))
	}
	return list
}

// profiled measures f, and which share of its CPU time was spent on pictures: what a
// profile of this process says, and all of the OCR children.
func profiled(opt options, name string, n int, f func() error) (Run, float64, error) {
	var b bytes.Buffer
	children := ocrTime()
	if err := pprof.StartCPUProfile(&b); err != nil {
		return Run{}, 0, err
	}
	run, err := measure(name, n, f)
	pprof.StopCPUProfile()
	if err != nil {
		return run, 0, err
	}
	if opt.profile != "" {
		if err := os.WriteFile(opt.profile+"-"+strings.Fields(name)[0], b.Bytes(), 0o600); err != nil {
			return run, 0, fmt.Errorf("keep profile: %w", err)
		}
	}
	share, err := pictureShare(b.Bytes())
	return run, (share*run.Own.Seconds() + (ocrTime() - children).Seconds()) / run.CPU.Seconds(), err
}

// pictureCode are the packages that decode, measure and read pictures.
var pictureCode = []string{"realname/internal/reader", "realname/internal/imaging", "realname/internal/examine", "image/", "golang.org/x/image/"}

// pictureShare is the share of a profile's samples that have such code on their stack.
func pictureShare(data []byte) (float64, error) {
	p, err := profile.ParseData(data)
	if err != nil {
		return 0, fmt.Errorf("read profile: %w", err)
	}
	var all, pictures int64
	for _, s := range p.Sample {
		v := s.Value[len(s.Value)-1]
		all += v
		if onPictures(s) {
			pictures += v
		}
	}
	return float64(pictures) / float64(max(all, 1)), nil
}

func onPictures(s *profile.Sample) bool {
	for _, l := range s.Location {
		for _, line := range l.Line {
			for _, prefix := range pictureCode {
				if strings.HasPrefix(line.Function.Name, prefix) {
					return true
				}
			}
		}
	}
	return false
}

// ocrTime is what the OCR children of this process have used. Those that have ended,
// after so many pages, are the only children of ours that end during a run.
func ocrTime() time.Duration {
	total := usage(syscall.RUSAGE_CHILDREN)
	for _, p := range descendants(os.Getpid()) {
		env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.pid))
		if err == nil && bytes.Contains(env, []byte("REALNAME_OCR_CHILD=")) {
			total += p.cpu
		}
	}
	return total
}

// loop reads with the command of the OCR library, so many pages at once.
func loop(ctx context.Context, list []page, atOnce int, env ...string) (int, error) {
	var found atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, p := range list {
		g.Go(func() error {
			cmd := exec.CommandContext(ctx, "tesseract", p.file, "-", "-l", "chi_sim+eng")
			cmd.Env = append(os.Environ(), env...)
			out, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("read %s: %w", filepath.Base(p.file), err)
			}
			if text := closed(string(out)); strings.Contains(text, p.declared.Number) && strings.Contains(text, closed(p.declared.Name)) {
				found.Add(1)
			}
			return nil
		})
	}
	err := g.Wait()
	return int(found.Load()), err
}

// closed is a text without its white space.
func closed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
