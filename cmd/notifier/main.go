// Command notifier tells registrants what was decided: see package notify.
package main

import (
	"os"

	"realname/internal/app"
)

func main() { os.Exit(app.Main("notifier", app.Notifier)) }
