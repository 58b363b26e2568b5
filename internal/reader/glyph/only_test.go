package glyph

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Rule: what the whole network reads in the given characters, the smaller one reads, too.
func TestFewCharactersAreReadWhereTheWholeNetworkReadsThem(t *testing.T) {
	g := rand.New(rand.NewPCG(7, 8))
	seen := map[string]bool{}
	for range 20 {
		net, err := Load(build(t, "ABCDEFGH", small(9), g))
		if err != nil {
			t.Fatal(err)
		}
		strip := noise(400, g)
		text := NewRunner(net).Read(strip)
		for i := range max(len(text)-1, 0) {
			word := text[i : i+2]
			seen[word] = true
			if said := NewRunner(net.Only(word + "Z")).Read(strip); !strings.Contains(said, word) {
				t.Fatalf("the whole network reads %s, the smaller one %q", word, said)
			}
		}
	}
	if len(seen) < 5 {
		t.Fatalf("only %d words were seen", len(seen))
	}
}

func TestFewCharactersAreThoseThatTheWholeNetworkKnows(t *testing.T) {
	net, err := Load(build(t, "ABCDEFGH", small(9), rand.New(rand.NewPCG(1, 2))))
	if err != nil {
		t.Fatal(err)
	}
	if few := net.Only("GBX"); few.Alphabet() != "BG" || few.Knows("X") || !few.Knows("GB") {
		t.Fatalf("it knows %q", few.Alphabet())
	}
}
