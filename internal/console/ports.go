package console

import (
	"context"
	"io"
	"net/url"
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
	// Recognise is review.ErrNotFound for whom nobody has given a place.
	Recognise(ctx context.Context, i desk.Identity) (desk.User, error)
	SetPassword(ctx context.Context, u desk.User, keep [32]byte) error
	ResetPassword(ctx context.Context, tenant, actor string, u desk.User) error
	OpenSession(ctx context.Context, hash [32]byte, u desk.User, tenant string, until time.Time) error
	// Session is review.ErrNotFound when it has ended or was idle for so long.
	Session(ctx context.Context, hash [32]byte, idle time.Duration) (desk.Session, error)
	MoveSession(ctx context.Context, v desk.Session, tenant string) error
	CloseSession(ctx context.Context, hash [32]byte) error
}

// Provider vouches for people by OpenID Connect.
type Provider interface {
	// Ask gives the address to go to and the secret that the browser keeps meanwhile.
	Ask(ctx context.Context) (address, secret string, err error)
	// Vouch is desk.ErrStale or desk.ErrRefused; any other error is not the person's.
	Vouch(ctx context.Context, secret string, answer url.Values) (desk.Identity, error)
	// Leave is where one signs out of the provider too; empty when there is no such place.
	Leave() string
}

// Keys are the API keys of a tenant. What is not the tenant's is review.ErrNotFound.
type Keys interface {
	Keys(ctx context.Context, tenant string) ([]review.APIKey, error)
	Key(ctx context.Context, tenant, id string) (review.APIKey, error)
	MakeKey(ctx context.Context, v desk.Session, k review.APIKey) error
	// SucceedKey keeps the successor of a key, which works beside it until then.
	SucceedKey(ctx context.Context, v desk.Session, old string, successor review.APIKey, until time.Time) error
	EndKey(ctx context.Context, v desk.Session, id string) error
}

// Cases are the submissions as people look for them.
type Cases interface {
	Submissions(ctx context.Context, tenant string, f desk.Filter) (desk.Page, error)
	// Stock counts what stands where, each up to one more than desk.CountedTo.
	Stock(ctx context.Context, tenant string, standings []desk.Standing) (map[desk.Standing]int, error)
	Submission(ctx context.Context, tenant, id string) (review.Submission, error)
	DeliveriesOf(ctx context.Context, tenant, submissionID string) ([]desk.Delivery, error)
	SavedFilters(ctx context.Context, v desk.Session) ([]desk.SavedFilter, error)
	// SaveFilter is desk.ErrTooMany when the person keeps desk.MaxFilters others.
	SaveFilter(ctx context.Context, v desk.Session, f desk.SavedFilter) error
	DropFilter(ctx context.Context, v desk.Session, id string) error
	AuditOf(ctx context.Context, tenant string, subjects []string, limit int) ([]review.AuditEntry, error)
}

// Desk is where people decide and see what is hidden.
type Desk interface {
	Queue(ctx context.Context, tenant string, limit int) ([]desk.QueueRow, error)
	// TakeNext takes the most urgent attempt: review.ErrNotFound for none.
	TakeNext(ctx context.Context, v desk.Session) (attemptID string, err error)
	// Take is desk.ErrTaken when somebody else is at it.
	Take(ctx context.Context, v desk.Session, attemptID string) error
	Taken(ctx context.Context, v desk.Session, attemptID string) (desk.Desk, error)
	GiveBack(ctx context.Context, v desk.Session, attemptID string) error
	Decide(ctx context.Context, v desk.Session, d desk.Decision) (final bool, err error)

	// Reveal writes in the audit trail what for something is seen, before it is.
	Reveal(ctx context.Context, v desk.Session, submissionID, purpose string) error
	Revealed(ctx context.Context, v desk.Session, submissionID string) (until time.Time, err error)
	// OpenPicture writes that a document is seen: review.ErrNotFound when it may not.
	OpenPicture(ctx context.Context, v desk.Session, documentID string) (desk.Picture, error)

	// AskErasure has a person's data erased: review.HeldError when a legal hold keeps
	// some of it.
	AskErasure(ctx context.Context, tenant, actor, purpose string, whom review.Whom) (review.Erasure, error)

	SecondPerson(ctx context.Context, tenant string) (bool, error)
	SetSecondPerson(ctx context.Context, v desk.Session, on bool) error
}

