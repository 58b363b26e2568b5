package auth

import (
	"errors"
	"strings"
	"testing"
)

func TestAPasswordMatchesItsOwnHashOnly(t *testing.T) {
	hash, err := HashPassword("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if !CheckPassword(hash, "correct horse battery") {
		t.Error("the right password is refused")
	}
	for _, wrong := range []string{"", "correct horse batterz", strings.Repeat("a", 10_000)} {
		if CheckPassword(hash, wrong) {
			t.Errorf("a wrong password of %d characters is taken", len(wrong))
		}
	}
	if again, _ := HashPassword("correct horse battery"); again == hash {
		t.Error("two hashes of one password are equal: there is no salt")
	}
}

func TestNoPasswordMatchesNoHash(t *testing.T) {
	for _, hash := range []string{"", "x", passPrefix, passPrefix + "$", passPrefix + "!$!"} {
		if CheckPassword(hash, "") || CheckPassword(hash, "anything at all") {
			t.Errorf("the hash %q lets somebody in", hash)
		}
	}
}

func TestAPasswordOfWrongLengthIsRefused(t *testing.T) {
	for _, p := range []string{"", strings.Repeat("密", MinPassword-1), strings.Repeat("a", MaxPassword+1)} {
		if _, err := HashPassword(p); !errors.Is(err, ErrPasswordLength) {
			t.Errorf("%d bytes: %v", len(p), err)
		}
	}
	if _, err := HashPassword(strings.Repeat("密", MinPassword)); err != nil {
		t.Errorf("characters are counted as bytes: %v", err)
	}
}

func TestAOneTimePasswordIsNeverTheSame(t *testing.T) {
	a, hash := NewOneTime()
	b, _ := NewOneTime()
	if a == b || !CheckPassword(hash, a) || CheckPassword(hash, b) {
		t.Error("a one-time password does not match its own hash alone")
	}
}
