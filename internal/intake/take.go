package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/batch"
	"realname/internal/failpoint"
	"realname/internal/review"
)

// taker takes the rows of one batch.
type taker struct {
	*Intake
	b       review.Batch
	archive *batch.Archive
	rows    map[string]int // an id of ours or of the tenant's -> the row that has it
}

func newTaker(in *Intake, b review.Batch, archive *batch.Archive) taker {
	return taker{Intake: in, b: b, archive: archive, rows: map[string]int{}}
}

// note remembers which members a row names.
func (t *taker) note(r batch.Row) {
	for _, c := range []batch.Column{batch.File, batch.FileBack} {
		t.archive.Name(r.Cells[c])
	}
}

// take stores a row's images and writes its submission. Its error is ours; what
// is wrong with the row is in the item.
func (t *taker) take(ctx context.Context, r batch.Row, problems []batch.Problem) (review.BatchItem, error) {
	item := review.BatchItem{Row: r.Number, ExternalID: storable(strings.TrimSpace(r.Cells[batch.ExternalID])), Reseller: storable(strings.TrimSpace(r.Cells[batch.Reseller]))}
	p, _ := t.parse(t.b, r)
	found := t.faults(r, problems)
	if len(found) == 0 {
		var err error
		if item.SubmissionID, item.AttemptID, found, err = t.submit(ctx, r, p); err != nil {
			return item, err
		}
	}
	if item.Faults = found; len(found) > 0 {
		item.Cells = cells(r)
	}
	return item, nil
}

// faults are what is wrong with a row by itself and beside the rows before it.
func (t *taker) faults(r batch.Row, problems []batch.Problem) []review.RowFault {
	var found []review.RowFault
	if len(r.Cells) > 0 { // else it could not be read, and nothing can be said of its cells
		_, found = t.parse(t.b, r)
	}
	for _, x := range problems {
		found = append(found, review.RowFault(x))
	}
	return append(found, t.twice(r)...)
}

// twice tells of a row whose id an earlier row has, and remembers the ids of this
// one. Of two rows about one submission, which is meant is not for us to choose.
func (t *taker) twice(r batch.Row) []review.RowFault {
	var found []review.RowFault
	for _, c := range []batch.Column{batch.ExternalID, batch.SubmissionID} {
		id := strings.TrimSpace(r.Cells[c])
		if id == "" {
			continue
		}
		key := string(c) + " " + strings.ToLower(id)
		if c == batch.ExternalID {
			key = string(c) + " " + id
		}
		if first, twice := t.rows[key]; twice {
			found = append(found, review.RowFault{Row: r.Number, Column: string(c), Code: string(c) + "_twice",
				ZH: fmt.Sprintf("编号与第 %d 行重复，请只保留一行", first), EN: fmt.Sprintf("row %d has the same id; keep one of the two", first)})
			continue
		}
		t.rows[key] = r.Number
	}
	return found
}

func cells(r batch.Row) map[string]string {
	m := map[string]string{}
	for c, v := range r.Cells {
		m[string(c)] = storable(v)
	}
	return m
}

// storable is a cell as a database takes it: what cannot be read must not
// keep its whole batch from ending.
func storable(cell string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(cell, "\ufffd"), "\x00", "\ufffd")
}

// submit writes the row as a new submission, or as the next attempt of the one
// that it names by submission_id or by the tenant's own id.
func (t *taker) submit(ctx context.Context, r batch.Row, p parsed) (submission, attempt string, found []review.RowFault, err error) {
	a := review.Attempt{ID: t.id("attempt", r.Number), State: review.Queued, CreatedAt: t.Now(), Bulk: true}
	before, err := t.before(ctx, p)
	if errors.Is(err, review.ErrNotFound) {
		return "", "", []review.RowFault{{Row: r.Number, Column: string(batch.SubmissionID), Code: "submission_unknown", ZH: "没有这个受理编号", EN: "there is no such submission"}}, nil
	}
	if err != nil {
		return "", "", nil, err
	}
	if before != nil {
		if slices.ContainsFunc(before.Attempts, func(old review.Attempt) bool { return old.ID == a.ID }) {
			return before.ID, a.ID, nil, nil // this very row was taken before
		}
		if p, found = t.complete(r, p, *before); len(found) > 0 {
			return "", "", found, nil
		}
	}
	a.Declared = p.declared
	if a.Documents, found, err = t.documents(ctx, r, p, a.ID); err != nil || len(found) > 0 {
		return "", "", found, err
	}
	if before != nil {
		return t.resubmit(ctx, r, *before, a)
	}
	if len(a.Documents) == 0 {
		return "", "", []review.RowFault{{Row: r.Number, Column: string(batch.File), Code: "file_missing", ZH: "新提交的一行必须有图片文件", EN: "a new submission needs a picture"}}, nil
	}
	sub := t.newSubmission(r, p, a)
	failpoint.Hit("batch-before-row")
	_, _, err = t.Store.Submit(ctx, t.b.Tenant, "batch-"+sub.ID, sha256.Sum256([]byte(sub.ID)), sub)
	failpoint.Hit("batch-after-row")
	return sub.ID, a.ID, nil, err
}

