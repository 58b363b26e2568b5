package console

import (
	"fmt"
	"testing"
)

// Nobody takes the lines of all others, and who leaves makes room.
func TestOnePersonFollowsSoManyPagesOnly(t *testing.T) {
	var f followers
	joined := 0
	for range 2 * maxOwn {
		if f.join("eve") {
			joined++
		}
	}
	if joined != maxOwn {
		t.Errorf("one person follows %d pages", joined)
	}
	if !f.join("anna") {
		t.Error("the next person follows none")
	}
	f.leave("eve")
	if !f.join("eve") {
		t.Error("no page more after one was left")
	}
	for i := 0; f.join(fmt.Sprint(i)); i++ {
		joined++
	}
	if f.all != maxFollowers {
		t.Errorf("%d follow in all", f.all)
	}
	for range maxOwn {
		f.leave("eve")
	}
	if _, kept := f.own["eve"]; kept {
		t.Error("who follows nothing is kept")
	}
}
