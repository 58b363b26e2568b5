//go:build failpoint

package failpoint

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// variable holds the place and which of its visits is the last: "name:3".
const variable = "REALNAME_FAILPOINT"

var (
	place, nth = parse(os.Getenv(variable))
	visits     atomic.Int64
)

func parse(s string) (string, int64) {
	name, number, _ := strings.Cut(s, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		n = 1
	}
	return name, n
}

// Hit ends the process at once, as a power cut would, at the visit of the place
// that the environment names.
func Hit(name string) {
	if name == place && visits.Add(1) == nth {
		die()
	}
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // until it arrives
}

// Mark stands in a document before the word for what it does.
const Mark = "realname-fault-"

var grown [][]byte

// Spoil does what a document was planted for.
func Spoil(data []byte) {
	_, after, found := bytes.Cut(data, []byte(Mark))
	if !found {
		return
	}
	switch word, _, _ := bytes.Cut(after, []byte(".")); string(word) {
	case "panic":
		panic("planted")
	case "hang":
		select {}
	case "memory": // what the kernel does with one that takes too much
		for range 256 {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			grown = append(grown, b)
		}
		die()
	case "crash":
		die()
	}
}
