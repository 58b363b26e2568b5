package corpus

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"realname/internal/review"
	"realname/internal/specimen"
)

// Rule: a document of any kind that was cut off, wherever, is refused as cut off or
// broken; one with a single bit flipped, wherever, has an outcome. -lengths and -flips
// say how many of each.
func TestTornDocumentsHaveAnOutcome(t *testing.T) {
	c := newCourt(t)
	defer c.report(t)
	for n, s := range subjects {
		rng := rand.New(rand.NewPCG(11, uint64(n)))
		x := newCase(s, faults[0], 0, 0, 5, time.Now())
		page, err := specimen.Draw(x.Images[0].Spec)
		if err != nil {
			t.Fatal(err)
		}
		for i := range *lengths {
			length := i * len(page) / *lengths // from nothing at all; the last is short of the end
			o, file := c.review(t, fmt.Sprintf("%s cut at %d", s.name(), length), x.Declared, s.role, page[:length])
			if file.Fault == review.FileFine || o.Kind != review.Rejected {
				t.Errorf("%s cut at %d of %d: %q, %s", s.name(), length, len(page), file.Fault, o.Kind)
			}
		}
		for range *flips {
			torn, at := bytes.Clone(page), rng.IntN(len(page)*8)
			torn[at/8] ^= 1 << (at % 8)
			c.review(t, fmt.Sprintf("%s, bit %d flipped", s.name(), at), x.Declared, s.role, torn)
		}
	}
}
