//go:build chaos

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"realname/internal/bus"
)

// fault is one way to break the world. It returns when the world may mend.
type fault struct {
	name string
	do   func(*world, *rand.Rand)
}

// places are where a program can be ended, with the program.
var places = map[string][]string{
	"ingest": {"ingest-before-put", "ingest-after-put", "ingest-before-commit", "ingest-after-commit", "ingest-after-202"},
	"worker": {"worker-after-claim", "worker-after-load", "worker-before-record", "worker-after-record", "bus-before-ack",
		"relay-before-publish", "relay-after-publish", "relay-after-told", "rescue-before", "rescue-after"},
	"notifier": {"notify-after-claim", "notify-before-post", "notify-after-post", "notify-after-mark"},
}

// everyFault lists each kind once.
func everyFault() []fault {
	list := []fault{
		{"kill -9 nats", func(w *world, r *rand.Rand) { w.node(r, func() {}) }},
		{"the streams are deleted", func(w *world, r *rand.Rand) {
			w.node(r, func() { _ = os.RemoveAll(w.nodes[0].Dir) })
		}},
		{"crash of postgres", func(w *world, r *rand.Rand) { w.server(r, w.stack.Postgres()) }},
		{"kill -9 s3", func(w *world, r *rand.Rand) { w.server(r, w.stack.S3()) }},
		{"the worker stalls past its lease", func(w *world, r *rand.Rand) {
			w.services["worker"].signal(syscall.SIGSTOP)
			pause(r, 4*time.Second, 5*time.Second) // the lease is 2 s, the sweep comes every 2 s
			w.services["worker"].signal(syscall.SIGCONT)
		}},
		{"messages again, five times, shuffled", again},
		{"the OCR process crashes", ocr(syscall.SIGSEGV)},
		{"the OCR process is killed", ocr(syscall.SIGKILL)},
	}
	for _, name := range []string{"ingest", "worker", "notifier"} {
		list = append(list,
			fault{"kill -9 " + name, func(w *world, _ *rand.Rand) { w.services[name].kill() }},
			fault{"graceful stop of " + name, func(w *world, _ *rand.Rand) {
				if err := w.services[name].stop(); err != nil {
					w.t.Error(err)
				}
				w.services[name].start()
			}},
			fault{"another build of " + name, func(w *world, _ *rand.Rand) { w.services[name].upgrade() }})
		for _, place := range places[name] {
			list = append(list, fault{"crash at " + place, func(w *world, r *rand.Rand) {
				w.services[name].die(place + ":" + strconv.Itoa(1+r.IntN(5)))
			}})
		}
		for _, server := range []string{"postgres", "s3", "nats"} {
			if name == "ingest" && server == "nats" || name == "notifier" && server == "s3" {
				continue // they do not talk
			}
			for state := int64(cut); state < linkStates; state++ {
				list = append(list, fault{fmt.Sprintf("%s-%s %s", name, server, []string{"", "cut", "reset", "half open", "5 kB/s", "500 ms late"}[state]),
					func(w *world, r *rand.Rand) {
						w.links[name+"-"+server].set(state)
						pause(r, 300*time.Millisecond, 2*time.Second)
						w.links[name+"-"+server].set(cut) // nothing swallowed is followed by a rest
						w.links[name+"-"+server].set(open)
					}})
			}
		}
	}
	return list
}

// pause lets the fault last.
func pause(r *rand.Rand, least, most time.Duration) {
	<-time.After(least + time.Duration(r.Int64N(int64(most-least))))
}

// node kills a NATS server, does something to it and starts it again.
func (w *world) node(r *rand.Rand, meanwhile func()) {
	n := w.nodes[r.IntN(len(w.nodes))]
	n.Kill()
	meanwhile()
	pause(r, 0, time.Second)
	if err := n.Start(); err != nil {
		w.t.Error(err)
	}
}

// crasher is a server that can be ended without a goodbye.
type crasher interface{ Kill() }

func (w *world) server(r *rand.Rand, s interface {
	Stop()
	Start() error
}) {
	if c, ok := s.(crasher); ok {
		c.Kill()
	} else {
		s.Stop() // the S3 gateway's stop is kill -9
	}
	pause(r, 0, time.Second)
	if err := s.Start(); err != nil {
		w.t.Error(err)
	}
}

// again rings for what is there already, in any order.
func again(w *world, r *rand.Rand) {
	ids := w.column(`select id::text from attempts order by created_at desc limit 40`)
	nc, err := nats.Connect(w.nodes[0].URL)
	if err != nil {
		return // it is down just now
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		w.t.Error(err)
		return
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), 5*time.Second)
	defer cancel()
	for range 5 {
		r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		for _, id := range ids {
			subject := []string{bus.Reviews.Subject, bus.Express.Subject}[r.IntN(2)]
			_, _ = js.Publish(ctx, subject, []byte(id)) // as many as come through
		}
	}
}

// ocr does something to a process that reads lines for the worker.
func ocr(sig syscall.Signal) func(*world, *rand.Rand) {
	return func(w *world, r *rand.Rand) {
		s := w.services["worker"]
		s.mu.Lock()
		parent := s.cmd.Process.Pid
		s.mu.Unlock()
		children := childrenOf(parent)
		if len(children) > 0 {
			_ = syscall.Kill(children[r.IntN(len(children))], sig)
		}
	}
}

func childrenOf(parent int) []int {
	var list []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well formed
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(data), ") ")
		if fields := strings.Fields(after); len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				list = append(list, pid)
			}
		}
	}
	return list
}

// upgrade rolls to the other build: the new program works beside the old one
// before that is asked to stop. Only ingest, which owns its port, stops first.
func (s *service) upgrade() {
	s.mu.Lock()
	if s.bin == shipped {
		s.bin = failing
	} else {
		s.bin = shipped
	}
	s.mu.Unlock()
	if s.name == "ingest" {
		if err := s.stop(); err != nil {
			s.t.Error(err)
		}
		s.start()
		return
	}
	s.mu.Lock()
	old := &service{t: s.t, name: s.name, cmd: s.cmd, ended: s.ended, armed: s.armed, began: s.began}
	s.launch()
	s.mu.Unlock()
	if err := old.stop(); err != nil {
		s.t.Error(err)
	}
}
