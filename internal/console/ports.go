package console

import (
	"context"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

// People knows who signs in and what they may do.
type People interface {
	User(ctx context.Context, login string) (desk.User, error)
	Places(ctx context.Context, userID string) ([]desk.Place, error)
	Members(ctx context.Context, tenant string) ([]desk.Member, error)
	// Invite reports whether the person is new: only then the password counts.
	Invite(ctx context.Context, tenant, actor string, u desk.User, role desk.Role) (fresh bool, err error)
	// SetRole with an empty role ends the membership: desk.ErrLastAdmin.
	SetRole(ctx context.Context, tenant, actor, userID string, role desk.Role) error
	SetPassword(ctx context.Context, u desk.User, keep [32]byte) error
	ResetPassword(ctx context.Context, tenant, actor string, u desk.User) error
	OpenSession(ctx context.Context, hash [32]byte, u desk.User, tenant string, until time.Time) error
	// Session is review.ErrNotFound when it has ended or was idle for so long.
	Session(ctx context.Context, hash [32]byte, idle time.Duration) (desk.Session, error)
	MoveSession(ctx context.Context, v desk.Session, tenant string) error
	CloseSession(ctx context.Context, hash [32]byte) error
}

// Cases are the submissions as people look for them.
type Cases interface {
	Submissions(ctx context.Context, tenant string, f desk.Filter) (desk.Page, error)
	// Stock counts what stands where, each up to one more than desk.CountedTo.
	Stock(ctx context.Context, tenant string, standings []desk.Standing) (map[desk.Standing]int, error)
	Submission(ctx context.Context, tenant, id string) (review.Submission, error)
	DeliveriesOf(ctx context.Context, tenant, submissionID string) ([]desk.Delivery, error)
	AuditOf(ctx context.Context, tenant string, subjects []string, limit int) ([]review.AuditEntry, error)
}
