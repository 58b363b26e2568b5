// Command worker reviews attempts: see package pipeline.
package main

import (
	"fmt"
	"os"

	"realname/internal/app"
	"realname/internal/app/worker"
	"realname/internal/reader"
)

func main() {
	if err := reader.EnsureThreads(); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
	os.Exit(app.Main("worker", worker.Run))
}