func (t *taker) newSubmission(r batch.Row, p parsed, a review.Attempt) review.Submission {
	profile, _ := t.Catalogue.Profile(t.b.Profile)
	now := t.Now()
	s := review.Submission{ID: t.id("submission", r.Number), Tenant: t.b.Tenant, SubjectRef: p.subject, ExternalID: p.external, Profile: t.b.Profile, CreatedAt: now,
		HoldAt: after(now, profile.HoldAfterDays), TimesOutAt: after(now, profile.UpstreamTimeoutDays)}
	a.Number, a.SubmissionID = 1, s.ID
	s.Attempts = []review.Attempt{a}
	return s
}

func after(now time.Time, days int) time.Time {
	if days <= 0 {
		return time.Time{}
	}
	return now.AddDate(0, 0, days)
}

// documents stores the row's images and checks their digest.
func (t *taker) documents(ctx context.Context, r batch.Row, p parsed, attempt string) ([]review.Document, []review.RowFault, error) {
	var list []review.Document
	for i, c := range []batch.Column{batch.File, batch.FileBack} {
		name := strings.TrimSpace(r.Cells[c])
		if name == "" {
			continue
		}
		doc := review.Document{ID: t.id("document-"+string(c), r.Number), Role: role(p, i), Extension: strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))}
		doc.BlobKey = path.Join(t.b.Tenant, attempt, doc.ID)
		if err := t.store(ctx, name, &doc); err != nil {
			var mine batch.Problem
			if errors.As(err, &mine) {
				fault := review.RowFault(mine)
				fault.Row, fault.Column = r.Number, string(c)
				return nil, []review.RowFault{fault}, nil
			}
			return nil, nil, err
		}
		if want := strings.TrimSpace(r.Cells[batch.SHA256]); c == batch.File && want != "" && !strings.EqualFold(want, doc.SHA256) {
			return nil, []review.RowFault{{Row: r.Number, Column: string(batch.SHA256), Code: "sha256_differs",
				ZH: "图片与摘要不符，文件可能放错或损坏", EN: "the picture is not the one of this digest; it may be the wrong file or damaged"}}, nil
		}
		list = append(list, doc)
	}
	return list, nil, nil
}

// store copies one member to storage while it is hashed and counted.
func (t *taker) store(ctx context.Context, name string, doc *review.Document) error {
	member, _, err := t.archive.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = member.Close() }()
	hash := sha256.New()
	m := &remembering{r: member}
	n, err := t.Blobs.Put(ctx, doc.BlobKey, io.TeeReader(m, hash), -1)
	doc.Size, doc.SHA256 = n, hex.EncodeToString(hash.Sum(nil))
	var told batch.Problem
	if m.failed != nil && !errors.As(m.failed, &told) {
		return batch.Problem{Code: "file_broken", ZH: "压缩包内的这个文件已损坏，请重新打包", EN: "this file of the archive is damaged; pack it again"}
	}
	return err
}

// remembering keeps why a member could not be read: that is the archive's fault,
// while a failing write is ours.
type remembering struct {
	r      io.Reader
	failed error
}

func (m *remembering) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	if err != nil && err != io.EOF {
		m.failed = err
	}
	return n, err
}

// role is what the first or second image of a type shows.
func role(p parsed, i int) review.Role {
	roles := append(p.kind.Roles[:len(p.kind.Roles):len(p.kind.Roles)], p.kind.Optional...)
	if i < len(roles) {
		return roles[i]
	}
	return review.BackSide
}

// id is the id that a thing of a row always has.
func (t *taker) id(what string, row int) string {
	return uuid.NewV5(uuid.FromStringOrNil(t.b.ID), fmt.Sprintf("%s-%d", what, row)).String()
}
