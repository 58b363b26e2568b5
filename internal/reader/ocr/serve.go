package ocr

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/signal"
	"syscall"

	"realname/internal/reader/tess"
)

// armed tells Open that a child of this program will know what it is.
var armed bool

// recogniser is what reads in the child.
type recogniser interface {
	Read(g *image.Gray, mode int) (string, float64, error)
}

// load opens a model; tests put another one in its place.
var load = func(model string) (recogniser, error) { return tess.Open(model) }

// RunChild reads lines and exits when this process was started as a child; in
// any other process it returns at once. Programs call it first thing in main,
// tests in TestMain.
func RunChild() {
	armed = true
	text := os.Getenv(childEnv)
	if text == "" {
		return
	}
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM) // it ends when its input does
	if err := serve(text); err != nil && !errors.Is(err, io.EOF) {
		os.Exit(1)
	}
	os.Exit(0)
}

// serve loads the model, gives up every right, and reads lines until the input
// ends.
func serve(text string) error {
	var s spec
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return fmt.Errorf("read what to do: %w", err)
	}
	r, err := load(s.Model)
	if err != nil {
		return errors.Join(err, writeReply(os.Stdout, "", 0, err))
	}
	if err := writeReply(os.Stdout, lockDown(s.Memory), 0, nil); err != nil {
		return err
	}
	for {
		g, mode, err := readRequest(os.Stdin)
		if err != nil {
			return err
		}
		renewCPU(s.CPU)
		text, confidence, err := r.Read(g, mode)
		if err := writeReply(os.Stdout, text, confidence, err); err != nil {
			return err
		}
	}
}
