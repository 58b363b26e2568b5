// Command worker reviews attempts: see package pipeline.
package main

import (
	"os"

	"realname/internal/app"
	"realname/internal/app/worker"
	"realname/internal/reader"
)

func main() {
	reader.RunChild()
	os.Exit(app.Main("worker", worker.Alone))
}
