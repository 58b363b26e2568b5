package worker

import (
	"os"
	"runtime/debug"
)

// A review's memory is a few large planes that are garbage a moment later: collected
// as rarely as the runtime does by itself, as much again lies around. The limit is a
// soft one: a picture of fifty megapixels goes beyond it, at the price of more collecting.
const (
	programBytes = 64 << 20 // with the networks
	reviewBytes  = 44 << 20 // of a photo of twelve megapixels
)

// boundMemory makes this process collect its garbage in time, unless who runs it has
// said how (GOMEMLIMIT). In a process that holds more than a worker the limit would be
// below what is in use, and half of all time would go into collecting.
func boundMemory(parallel int) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(programBytes + reviewBytes*int64(parallel))
	}
}
