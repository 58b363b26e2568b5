package httpapi

import (
	"encoding/json"
	"strings"
	"testing"
)

// The description names exactly the routes that there are, and every problem
// status that they can answer.
func TestTheDescriptionMatchesTheRoutes(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]struct {
			Responses map[string]any `json:"responses"`
			Security  []any          `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	for _, r := range newWorld(t).routes() {
		name := r.method + " " + r.pattern
		if !described[name] {
			t.Errorf("%s is not described", name)
		}
		delete(described, name)
		operation := doc.Paths[r.pattern][strings.ToLower(r.method)]
		if secured := len(operation.Security) > 0; secured != (r.scope != open) {
			t.Errorf("%s: described as secured: %v", name, secured)
		}
		if r.scope.name == "" {
			t.Errorf("%s has no scope", name)
		}
	}
	for name := range described {
		t.Errorf("%s is described and does not exist", name)
	}
}

func FuzzDecodeJSON(f *testing.F) {
	f.Add(goodJSON)
	f.Add(`{"declared":{"name":"\ud800"}}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, s string) {
		var j submissionJSON
		if err := decodeJSON(strings.NewReader(s), 1<<16, &j); err == nil {
			w := &Server{Catalogue: catalogue{}}
			_, _ = w.declared(j.Declared) // must not panic
		}
	})
}

func FuzzExtension(f *testing.F) {
	for _, s := range []string{"a.jpg", `C:\x\b.JPEG`, "../../etc/passwd", ".", "a.tar.gz", "证件.jpg\x00.png"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ext := extension(s); len(ext) > 8 || strings.ContainsAny(ext, "./\\\x00 ") {
			t.Errorf("%q gave %q", s, ext)
		}
	})
}
