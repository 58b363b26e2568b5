package imaging

import (
	"context"
	"fmt"

	"golang.org/x/sync/semaphore"
)

// bytesPerPixel is the most that decoding a JPEG takes: four components of a
// progressive file with its coefficients.
const bytesPerPixel = 20

// Budget is the memory that all decodes of a process may take together. What
// does not fit waits; a file that could never fit is refused by its limits.
type Budget struct {
	sem   *semaphore.Weighted
	total int64
}

// NewBudget makes a budget of so many bytes.
func NewBudget(bytes int64) *Budget { return &Budget{semaphore.NewWeighted(bytes), bytes} }

// take waits until the pixels fit and returns how to give them back. More than
// the whole budget counts as the whole.
func (b *Budget) take(ctx context.Context, pixels int) (func(), error) {
	n := min(int64(pixels)*bytesPerPixel, b.total)
	if err := b.sem.Acquire(ctx, n); err != nil {
		return nil, fmt.Errorf("wait for decoding memory: %w", err)
	}
	return func() { b.sem.Release(n) }, nil
}
