package desk

import "testing"

func TestARoleMayDoAllThatTheOneBeforeItMay(t *testing.T) {
	for i, have := range Roles {
		for j, need := range Roles {
			if got, want := have.Allows(need), i >= j; got != want {
				t.Errorf("%s may do what needs %s: %v, want %v", have, need, got, want)
			}
		}
	}
}

func TestAnUnknownRoleMayDoNothing(t *testing.T) {
	for _, have := range []Role{"", "root"} {
		for _, need := range append([]Role{""}, Roles...) {
			if have.Allows(need) {
				t.Errorf("%q may do what needs %q", have, need)
			}
		}
	}
	if Admin.Allows("") {
		t.Error("an admin may do what needs no role that is known")
	}
}
