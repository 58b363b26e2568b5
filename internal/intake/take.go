package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/batch"
	"realname/internal/review"
)

// taker takes the rows of one batch.
type taker struct {
	*Intake
	b         review.Batch
	archive   *batch.Archive
	used      map[string]bool // members that a row names
	externals map[string]int  // external id -> row
}

// note remembers which members a row names.
func (t *taker) note(r batch.Row) {
	for _, c := range []batch.Column{batch.File, batch.FileBack} {
		if name := r.Cells[c]; name != "" {
			t.used[strings.ToLower(name)] = true
		}
	}
}

// take stores a row's images and writes its submission. Its error is ours; what
// is wrong with the row is in the item.
func (t *taker) take(ctx context.Context, r batch.Row, problems []batch.Problem) (review.BatchItem, error) {
	item := review.BatchItem{Row: r.Number, ExternalID: strings.TrimSpace(r.Cells[batch.ExternalID]), Reseller: strings.TrimSpace(r.Cells[batch.Reseller])}
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
	_, found := t.parse(t.b, r)
	for _, x := range problems {
		found = append(found, review.RowFault(x))
	}
	external := strings.TrimSpace(r.Cells[batch.ExternalID])
	if first, twice := t.externals[external]; twice && external != "" {
		found = append(found, review.RowFault{Row: r.Number, Column: string(batch.ExternalID), Code: "external_id_twice",
			ZH: fmt.Sprintf("编号与第 %d 行重复", first), EN: fmt.Sprintf("row %d has the same id", first)})
	}
	t.externals[external] = r.Number
	return found
}

func cells(r batch.Row) map[string]string {
	m := map[string]string{}
	for c, v := range r.Cells {
		m[string(c)] = v
	}
	return m
}

// submit writes the row as a new submission, or as the next attempt of the one
// that it names by submission_id or by the tenant's own id.
func (t *taker) submit(ctx context.Context, r batch.Row, p parsed) (submission, attempt string, found []review.RowFault, err error) {
	a := review.Attempt{ID: t.id("attempt", r.Number), State: review.Queued, Declared: p.declared, CreatedAt: t.Now()}
	before, err := t.before(ctx, p)
	if errors.Is(err, review.ErrNotFound) {
		return "", "", []review.RowFault{{Row: r.Number, Column: string(batch.SubmissionID), Code: "submission_unknown", ZH: "没有这个受理编号", EN: "there is no such submission"}}, nil
	}
	if err != nil {
		return "", "", nil, err
	}
	if before != nil {
		for _, old := range before.Attempts {
			if old.ID == a.ID { // this very row was taken before
				return before.ID, a.ID, nil, nil
			}
		}
	}
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
	_, _, err = t.Store.Submit(ctx, t.b.Tenant, "batch-"+sub.ID, sha256.Sum256([]byte(sub.ID)), sub)
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

// before is the submission that a row resubmits, nil when it is a new one.
func (t *taker) before(ctx context.Context, p parsed) (*review.Submission, error) {
	var s review.Submission
	var err error
	switch {
	case p.submission != "":
		s, err = t.Store.Submission(ctx, t.b.Tenant, p.submission)
	case p.external != "":
		s, err = t.Store.SubmissionByExternalID(ctx, t.b.Tenant, p.external)
		if errors.Is(err, review.ErrNotFound) {
			return nil, nil
		}
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// resubmit writes the next attempt. Images that were not sent again are those of
// the last attempt; nothing changed at all is told, not reviewed again.
func (t *taker) resubmit(ctx context.Context, r batch.Row, before review.Submission, a review.Attempt) (string, string, []review.RowFault, error) {
	last := before.Attempts[len(before.Attempts)-1]
	a.Documents = last.CarryOver(a.Documents, func(i int) string { return t.id(fmt.Sprintf("carried-%d", i), r.Number) })
	if last.RepeatedBy(a, t.Now()) {
		return "", "", []review.RowFault{{Row: r.Number, Code: "unchanged", ZH: "资料与上次提交完全相同，未重新审核；请按上次的处理建议修改后再提交",
			EN: "nothing differs from the last submission, so it was not reviewed again; mend what the last outcome names"}}, nil
	}
	a, err := t.Store.Resubmit(ctx, t.b.Tenant, before.ID, a)
	if fault, ok := noAttempt(err); ok {
		fault.Row = r.Number
		return "", "", []review.RowFault{fault}, nil
	}
	return before.ID, a.ID, nil, err
}

// noAttempt tells why a submission takes no further attempt just now.
func noAttempt(err error) (review.RowFault, bool) {
	var soon review.TooSoonError
	switch {
	case errors.Is(err, review.ErrOpenAttempt):
		return review.RowFault{Code: "attempt_open", ZH: "上一次提交正在审核，请等结果出来后再提交", EN: "the last attempt is being reviewed just now; submit again when it is decided"}, true
	case errors.Is(err, review.ErrTriesSpent):
		return review.RowFault{Code: "attempts_spent", ZH: "提交次数已用完，请联系注册商处理", EN: "no attempt is left for this submission; ask the registrar"}, true
	case errors.As(err, &soon):
		at := soon.Until.In(review.Shanghai).Format("2006-01-02 15:04")
		return review.RowFault{Code: "attempt_too_soon", ZH: "距上次被拒的时间太短，请在 " + at + "（北京时间）之后提交", EN: "too soon after the last refusal; submit after " + at + " (Beijing time)"}, true
	}
	return review.RowFault{}, false
}

// documents stores the row's images and checks their digest.
func (t *taker) documents(ctx context.Context, r batch.Row, p parsed, attempt string) ([]review.Document, []review.RowFault, error) {
	var list []review.Document
	for i, c := range []batch.Column{batch.File, batch.FileBack} {
		name := r.Cells[c]
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
