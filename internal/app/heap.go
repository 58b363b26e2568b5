package app

import (
	"context"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// heapPause is how often the heap is looked at.
const heapPause = 100 * time.Millisecond

// peakHeap watches the live and dead objects of this process's heap until ctx
// ends, and returns a function that tells the most there was, in bytes.
func peakHeap(ctx context.Context) func() uint64 {
	var peak atomic.Uint64
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(heapPause)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			peak.Store(max(peak.Load(), sample[0].Value.Uint64()))
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return peak.Load
}
