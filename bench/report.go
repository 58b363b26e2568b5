package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

const heading = "\n## "

// write puts a section into the report, in the place of an older one of the same
// title, and leaves all others as they are.
func write(file, title, text string) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read report: %w", err)
	}
	sections := strings.Split(string(old), heading)
	if len(old) == 0 {
		sections = []string{"# What the pipeline costs\n\nWritten by `make bench`. Rates move with the machine; CPU time and ratios of one round hardly do.\n"}
	}
	section := title + "\n\n" + machine() + "\n\n" + strings.TrimSpace(text) + "\n"
	found := false
	for i, s := range sections {
		if strings.HasPrefix(s, title+"\n") {
			sections[i], found = section, true
		}
	}
	if !found {
		sections = append(sections, section)
	}
	if err := os.WriteFile(file, []byte(strings.Join(sections, heading)), 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// machine says where a section was measured.
func machine() string {
	return fmt.Sprintf("Measured on %d cores, %s, %s/%s.", runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
