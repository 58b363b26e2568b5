package ocr

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"realname/internal/reader/tess"
)

// fake is a model whose library does what the first pixel says.
const fake = "fake"

func TestMain(m *testing.M) {
	library := load
	load = func(model string) (recogniser, error) {
		if model == fake {
			return misbehaving{}, nil
		}
		return library(model)
	}
	RunChild()
	os.Exit(m.Run())
}

// What the library may be made to do.
const (
	well = iota
	crash
	spin
	hang
	grow
	connect
	listen
	open
	create
	start
	environment
)

type misbehaving struct{}

var grown [][]byte

func (misbehaving) Read(g *image.Gray, _ int) (string, float64, error) {
	var err error
	switch g.Pix[0] {
	case crash:
		var none *image.Gray
		_ = none.Pix[0]
	case spin:
		for { //nolint:staticcheck // that is the point
		}
	case hang:
		select {}
	case grow:
		for {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			grown = append(grown, b)
		}
	case connect:
		_, err = net.Dial("tcp", "127.0.0.1:1")
	case listen:
		_, err = net.Listen("tcp", "127.0.0.1:0")
	case open:
		_, err = os.Open("/etc/hostname")
	case create:
		_, err = os.Create("left-behind")
	case start:
		err = exec.Command("/bin/true").Run()
	case environment:
		return strings.Join(os.Environ(), " "), 0, nil
	}
	return "fine", 1, err
}

func do(behaviour uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 8, 8))
	g.Pix[0] = behaviour
	return g
}

func engine(t *testing.T, model string, l limits) *Engine {
	t.Helper()
	e, err := openWith(model, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

var small = limits{Memory: 64 << 20, CPU: 1, Wall: 30 * time.Second, Pages: 3}

// Whatever the library does, the line fails with how the child ended, and the
// next line is read by a new child.
func TestWhatHappensInTheChildEndsItAlone(t *testing.T) {
	for rule, c := range map[string]struct {
		behaviour uint8
		wall      time.Duration
		want      string
	}{
		"a crash":                       {crash, small.Wall, "exit status 2"},
		"work without end":              {spin, small.Wall, "exit status 24"},
		"neither work nor an answer":    {hang, 300 * time.Millisecond, "signal: killed"},
		"memory without end, and crash": {grow, small.Wall, "exit status "}, // 2 of Go, or 66 when the race detector finds no memory first
	} {
		l := small
		l.Wall = c.wall
		e := engine(t, fake, l)
		if _, _, err := e.Read(do(c.behaviour), tess.Line); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", rule, err, c.want)
		}
		if text, _, err := e.Read(do(well), tess.Line); err != nil || text != "fine" {
			t.Errorf("%s: the next line gave %q, %v", rule, text, err)
		}
	}
}

// A library that was taken over reaches nothing.
func TestTheChildHasNoWayOut(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Fatalf("the child is not locked down on %s; run this on Linux", runtime.GOOS)
	}
	t.Setenv("DATABASE_URL", "secret")
	e := engine(t, fake, small)
	for rule, behaviour := range map[string]uint8{"connect": connect, "listen": listen, "open a file": open, "leave a file": create, "start a program": start} {
		var refused refusal
		if _, _, err := e.Read(do(behaviour), tess.Line); !errors.As(err, &refused) {
			t.Errorf("%s: %v", rule, err)
		}
	}
	if env, _, err := e.Read(do(environment), tess.Line); err != nil || strings.Contains(env, "secret") {
		t.Errorf("the child sees the service's settings: %v", err)
	}
	if s := e.Isolation(); strings.Contains(s, "NOT") || !strings.Contains(s, "no network") {
		t.Errorf("isolation: %s", s)
	}
}

func TestAChildIsReplacedAfterItsPages(t *testing.T) {
	e := engine(t, fake, small)
	pids := map[int]bool{}
	for range 2 * small.Pages {
		e.Page(t.Context())
		if _, _, err := e.Read(do(well), tess.Line); err != nil {
			t.Fatal(err)
		}
		pids[e.child.cmd.Process.Pid] = true
	}
	if len(pids) != 2 {
		t.Errorf("%d children read %d pages, want 2", len(pids), 2*small.Pages)
	}
}

func TestAPageEndsWithItsContext(t *testing.T) {
	e := engine(t, fake, small)
	why := errors.New("the lease is lost")
	ctx, cancel := context.WithCancelCause(t.Context())
	e.Page(ctx)
	cancel(why)
	if _, _, err := e.Read(do(well), tess.Line); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

func TestAMissingModelIsFoundAtTheStart(t *testing.T) {
	if _, err := Open("no_such_language"); err == nil || !strings.Contains(err.Error(), "no_such_language") {
		t.Errorf("got %v", err)
	}
}

// The real library works under all the limits, and also complains under them.
func TestTheRealLibraryReadsInTheChild(t *testing.T) {
	e := engine(t, "eng", serviceLimits)
	for _, size := range []image.Rectangle{image.Rect(0, 0, 3, 3), image.Rect(0, 0, 400, 4), image.Rect(0, 0, 4, 400), image.Rect(0, 0, 4000, 70)} {
		g := image.NewGray(size)
		for i := range g.Pix {
			g.Pix[i] = uint8(i * i)
		}
		for _, mode := range []int{tess.Line, tess.Block} {
			if _, _, err := e.Read(g, mode); err != nil {
				t.Errorf("%v in mode %d: %v", size, mode, err)
			}
		}
	}
	if _, _, err := e.Read(image.NewGray(image.Rect(0, 0, maxSide+1, 1)), tess.Line); err == nil {
		t.Error("a line past the bounds was handed over")
	}
	if _, _, err := e.Read(do(well), tess.Line); err != nil {
		t.Errorf("after one that was too large: %v", err)
	}
}

// What the child answers is foreign: any bytes give a text within bounds or an
// error.
func FuzzReadReply(f *testing.F) {
	var b bytes.Buffer
	_ = writeReply(&b, "样本", 0.5, nil)
	f.Add(b.Bytes())
	b.Reset()
	_ = writeReply(&b, "", 0, io.ErrShortWrite)
	f.Add(b.Bytes())
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		text, confidence, err := readReply(bytes.NewReader(data))
		if err == nil && (len(text) > maxText || confidence < 0 || confidence > 1) {
			t.Errorf("%d bytes, confidence %v", len(text), confidence)
		}
	})
}
