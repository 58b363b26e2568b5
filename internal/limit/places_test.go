package limit

import "testing"

// Rule: one tenant never takes the places of all, and a place that is left is free once.
func TestOneTenantLeavesPlacesForOthers(t *testing.T) {
	p := &Places{All: 3, Each: 2}
	leave, ok := p.Take("a")
	if !ok {
		t.Fatal("no place in an empty house")
	}
	if _, ok := p.Take("a"); !ok {
		t.Error("no second place of two")
	}
	if _, ok := p.Take("a"); ok {
		t.Error("a third place of two")
	}
	if _, ok := p.Take("b"); !ok {
		t.Error("none left for another tenant")
	}
	if _, ok := p.Take("c"); ok {
		t.Error("a fourth place of three")
	}
	leave()
	leave()
	if _, ok := p.Take("c"); !ok {
		t.Error("a place that was left is not free")
	}
	if _, ok := p.Take("c"); ok {
		t.Error("leaving twice made two places")
	}
	if leave, ok := (*Places)(nil).Take("x"); !ok || leave == nil {
		t.Error("without a bound nobody gets in")
	}
}
