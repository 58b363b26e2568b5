package app

import (
	"fmt"
	"os"

	"realname/internal/verdict"
)

// Patterns are what a registry's words mean, from a file or as built in.
func Patterns(path string) (verdict.Patterns, error) {
	if path == "" {
		return verdict.Load(nil)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read patterns: %w", err)
	}
	list, err := verdict.Load(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}
