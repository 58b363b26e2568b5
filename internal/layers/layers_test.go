package layers

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layer gives each package its height: a package imports only from lower
// layers, with the exceptions in alsoAllowed. Adapters share a layer, so none
// imports another. A new package is entered here once, with a thought.
var layer = map[string]int{
	"internal/review": 0,

	"internal/failpoint": 1,
	"internal/desk":      1,
	"internal/text":      1,
	"internal/limit":     1,
	"internal/netguard":  1,
	"internal/vcode":     1,
	"internal/telemetry": 1,
	"internal/gather":    1,

	"internal/credential": 2,
	"internal/remote":     2,
	"internal/imaging":    2,

	"internal/rules":     3,
	"internal/authority": 3,

	"internal/batch":    4,
	"internal/verdict":  4,
	"internal/client":   4,
	"internal/chain":    4,
	"internal/mend":     4,
	"internal/evidence": 4,
	"internal/erase":    4,
	"internal/check":    4,
	"internal/reader":   4,

	"internal/amend":    5,
	"internal/examine":  5,
	"internal/pipeline": 5,
	"internal/sweep":    5,
	"internal/intake":   5,
	"internal/eval":     5,
	"internal/specimen": 5,

	// The adapters share a layer.
	"migrations":    6,
	"internal/auth": 6,

	"internal/authority/web":      6,
	"internal/authority/register": 6,

	"internal/blob":      6,
	"internal/bus":       6,
	"internal/invariant": 6,
	"internal/notify":    6,
	"internal/seal":      6,
	"internal/postgres":  7, // it keeps what notify declares

	"internal/httpapi": 7,
	"internal/console": 7, // beside httpapi: people with sessions, not programs with keys

	"internal/app": 8,

	"cmd/ingest":   9,
	"cmd/notifier": 9,
	"cmd/worker":   9,

	// One machine and tests stand beside the layers.
	"internal/devstack": 8,
	"internal/seed":     8,
	"internal/corpus":   8,
	"internal/demo":     9,
	"internal/testenv":  9,
	"cmd/realname":      10,
	"internal/layers":   0,
	"test/chaos":        10,
	"test/e2e":          10,
	"test/notices":      10,
	"test/console":      10,
	"examples/receiver": 0, // carried over into other programs: it imports nothing of ours
	"test/flow":         10,
}

// alsoAllowed are imports within a layer.
var alsoAllowed = map[string][]string{
	"internal/app/worker": {"internal/app"}, // the one service that links the OCR library
	"internal/reader/ocr": {"internal/reader/tess"},
}

// onlyFor says which packages may import a package at all.
var onlyFor = map[string][]string{
	"internal/devstack": {"cmd/realname", "internal/demo", "internal/testenv"},
	"internal/testenv":  {},
	"internal/seed":     {"cmd/realname"},
	"internal/specimen": {"cmd/realname", "internal/corpus", "internal/demo", "internal/eval"},
	"internal/demo":     {"cmd/realname"},
}

// standardOnly packages import nothing but the standard library.
var standardOnly = []string{"internal/review"}

type goPackage struct {
	ImportPath string
	Dir        string
	Doc        string
	Imports    []string
	GoFiles    []string
}

const module = "realname/"

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles", "realname/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		all = append(all, p)
	}
}

// height is the layer of a package or of the nearest package above it.
func height(path string) (int, bool) {
	for p := path; p != "."; p = parent(p) {
		if h, ok := layer[p]; ok {
			return h, true
		}
	}
	return 0, false
}

func parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "."
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range packages(t) {
		own, ok := height(p.ImportPath)
		if !ok {
			t.Errorf("%s has no layer: enter it in internal/layers", p.ImportPath)
		}
		for _, imported := range p.Imports {
			path, ours := strings.CutPrefix(imported, module)
			if !ours || strings.HasPrefix(path, p.ImportPath+"/") || slices.Contains(alsoAllowed[p.ImportPath], path) {
				continue
			}
			if h, ok := height(path); ok && h >= own {
				t.Errorf("%s (layer %d) imports %s (layer %d)", p.ImportPath, own, path, h)
			}
			if users, limited := onlyFor[path]; limited && !slices.Contains(users, p.ImportPath) {
				t.Errorf("%s imports %s, which is only for %v", p.ImportPath, path, users)
			}
		}
	}
}

func TestNounsImportTheStandardLibraryOnly(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains(standardOnly, p.ImportPath) {
			continue
		}
		for _, imported := range p.Imports {
			if strings.Contains(strings.Split(imported, "/")[0], ".") || strings.HasPrefix(imported, module) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 40 {
			t.Errorf("%s has no package doc that says what it is for", p.ImportPath)
		}
	}
}

// The places where a program can be made to end are not in what ships.
func TestShippedProgramsHaveNoFailpoints(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath == "internal/failpoint" && !slices.Equal(p.GoFiles, []string{"doc.go", "off.go"}) {
			t.Errorf("without its tag, %s is built from %v", p.ImportPath, p.GoFiles)
		}
	}
}

// The three services contain no embedded server and no test helper.
func TestServicesContainNoEmbeddedServer(t *testing.T) {
	forbidden := []string{"nats-io/nats-server", "versity/versitygw", "realname/internal/devstack", "realname/internal/testenv", "realname/internal/specimen"}
	for _, name := range []string{"ingest", "worker", "notifier"} {
		forbidden := forbidden
		if name != "worker" {
			forbidden = append(forbidden, "realname/internal/reader") // no native library meets the network there
		}
		out, err := exec.Command("go", "list", "-deps", "realname/cmd/"+name).Output()
		if err != nil {
			t.Fatalf("go list -deps cmd/%s: %v", name, err)
		}
		for _, f := range forbidden {
			if strings.Contains(string(out), f) {
				t.Errorf("cmd/%s contains %s", name, f)
			}
		}
	}
}