// Blobs holds the documents.
type Blobs interface {
	Get(ctx context.Context, key string) (io.ReadCloser, error)
}

// Actions are deeds over many submissions.
type Actions interface {
	Matching(ctx context.Context, tenant string, f desk.Filter) (int, error)
	StartAction(ctx context.Context, v desk.Session, a desk.Action, f desk.Filter) (total int, err error)
	Action(ctx context.Context, tenant, id string) (desk.Action, error)
	// SkippedBy lists submissions that a deed did not fit.
	SkippedBy(ctx context.Context, tenant, id string, limit int) ([]desk.Row, error)
	Actions(ctx context.Context, tenant string, limit int) ([]desk.Action, error)
	UndoAction(ctx context.Context, v desk.Session, id string) error
	// StepAction does the next part of an open deed, and reports whether there was one.
	StepAction(ctx context.Context) (more bool, err error)
}

// Work is what goes on: batches, notices, what is parked, and how it all went.
type Work interface {
	Batch(ctx context.Context, tenant, id string) (review.Batch, error)
	Batches(ctx context.Context, tenant string, f review.BatchFilter) ([]review.Batch, error)
	Causes(ctx context.Context, tenant, batchID string, limit int) ([]desk.Cause, error)
	BatchItems(ctx context.Context, tenant, id string, after, limit int) ([]review.BatchItem, error)
	// BatchRows lists the rows of a batch and what became of them.
	BatchRows(ctx context.Context, tenant, id string, f desk.RowFilter) ([]desk.BatchRow, error)
	// BatchShares adds to a batch its rows counted by reseller and what became of them.
	BatchShares(ctx context.Context, tenant, id string) (review.Batch, []desk.Share, error)
	// FixesOf lists the corrections of a batch, the newest first, without their rows.
	FixesOf(ctx context.Context, tenant, batchID string) ([]review.Fix, error)
	CreateFix(ctx context.Context, actor string, f review.Fix, detail map[string]string) error
	FixRow(ctx context.Context, f review.Fix, row int, corrected string, a review.Attempt, notBefore time.Time) error
	Fix(ctx context.Context, tenant, id string) (review.Fix, error)
	UndoFix(ctx context.Context, tenant, actor, id string) (withdrawn int, err error)
	// StartReplay is desk.ErrTooMany while the tenant has an open one.
	StartReplay(ctx context.Context, v desk.Session, r desk.Replay) error
	Replay(ctx context.Context, tenant, id string) (desk.Replay, error)
	Replays(ctx context.Context, tenant string, limit int) ([]desk.Replay, error)
	// NextReplay takes an open replay of any tenant for one step: review.ErrNotFound.
	NextReplay(ctx context.Context) (desk.Replay, error)
	Decided(ctx context.Context, tenant, after string, limit int) ([]desk.Decided, error)
	// SaveReplay is review.ErrFenced when the replay is not where it was.
	SaveReplay(ctx context.Context, r desk.Replay, from string) error
	ParkedWork(ctx context.Context, tenant string, limit int) ([]desk.ParkedRow, error)
	Redrive(ctx context.Context, v desk.Session, attemptID string) error
	Endpoints(ctx context.Context, tenant string) ([]review.Endpoint, error)
	RecentDeliveries(ctx context.Context, tenant string, state review.DeliveryState, limit int) ([]review.Delivery, error)
	ReplayDelivery(ctx context.Context, tenant, actor, id string) error
	Lanes(ctx context.Context, tenant string) ([]desk.Lane, error)
	EndpointHealth(ctx context.Context, tenant string) ([]desk.EndpointHealth, error)
	Pace(ctx context.Context, tenant string) (desk.Pace, error)
	Tally(ctx context.Context) error
	Tallies(ctx context.Context, tenant string, days int) ([]desk.Tally, error)
}
