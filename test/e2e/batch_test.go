package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"realname/internal/client"
	"realname/internal/demo"
	"realname/internal/review"
	"realname/internal/specimen"
)

// batchStory is a registrar's day: a batch as a spreadsheet program saves it, its
// results, the refused rows mended and sent again.
type batchStory struct {
	t    *testing.T
	r    *running
	tool string
	dir  string
}

// send runs the real tool; it returns what it printed and its exit code.
func (s *batchStory) send(archive []byte, arguments ...string) (string, int) {
	s.t.Helper()
	path := filepath.Join(s.dir, "batch.zip")
	if err := os.WriteFile(path, archive, 0o600); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(s.tool, append(append([]string{"submit", "--url", s.r.Stack.URL}, arguments...), path)...)
	cmd.Env = append(os.Environ(), "REALNAME_API_KEY="+s.r.Stack.Key)
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		s.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// items are the rows of the batch that was printed, by external id.
func (s *batchStory) items(printed string) map[string]batchRow {
	s.t.Helper()
	_, after, _ := strings.Cut(printed, "batch ")
	id, _, _ := strings.Cut(after, "\n")
	var b bytes.Buffer
	c := client.Client{URL: s.r.Stack.URL, Key: s.r.Stack.Key}
	if err := c.Fetch(s.t.Context(), "/v1/batches/"+id+"/items", &b); err != nil {
		s.t.Fatalf("%v; the tool printed:\n%s", err, printed)
	}
	rows := map[string]batchRow{}
	for d := json.NewDecoder(&b); d.More(); {
		var row batchRow
		if err := d.Decode(&row); err != nil {
			s.t.Fatal(err)
		}
		rows[row.ExternalID] = row
	}
	return rows
}

type batchRow struct {
	ExternalID   string            `json:"external_id"`
	SubmissionID string            `json:"submission_id"`
	AttemptID    string            `json:"attempt_id"`
	State        string            `json:"state"`
	Faults       []review.RowFault `json:"faults"`
}

// decidedOnce are the demo's items that one submission decides. What an issuing body
// says is no slip of a row: it may come late, and no correction makes it pass.
func decidedOnce() []demo.Item {
	return slices.DeleteFunc(demo.Items(time.Now()), func(i demo.Item) bool { return i.Attempts > 1 || i.Asked })
}

func TestARegistrarsDay(t *testing.T) {
	s := &batchStory{t: t, r: startAll(t), tool: program("realname"), dir: t.TempDir()}
	items := decidedOnce()
	var archive bytes.Buffer
	if err := demo.Pack(&archive, items); err != nil {
		t.Fatal(err)
	}
	if out, code := s.send(archive.Bytes(), "--dry-run"); code != 0 {
		t.Errorf("the dry run ends with %d:\n%s", code, out)
	}
	out, code := s.send(archive.Bytes())
	if code != 1 {
		t.Errorf("exit code %d, want 1: some are refused\n%s", code, out)
	}
	first := s.items(out)
	for _, i := range items {
		if got := first[i.Name]; got.State != string(i.Want) {
			t.Errorf("%s: %s %v, want %s", i.Name, got.State, got.Faults, i.Want)
		}
	}
	s.readable("results.csv")
	s.opensInAnOffice()
	again, _ := s.send(archive.Bytes())
	for id, row := range s.items(again) {
		if row.AttemptID != first[id].AttemptID {
			t.Errorf("%s: the same batch sent again made another attempt", id)
		}
	}
	s.mend(items, first)
}

// readable asks that a result opens as a table with as many cells in each line,
// none of which is run as a formula.
func (s *batchStory) readable(name string) {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	text, marked := strings.CutPrefix(string(data), "\ufeff")
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || len(lines) < 20 {
		s.t.Errorf("%s: %d lines, byte order mark %v: %v", name, len(lines), marked, err)
	}
	for _, line := range lines {
		for _, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+@\t\r") {
				s.t.Errorf("%s: a cell begins like a formula: %q", name, cell)
			}
		}
	}
}

// mend corrects each refused row as its registrant would, sends the batch of
// errors back, and asks that all of them pass as second attempts.
func (s *batchStory) mend(items []demo.Item, first map[string]batchRow) {
	t := s.t
	t.Helper()
	archive := s.mended(items)
	out, code := s.send(archive)
	if code != 0 {
		t.Errorf("after mending: exit code %d\n%s", code, out)
	}
	second := s.items(out)
	refused := 0
	for _, i := range items {
		if i.Want != review.Rejected {
			continue
		}
		refused++
		got := second[i.Name]
		if got.State != "approved" || got.SubmissionID != first[i.Name].SubmissionID || got.AttemptID == first[i.Name].AttemptID {
			t.Errorf("%s after mending: %+v, was %+v", i.Name, got, first[i.Name])
		}
	}
	if len(second) != refused {
		t.Errorf("%d rows came back, %d were refused", len(second), refused)
	}
}

// mended is errors.zip with every row corrected and, where the picture was at
// fault, a good picture beside it.
func (s *batchStory) mended(items []demo.Item) []byte {
	t := s.t
	t.Helper()
	byName := map[string]demo.Item{}
	for _, i := range items {
		byName[i.Name] = i
	}
	lines := s.errors()
	column := map[string]int{}
	for n, name := range lines[0] {
		column[name] = n
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, line := range lines[1:] {
		i := byName[line[column["external_id"]]]
		right := i.Specimen.Printed
		if !right.ExpiryDate.IsZero() {
			right.ExpiryDate = review.DateOf(time.Now()).AddDays(3000)
		}
		line[column["holder_name"]], line[column["credential_no"]] = right.Name, right.Number
		line[column["credential_type"]] = string(i.Specimen.Type)
		line[column["expiry_date"]] = right.ExpiryDate.String()
		if right.LongTerm {
			line[column["expiry_date"]] = "长期"
		}
		if len(i.Specimen.Faults) == 0 && i.Specimen.Role != review.EmblemSide && right == i.Specimen.Printed {
			continue // the picture is that of the last attempt
		}
		spec := i.Specimen
		spec.Printed, spec.Faults = right, nil
		if spec.Role == review.EmblemSide {
			spec.Role = review.PortraitSide
		}
		image, err := specimen.Draw(spec)
		if err != nil {
			t.Fatal(err)
		}
		line[column["file"]] = i.Name + ".jpg"
		f, _ := z.Create(i.Name + ".jpg")
		_, _ = f.Write(image)
	}
	manifest, _ := z.Create("manifest.csv")
	if err := csv.NewWriter(manifest).WriteAll(lines); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// errors is the manifest within errors.zip.
func (s *batchStory) errors() [][]string {
	s.t.Helper()
	z, err := zip.OpenReader(filepath.Join(s.dir, "errors.zip"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	f, err := z.Open("manifest.csv")
	if err != nil {
		s.t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		s.t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	return lines
}
