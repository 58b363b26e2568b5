package examine

import "testing"

// Rule: the place that is hardly ever needed takes no memory until it is, and what
// is read one by one is always read by the same reader.
func TestAReaderIsLoadedWhenItIsNeeded(t *testing.T) {
	p := newReaders(2)
	t.Cleanup(p.close)
	first, err := p.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.giveBack(first)
	again, err := p.take(t.Context())
	if err != nil || again != first {
		t.Errorf("another reader was loaded, %v", err)
	}
	second, err := p.take(t.Context())
	if err != nil || second == first {
		t.Errorf("two have the same reader, %v", err)
	}
	p.giveBack(first)
	p.giveBack(second)
	if last, err := p.take(t.Context()); err != nil || last != second {
		t.Errorf("not the one that was used last, %v", err)
	}
}
