package sweep

import (
	"slices"
	"testing"
)

// Rule: while every place is taken, what came alone gets the places that are kept for
// it, and nothing of a batch ever does.
func TestWhoGoesByExpress(t *testing.T) {
	busy := Waiting{Running: 2, Waiting: 1}
	for _, test := range []struct {
		rule, queue      string
		waiting, express Waiting
		want             []string
	}{
		{"a place is free for everybody", "a B", Waiting{Running: 1, Asking: 2}, Waiting{Asking: 1}, []string{"a", "B"}},
		{"all places are taken", "a B", busy, Waiting{Asking: 1}, []string{"a express"}},
		{"only so many as are free", "a a a", busy, Waiting{Asking: 2}, []string{"a express", "a express"}},
		{"what waits for a kept place has it already", "a", busy, Waiting{Asking: 2, Waiting: 2}, nil},
		{"batches wait", "A B", busy, Waiting{Asking: 1}, nil},
		{"no worker keeps places", "a B", busy, Waiting{}, nil},
		{"others go on where there is room", "a B", Waiting{Running: 2}, Waiting{Asking: 1}, []string{"a express", "B"}},
		{"no worker is there", "a", Waiting{}, Waiting{Asking: 1}, []string{"a"}},
	} {
		b := &bell{waiting: test.waiting, express: test.express}
		s := newSweep(&store{queue: line(test.queue)}, b)
		s.Fairness.Interactive = 9
		if _, _, err := s.relay(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.rung, test.want) {
			t.Errorf("%s: %v, want %v", test.rule, b.rung, test.want)
		}
	}
}
