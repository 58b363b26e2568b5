package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"
)

// limits bound one child.
type limits struct {
	Memory int64         // bytes that it may take beside what it has when its model is loaded
	CPU    int           // processor seconds for one line
	Wall   time.Duration // for one line, in case it neither works nor answers
	Pages  int           // after so many it is replaced
}

// The limits of a service. A line takes about 16 ms and a child about 60 MiB, so
// nothing that is a document comes near them.
var serviceLimits = limits{Memory: 512 << 20, CPU: 15, Wall: time.Minute, Pages: 500}

// Engine reads lines with one model, one line at a time. It must not be used by
// two goroutines at once.
type Engine struct {
	model  string
	limits limits
	child  *child
	pages  int // begun with this child
	page   context.Context
}

// Open starts a child with the model of a language, such as chi_sim, so that a
// missing model is found at the start. Close must be called. The program must
// call RunChild first thing in main.
func Open(model string) (*Engine, error) { return openWith(model, serviceLimits) }

func openWith(model string, l limits) (*Engine, error) {
	if !armed {
		return nil, errors.New("open OCR: the program does not call ocr.RunChild first thing in main")
	}
	e := &Engine{model: model, limits: l, page: context.Background()}
	return e, e.ready()
}

// ready starts a child when there is none.
func (e *Engine) ready() error {
	if e.child != nil {
		return nil
	}
	c, err := startChild(e.model, e.limits)
	if err != nil {
		return fmt.Errorf("start OCR: %w", err)
	}
	e.child, e.pages = c, 0
	return nil
}

// Page begins a page: what is read from now on belongs to it, until ctx ends. A
// child that has read its number of pages is replaced here, so that what leaks
// in it does not add up.
func (e *Engine) Page(ctx context.Context) {
	e.page = ctx
	if e.pages++; e.pages > e.limits.Pages {
		e.Close()
	}
}

// Read recognises one picture in a mode of package tess. The confidence is the
// library's mean, 0 to 1. An error is ours, and says how the child ended.
func (e *Engine) Read(g *image.Gray, mode int) (string, float64, error) {
	if err := e.page.Err(); err != nil {
		return "", 0, context.Cause(e.page)
	}
	if err := e.ready(); err != nil {
		return "", 0, err
	}
	text, confidence, err := e.child.read(g, mode, e.limits.Wall)
	var refused refusal
	if err != nil && !errors.As(err, &refused) {
		err = fmt.Errorf("OCR process: %w", errors.Join(err, e.child.end()))
		e.child = nil
	}
	return text, confidence, err
}

// Isolation says what keeps the child from doing harm, for the log of a service.
func (e *Engine) Isolation() string {
	if e.child == nil {
		return "no process is running"
	}
	return e.child.isolation
}

// Close ends the child.
func (e *Engine) Close() {
	if e.child != nil {
		_ = e.child.end() // its answers have been read
		e.child = nil
	}
}
