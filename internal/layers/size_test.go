package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// The most lines that a file, a function and a service's main may have.
const (
	maxFile     = 400
	maxFunction = 80
	maxMain     = 40
)

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if ast.IsGenerated(f) {
				continue
			}
			checkSizes(t, fset, f, p.ImportPath+"/"+name)
		}
	}
}

func checkSizes(t *testing.T, fset *token.FileSet, f *ast.File, path string) {
	t.Helper()
	lines := fset.File(f.Pos()).LineCount()
	if lines > maxFile {
		t.Errorf("%s has %d lines, more than %d: which two ideas does it hold?", path, lines, maxFile)
	}
	service := strings.HasPrefix(path, "cmd/") && !strings.HasPrefix(path, "cmd/realname")
	if service && lines > maxMain {
		t.Errorf("%s has %d lines, more than %d: wiring belongs in internal/app", path, lines, maxMain)
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > maxFunction {
			t.Errorf("%s: %s has %d lines, more than %d", path, fn.Name.Name, n, maxFunction)
		}
	}
}
