package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestNumbersAreJudgedALineEach(t *testing.T) {
	var out bytes.Buffer
	all, valid, err := judgeNumbers(strings.NewReader("91440300MA5EXAMP0C,样本公司\n91440300MA5EXAMPOC\n9144\n"), &out, []string{"uscc"})
	if err != nil || all != 3 || valid != 1 {
		t.Fatalf("%d of %d, %v", valid, all, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{"valid", "surely meant: 17: O→0", "length"} {
		if !strings.Contains(lines[i], want) || strings.Contains(lines[i], "MA5EXAMP") {
			t.Errorf("line %d: %q, want %s and no number", i+1, lines[i], want)
		}
	}
}
