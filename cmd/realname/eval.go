package main

import (
	"context"
	"os"

	"realname/internal/eval"
	"realname/internal/examine"
	"realname/internal/rules"
)

// evaluate measures the reader on labelled pictures.
func evaluate(ctx context.Context, args []string) (int, error) {
	return eval.Command(ctx, args, os.Stdout, os.Stderr, func() (eval.Options, error) {
		return eval.Options{Titles: examine.Titles(rules.Default())}, nil
	}), nil
}
