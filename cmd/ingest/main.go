// Command ingest takes submissions by HTTP: see package httpapi.
package main

import (
	"os"

	"realname/internal/app"
)

func main() { os.Exit(app.Main("ingest", app.Ingest)) }
