package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// Reveal lets a session see a submission's images and whole numbers for a while;
// what for is in the audit trail before anything is seen. review.ErrNotFound.
func (s *Store) Reveal(ctx context.Context, v desk.Session, submissionID, purpose string) error {
	err := s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `insert into reveals (session, submission_id, tenant_id, purpose, until)
			select $1, id, tenant_id, $4, now() + $5::interval from submissions where id = $2 and tenant_id = $3
			on conflict (session, submission_id) do update set purpose = excluded.purpose, until = excluded.until`,
			v.Hash[:], submissionID, v.Tenant, purpose, desk.RevealLife)
		if err == nil && tag.RowsAffected() == 0 {
			err = review.ErrNotFound
		}
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "identity.reveal", submissionID, map[string]string{"purpose": purpose})
	})
	if err != nil {
		return fmt.Errorf("reveal: %w", err)
	}
	return nil
}

// Revealed returns until when a session sees a submission whole; zero for not.
func (s *Store) Revealed(ctx context.Context, v desk.Session, submissionID string) (time.Time, error) {
	var until *time.Time
	err := s.of(v.Tenant).QueryRow(ctx, `select max(until) from reveals where session = $1 and submission_id = $2 and tenant_id = $3 and until > now()`,
		v.Hash[:], submissionID, v.Tenant).Scan(&until)
	if err != nil {
		return time.Time{}, fmt.Errorf("read reveal: %w", notFound(err))
	}
	return orZero(until), nil
}

// OpenPicture returns a document that the session may see, because its submission
// was revealed or its attempt was taken, and writes first that it is seen:
// review.ErrNotFound for any other document.
func (s *Store) OpenPicture(ctx context.Context, v desk.Session, documentID string) (desk.Picture, error) {
	var p desk.Picture
	err := s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		var purpose string
		err := tx.QueryRow(ctx, `
			select d.id::text, d.role, d.extension, d.size, d.sha256, d.blob_key, a.id::text, a.submission_id::text,
				coalesce((select purpose from reveals where session = $3 and submission_id = a.submission_id and until > now()), $5)
			from documents d join attempts a on a.id = d.attempt_id
			where d.id = $1 and d.tenant_id = $2 and (
				exists (select from reveals where session = $3 and submission_id = a.submission_id and until > now())
				or exists (select from claims where attempt_id = a.id and user_id = $4 and until > now()))`,
			documentID, v.Tenant, v.Hash[:], v.UserID, desk.PurposeManual).
			Scan(&p.ID, &p.Role, &p.Extension, &p.Size, &p.SHA256, &p.BlobKey, &p.AttemptID, &p.SubmissionID, &purpose)
		if err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "document.view", p.AttemptID, map[string]string{"purpose": purpose, "document": p.ID})
	})
	if err != nil {
		return p, fmt.Errorf("open picture: %w", err)
	}
	return p, nil
}

// SecondPerson reports whether decisions of a tenant need two people.
func (s *Store) SecondPerson(ctx context.Context, tenant string) (on bool, err error) {
	if err = s.of(tenant).QueryRow(ctx, `select second_person from tenants where id = $1`, tenant).Scan(&on); err != nil {
		return false, fmt.Errorf("read setting: %w", notFound(err))
	}
	return on, nil
}

// SetSecondPerson sets whether decisions of a tenant need two people.
func (s *Store) SetSecondPerson(ctx context.Context, v desk.Session, on bool) error {
	return s.of(v.Tenant).inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `update tenants set second_person = $2 where id = $1`, v.Tenant, on); err != nil {
			return fmt.Errorf("write setting: %w", err)
		}
		return audit(ctx, tx, v.Tenant, v.Actor(), "setting.second_person", v.UserID, map[string]string{"on": fmt.Sprint(on)})
	})
}
