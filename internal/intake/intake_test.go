package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/rs/zerolog"

	"realname/internal/batch"
	"realname/internal/blob"
	"realname/internal/intake"
	"realname/internal/pipeline"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const tenant = "acme"

// fixture is an intake on a real database and a real object store.
type fixture struct {
	*intake.Intake
	t     *testing.T
	store *postgres.Store
	blobs *blob.Store
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	b := testenv.S3(t)
	blobs, err := blob.New(blob.Config{Endpoint: b.Address, Bucket: b.Name, AccessKey: b.AccessKey, SecretKey: b.SecretKey, Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, store: postgres.New(testenv.Postgres(t)), blobs: blobs}
	f.must(blobs.EnsureBucket(t.Context()))
	f.must(f.store.EnsureTenant(t.Context(), tenant, "Acme"))
	f.Intake = &intake.Intake{Store: f.store, Blobs: blobs, Catalogue: rules.Default(), Limits: batch.DefaultLimits, Lease: time.Minute, Now: time.Now, Log: zerolog.Nop()}
	return f
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

const head = "external_id,domain,holder_type,name,type,number,issued,file\n"

// archive packs a manifest with pictures, each of which holds its own name.
func archive(manifest string, files ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("manifest.csv")
	_, _ = w.Write([]byte(manifest))
	for _, name := range files {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		_, _ = w.Write([]byte("picture " + name))
	}
	_ = z.Close()
	return b.Bytes()
}

// receive stores an archive as the API does.
func (f *fixture) receive(data []byte) review.Batch {
	f.t.Helper()
	return f.receiveAs(tenant, data, int64(len(data)))
}

// receiveAs stores it for a tenant, as if it had that size.
func (f *fixture) receiveAs(tenant string, data []byte, size int64) review.Batch {
	f.t.Helper()
	sum := sha256.Sum256(data)
	b := review.Batch{ID: uuid.Must(uuid.NewV7()).String(), Tenant: tenant, Profile: "default", Size: size, SHA256: hex.EncodeToString(sum[:]), CreatedAt: time.Now()}
	b.BlobKey = tenant + "/batches/" + b.ID
	_, err := f.blobs.Put(f.t.Context(), b.BlobKey, bytes.NewReader(data), int64(len(data)))
	f.must(err)
	b, _, err = f.store.CreateBatch(f.t.Context(), b)
	f.must(err)
	return b
}

// read claims and reads the batch, and returns it with its rows.
func (f *fixture) read(id string) (review.Batch, []review.BatchItem) {
	f.t.Helper()
	b, err := f.store.ClaimBatch(f.t.Context(), time.Minute, false)
	f.must(err)
	f.must(f.Read(f.t.Context(), b))
	return f.result(id)
}

func (f *fixture) result(id string) (review.Batch, []review.BatchItem) {
	f.t.Helper()
	b, err := f.store.Batch(f.t.Context(), tenant, id)
	f.must(err)
	items, err := f.store.BatchItems(f.t.Context(), tenant, id, 0, 100)
	f.must(err)
	return b, items
}

func codes(list []review.RowFault) string {
	var all []string
	for _, x := range list {
		all = append(all, x.Column+":"+x.Code)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// One bad row never sinks the batch, and each tells its column and what is wrong.
func TestEachRowIsTakenOrTellsWhy(t *testing.T) {
	f := newFixture(t)
	manifest := head +
		"a,a.example,企业,样本甲公司,营业执照,91440300MA5EXAMP0C,44927,a.jpg\n" +
		"b,b.example,企业,样本乙公司,YYZZ,9.144E+17,2020-01-01,a.jpg\n" +
		"c,c.example,猫,样本丙公司,狗,91440300MA5EXAMP0C,someday,a.jpg\n" +
		"d,d.example,个人,样本丁,SFZ,11010519491231002X,,missing.jpg\n" +
		"e,e.example,个人,样本戊,SFZ,11010519491231002X,,\n" +
		"a,f.example,企业,样本己公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n" +
		"g,g.example,个人,样本庚,SFZ,not a number,,g.jpg\n"
	b := f.receive(archive(manifest, "a.jpg", "g.jpg", "unused.jpg"))
	b, items := f.read(b.ID)
	want := []string{"", "credential_no:number_lost_digits", "credential_type:type_unknown holder_type:holder_type_unknown issue_date:date_unknown",
		"file:file_missing", "file:file_missing", "external_id:external_id_twice", ""}
	for i, item := range items {
		if got := codes(item.Faults); got != want[i] || (item.SubmissionID != "") != (want[i] == "") {
			t.Errorf("row %d: %q (submission %q), want %q", item.Row, got, item.SubmissionID, want[i])
		}
	}
	if b.State != review.BatchRead || len(items) != len(want) || b.Counts.Rows != 7 || b.Counts.Faulty != 5 || b.Counts.Open != 2 {
		t.Errorf("%s, %d items, %+v", b.State, len(items), b.Counts)
	}
	if got := codes(b.Faults); got != ":files_unused" {
		t.Errorf("the batch's own faults: %q", got)
	}
	if d := items[0].Declared.IssueDate.String(); d != "2023-01-01" {
		t.Errorf("the spreadsheet's day 44927 was read as %s", d)
	}
	if _, err := f.blobs.Get(t.Context(), b.BlobKey); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("the archive is still there: %v", err)
	}
}

// dying fails at the n-th saved row, as a reader that is killed there.
type dying struct {
	intake.Store
	left int
}

var errDied = errors.New("died")

func (d *dying) SaveItem(ctx context.Context, b review.Batch, i review.BatchItem, lease time.Duration) error {
	if d.left--; d.left < 0 {
		return errDied
	}
	return d.Store.SaveItem(ctx, b, i, lease)
}

// Whoever goes on after a reader that died takes every row exactly once, also the
// one that was submitted and not yet noted.
func TestAReaderThatDiesIsFollowedByOneThatGoesOn(t *testing.T) {
	f := newFixture(t)
	manifest := head
	for _, id := range []string{"a", "b", "c", "d"} {
		manifest += id + "," + id + ".example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n"
	}
	b := f.receive(archive(manifest, "a.jpg"))
	for rows := range 4 {
		claimed, err := f.store.ClaimBatch(t.Context(), 0, false) // the lease is over at once
		f.must(err)
		broken := *f.Intake
		broken.Store = &dying{Store: f.store, left: min(rows, 1)}
		if err := broken.Read(t.Context(), claimed); !errors.Is(err, errDied) {
			t.Fatalf("after %d rows: %v", rows, err)
		}
		f.must(f.store.ExpireBatch(t.Context(), b.ID))
	}
	got, items := f.read(b.ID)
	seen := map[string]bool{}
	for _, i := range items {
		seen[i.SubmissionID] = true
		if s, err := f.store.Submission(t.Context(), tenant, i.SubmissionID); err != nil || len(s.Attempts) != 1 {
			t.Errorf("row %d: %d attempts, %v", i.Row, len(s.Attempts), err)
		}
	}
	if len(items) != 4 || len(seen) != 4 || got.Counts.Open != 4 {
		t.Errorf("%d items of %d submissions: %+v", len(items), len(seen), got.Counts)
	}
}

// A reader whose batch was taken over writes nothing more.
func TestAStalledReaderIsFenced(t *testing.T) {
	f := newFixture(t)
	b := f.receive(archive(head+"a,a.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n", "a.jpg"))
	stalled, err := f.store.ClaimBatch(t.Context(), 0, false)
	f.must(err)
	f.must(f.store.ExpireBatch(t.Context(), b.ID))
	f.read(b.ID)
	if err := f.store.FinishBatch(t.Context(), stalled); !errors.Is(err, review.ErrFenced) {
		t.Errorf("finish: %v", err)
	}
	if err := f.store.SaveItem(t.Context(), stalled, review.BatchItem{Row: 9}, time.Minute); !errors.Is(err, review.ErrFenced) {
		t.Errorf("save: %v", err)
	}
}

func TestAnArchiveThatCannotBeReadIsRefusedNotRetried(t *testing.T) {
	f := newFixture(t)
	whole := archive(head+"a,a.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n", "a.jpg")
	for code, data := range map[string][]byte{"archive_broken": []byte("no archive"), "manifest_missing": archive("")[:0], "manifest_empty": archive("")} {
		if code == "manifest_missing" {
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			_, _ = z.Create("picture.jpg")
			_ = z.Close()
			data = b.Bytes()
		}
		b, items := f.read(f.receive(data).ID)
		if b.State != review.BatchRefused || len(items) != 0 || len(b.Faults) != 1 || b.Faults[0].Code != code {
			t.Errorf("%s: %s %+v", code, b.State, b.Faults)
		}
	}
	damaged := bytes.Replace(whole, []byte("picture a.jpg"), []byte("picture b.jpg"), 1) // its checksum no longer fits
	if b, items := f.read(f.receive(damaged).ID); b.State != review.BatchRead || len(items) != 1 || codes(items[0].Faults) != "file:file_broken" {
		t.Errorf("a damaged member: %s %+v", b.State, items)
	}
}

// refuse decides an attempt as a worker does.
func (f *fixture) refuse(attempt string) {
	f.t.Helper()
	c, err := f.store.Claim(f.t.Context(), attempt, "w", time.Minute)
	f.must(err)
	_, err = f.store.Record(f.t.Context(), []pipeline.Decision{{AttemptID: attempt, Epoch: c.Epoch, Outcome: review.Outcome{Kind: review.Rejected, RuleSet: "r",
		Primary: review.CredentialTypeOrNumberInvalid, Reasons: []review.Reason{review.CredentialTypeOrNumberInvalid}}}})
	f.must(err)
}

// The same archive is the same batch; a row that repeats a submission's data is
// told so; mended data become its second attempt, with the image of the first.
func TestARowOfAKnownIDIsTheNextAttempt(t *testing.T) {
	f := newFixture(t)
	row := "a,a.example,企业,样本公司,YYZZ,91440300MA5EXAMP0%s,2020-01-01,%s\n"
	line := func(last, file string) string {
		return strings.Replace(strings.Replace(row, "%s", last, 1), "%s", file, 1)
	}
	data := archive(head+line("D", "a.jpg"), "a.jpg")
	first := f.receive(data)
	_, before := f.read(first.ID)
	if again := f.receive(data); again.ID != first.ID {
		t.Errorf("the same archive became batch %s, was %s", again.ID, first.ID)
	}
	f.refuse(before[0].AttemptID)
	if _, items := f.read(f.receive(archive(head + line("D", ""))).ID); codes(items[0].Faults) != ":unchanged" {
		t.Errorf("unchanged: %+v", items[0].Faults)
	}
	_, after := f.read(f.receive(archive(head + line("C", ""))).ID)
	s, err := f.store.Submission(t.Context(), tenant, before[0].SubmissionID)
	f.must(err)
	if after[0].SubmissionID != s.ID || len(s.Attempts) != 2 || s.Attempts[1].Documents[0].SHA256 != s.Attempts[0].Documents[0].SHA256 {
		t.Errorf("%+v of %+v", after[0], s)
	}
}

// A row that cannot be read is told so, and nothing else of it; what is sent again
// while it waits for its review is told to wait.
func TestABrokenRowAndARowThatIsInReviewSayOneThing(t *testing.T) {
	f := newFixture(t)
	row := "a,a.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n"
	_, items := f.read(f.receive(archive(head+"x,\"y,z\n"+row+",,,,,,,a.jpg\n", "a.jpg")).ID)
	want := []string{":csv_broken", "", "credential_no:cell_empty credential_type:cell_empty holder_name:cell_empty holder_type:cell_empty subject_ref:cell_empty"}
	for i, item := range items {
		if got := codes(item.Faults); got != want[i] {
			t.Errorf("row %d: %q, want %q", item.Row, got, want[i])
		}
	}
	if _, items := f.read(f.receive(archive(head+row, "a.jpg")).ID); codes(items[0].Faults) != ":attempt_open" {
		t.Errorf("%+v", items[0].Faults)
	}
}

// Cells that no database takes are told as what they are, and the batch ends.
func TestCellsThatNobodyCanStoreAreNamed(t *testing.T) {
	f := newFixture(t)
	manifest := head + "a\x00,a.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n" +
		"b,b.example,企业,样本\x00公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n" +
		"c,c.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n"
	manifest += strings.Repeat("\n", 70_000) + "d\xff\xfe,d.example,企业,样本\xff公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n"
	b, items := f.read(f.receive(archive(manifest, "a.jpg")).ID)
	want := []string{"external_id:cell_long", "holder_name:cell_long", "", "external_id:cell_long holder_name:cell_long"}
	for i, item := range items {
		if got := codes(item.Faults); got != want[i] {
			t.Errorf("row %d: %q, want %q", item.Row, got, want[i])
		}
	}
	if b.State != review.BatchRead || len(items) != 4 {
		t.Errorf("%s, %d items", b.State, len(items))
	}
}

// A manifest with too many rows is refused whole: nothing of it was taken.
func TestATooLongManifestLeavesNothingBehind(t *testing.T) {
	f := newFixture(t)
	f.Limits.Rows = 2
	row := ",x.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n"
	b, items := f.read(f.receive(archive(head+row+row+row, "a.jpg")).ID)
	if b.State != review.BatchRefused || len(items) != 0 || codes(b.Faults) != ":manifest_rows" {
		t.Errorf("%s, %d rows were taken, %+v", b.State, len(items), b.Faults)
	}
}

// A row that names a submission says only what changes; what the manifest has no
// column for stays, and one submission has one row.
func TestARowOfASubmissionSaysOnlyWhatChanges(t *testing.T) {
	f := newFixture(t)
	const more = "external_id,domain,holder_type,name,type,number,issued,email,file\n"
	_, items := f.read(f.receive(archive(more+"a,a.example,企业,样本公司,YYZZ,91440300MA5EXAMP0D,2020-01-01,h@a.example,a.jpg\n", "a.jpg")).ID)
	id := items[0].SubmissionID
	_, items = f.read(f.receive(archive("submission_id,number,issued\n" + id + ",91440300MA5EXAMP0C,\n" + strings.ToUpper(id) + ",1,\nnobody,1,\n")).ID)
	want := []string{"", "submission_id:submission_id_twice", "submission_id:submission_unknown"}
	for i, item := range items {
		if got := codes(item.Faults); got != want[i] {
			t.Errorf("row %d: %q, want %q", item.Row, got, want[i])
		}
	}
	s, err := f.store.Submission(t.Context(), tenant, id)
	f.must(err)
	first, last := s.Attempts[0], s.Attempts[len(s.Attempts)-1]
	wanted := first.Declared
	wanted.Number, wanted.IssueDate = "91440300MA5EXAMP0C", review.Date{} // an empty cell that may be empty says so
	if len(s.Attempts) != 2 || last.Declared != wanted || last.Documents[0].SHA256 != first.Documents[0].SHA256 {
		t.Errorf("%d attempts, the last declares %+v", len(s.Attempts), last.Declared)
	}
}

// The tenant's own id of one domain is not taken for another's.
func TestAnIDOfAnotherDomainIsNamed(t *testing.T) {
	f := newFixture(t)
	row := "a,%s.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,a.jpg\n"
	f.read(f.receive(archive(head+strings.Replace(row, "%s", "first", 1), "a.jpg")).ID)
	if _, items := f.read(f.receive(archive(head+strings.Replace(row, "%s", "second", 1), "a.jpg")).ID); codes(items[0].Faults) != "subject_ref:subject_differs" {
		t.Errorf("%+v", items[0])
	}
}

// A file that is not named exactly as in the archive is found all the same, for the
// dry run and for the service; one file may serve many rows.
func TestOneFileOfAFolderServesManyRows(t *testing.T) {
	f := newFixture(t)
	manifest := head + "a,a.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01, 图片\\A.JPG \n" +
		"b,b.example,企业,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01 00:00:00,./图片/a.jpg\n"
	data := archive(manifest, "图片/a.jpg")
	report, err := intake.Inspect(bytes.NewReader(data), int64(len(data)), "", rules.Default(), batch.DefaultLimits)
	if err != nil || report.Rows != 2 || len(report.Faults) != 0 {
		t.Errorf("the dry run: %+v %v", report, err)
	}
	b, items := f.read(f.receive(data).ID)
	if len(b.Faults) != 0 || len(items) != 2 || len(items[0].Faults)+len(items[1].Faults) != 0 || items[1].Declared.IssueDate.String() != "2020-01-01" {
		t.Errorf("%+v %+v", b.Faults, items)
	}
}

// What --dry-run says is what the service would find.
func TestInspectionFindsWhatTheIntakeWould(t *testing.T) {
	data := archive(head+"a,a.example,猫,样本公司,YYZZ,91440300MA5EXAMP0C,2020-01-01,b.jpg\n", "a.jpg")
	r, err := intake.Inspect(bytes.NewReader(data), int64(len(data)), "", rules.Default(), batch.DefaultLimits)
	if err != nil || r.Rows != 1 || r.Faulty != 1 || codes(r.Faults) != ":files_unused file:file_missing holder_type:holder_type_unknown" {
		t.Errorf("%+v %v", r, err)
	}
}
