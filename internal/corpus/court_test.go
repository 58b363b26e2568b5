package corpus

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"realname/internal/check"
	"realname/internal/examine"
	"realname/internal/review"
	"realname/internal/rules"
)

// The full numbers are for a command; a test run takes a part.
var (
	figures = flag.Bool("figures", false, "hold each review to 2 s of processor time, and print what they took")
	files   = flag.String("files", "", "a directory of further files to be reviewed like the hostile ones")
	lengths = flag.Int("lengths", 6, "at how many lengths each document is cut off")
	flips   = flag.Int("flips", 1, "with how many flipped bits each document is reviewed")
)

// What one review may take.
const (
	mostMemory = 256 << 20
	mostTime   = 2 * time.Second
)

// court reviews files as a worker does, and measures what that takes.
type court struct {
	examiner *examine.Examiner
	rules    check.Rules
	took     map[string]time.Duration
	worst    [2]string // the slowest and the largest
	memory   uint64
	peak     *peak
	kinds    map[string]int // of file faults and outcomes
}

func newCourt(t *testing.T) *court {
	t.Helper()
	c := &court{rules: check.Rules{Set: rules.Default()}, took: map[string]time.Duration{}, kinds: map[string]int{}}
	var err error
	if c.examiner, err = examine.New(c.rules.Set, 1, mostMemory); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.examiner.Close)
	c.peak = watchHeap(t)
	return c
}

// peak is the most that the heap held since a reset. It is looked at every
// millisecond, with a collector that leaves little garbage in it.
type peak struct{ most atomic.Uint64 }

func watchHeap(t *testing.T) *peak {
	t.Helper()
	p := &peak{}
	percent := debug.SetGCPercent(20)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				p.most.Store(max(p.most.Load(), heap()))
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-stopped; debug.SetGCPercent(percent) })
	return p
}

func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

func (p *peak) reset() uint64 {
	now := heap()
	p.most.Store(now)
	return now
}

func (p *peak) highest() uint64 { return max(p.most.Load(), heap()) }

func (c *court) review(t *testing.T, name string, d review.Declared, role review.Role, data []byte) (review.Outcome, review.File) {
	t.Helper()
	runtime.GC() // what earlier files left is not this one's
	before := c.peak.reset()
	start := processorTime()
	doc, err := c.examiner.Examine(t.Context(), d, review.Document{Role: role, Extension: "jpg"}, data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	o := c.rules.Review("default", review.Facts{Now: time.Now(), Declared: d, Images: true, Documents: []review.DocumentFacts{doc}, History: review.History{Attempt: 1}})
	c.took[name] = processorTime() - start
	used := max(c.peak.highest(), before) - before
	if used > c.memory {
		c.memory, c.worst[1] = used, name
	}
	if c.took[name] > c.took[c.worst[0]] {
		c.worst[0] = name
	}
	if used > mostMemory {
		t.Errorf("%s: took %d MiB", name, used>>20)
	}
	if *figures && c.took[name] > mostTime {
		t.Errorf("%s: took %v of processor time", name, c.took[name])
	}
	if o.Kind == "" || o.Kind != review.Approved && len(o.Findings) == 0 {
		t.Errorf("%s: no outcome, or one without a finding: %+v", name, o)
	}
	c.kinds[string(doc.File.Fault)+" "+string(o.Kind)]++
	return o, doc.File
}

// processorTime is that of this process; the reader's child is its own.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// explained asks that a refusal of a file says in both languages what is wrong, and
// for one that is too much, the value and the limit.
func (c *court) explained(t *testing.T, name string, o review.Outcome, fault review.FileFault) {
	t.Helper()
	for _, f := range o.Findings {
		if f.Check[:4] != "FMT-" || f.Severity != review.Fail {
			continue
		}
		for _, l := range []rules.Lang{rules.Chinese, rules.English} {
			if m := c.rules.Set.Render(f, l); m.Title == "" || m.Explanation == "" || m.Remedy == "" {
				t.Errorf("%s: %s has no words in %s", name, f.Detail, l)
			}
		}
		if fault == review.FileBomb && f.Check == "FMT-07" && (f.Evidence.Measured == "" || f.Evidence.Limit == "") {
			t.Errorf("%s: neither value nor limit are named: %+v", name, f)
		}
		return
	}
	t.Errorf("%s (%s): no finding says what is wrong with the file: %+v", name, fault, o.Findings)
}

func (c *court) report(t *testing.T) {
	t.Helper()
	t.Logf("%d reviews; most processor time %v (%s), most memory %d MiB (%s); %v",
		len(c.took), c.took[c.worst[0]].Round(time.Millisecond), c.worst[0], c.memory>>20, c.worst[1], c.kinds)
}

// foreign are the files of -files.
func foreign(t *testing.T) map[string][]byte {
	t.Helper()
	list := map[string][]byte{}
	if *files == "" {
		return list
	}
	names, err := filepath.Glob(filepath.Join(*files, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files in %s (%v)", *files, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list[filepath.Base(name)] = data
	}
	return list
}
