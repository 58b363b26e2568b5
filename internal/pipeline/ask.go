package pipeline

import (
	"context"
	"runtime/debug"

	"realname/internal/authority"
	"realname/internal/review"
	"realname/internal/text"
)

// Ask takes an attempt in the authority's lane one step further: it is decided by
// the answer, or waits until the source is to be asked again. Nobody holds it
// while it waits. The errors are those of Review.
func (p *Pipeline) Ask(ctx context.Context, attemptID string) error {
	return p.take(ctx, "ask", attemptID, p.claimAsk, p.ask)
}

func (p *Pipeline) claimAsk(ctx context.Context, attemptID string) (Claim, func(), error) {
	c, err := p.Store.ClaimAsk(ctx, attemptID, p.Worker, p.Lease)
	return c, func() {}, err
}

// mustAsk reports whether only the issuing body's word is missing. What is refused
// or deferred anyway is not asked for: it costs money, and the registrant comes
// again.
func (p *Pipeline) mustAsk(claim Claim, so review.Outcome) bool {
	return p.Checks.Terms(claim.Profile, claim.Attempt.Declared.CredentialType).Ask &&
		(so.Kind == review.Approved || so.Kind == review.ManualReview)
}

func (p *Pipeline) ask(ctx context.Context, claim Claim) (review.Outcome, error) {
	facts, err := p.examine(ctx, claim)
	if err != nil {
		return review.Outcome{}, err
	}
	terms := p.Checks.Terms(claim.Profile, claim.Attempt.Declared.CredentialType)
	if !terms.Ask {
		return p.conclude(ctx, claim, facts) // turned off while it waited
	}
	answer := p.answer(ctx, claim, facts)
	if err := context.Cause(ctx); err != nil {
		return review.Outcome{}, err // stopping: what came is not the source's word
	}
	facts.Authority = &answer
	id := claim.Attempt.ID
	if next := terms.Next(answer, issued(facts), claim.Deadline, facts.Now); !next.IsZero() {
		p.Log.Info().Str("attempt", id).Str("source", answer.Source).Str("answer", string(answer.Result)).
			Str("cause", answer.Cause).Time("ask_again", next).Msg("no answer yet")
		return review.Outcome{}, p.Store.HandOver(ctx, id, claim.Epoch, facts, next)
	}
	return p.conclude(ctx, claim, facts)
}

// conclude decides by what is known now.
func (p *Pipeline) conclude(ctx context.Context, claim Claim, facts review.Facts) (review.Outcome, error) {
	outcome := judge(p.stages(), p.Checks, claim.Profile, facts)
	return outcome, p.Recorder.Record(ctx, Decision{AttemptID: claim.Attempt.ID, Epoch: claim.Epoch, Outcome: outcome, Facts: facts})
}

// answer asks, and remembers since when and how often. The name goes in the form
// that others' data have, with the middle dot of names.
func (p *Pipeline) answer(ctx context.Context, claim Claim, facts review.Facts) review.AuthorityAnswer {
	d := claim.Attempt.Declared
	a := authority.Unavailable("", "no source is configured")
	if p.Authority != nil {
		a = p.inquire(ctx, authority.Question{Holder: d.HolderType, Type: d.CredentialType, Name: text.FoldName(d.Name), Number: d.Number,
			Issued: issued(facts), Reference: claim.Attempt.ID})
	}
	a.At, a.AskedAt, a.Asks = facts.Now, facts.Now, 1
	if before := facts.Authority; before != nil {
		a.AskedAt, a.Asks = before.AskedAt, before.Asks+1
	}
	return a
}

// inquire asks. That an adapter panics at what a source sends is no answer, and must
// not take down the process with all that is reviewed in it.
func (p *Pipeline) inquire(ctx context.Context, q authority.Question) (a review.AuthorityAnswer) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error().Bytes("stack", debug.Stack()).Str("attempt", q.Reference).Msg("asking the authority panicked")
			a = authority.Unavailable("", authority.Panicked)
		}
	}()
	return p.Authority.Ask(ctx, q)
}

// issued is the date of issue as declared, else as read.
func issued(f review.Facts) review.Date {
	d := f.Declared.IssueDate
	for _, doc := range f.Documents {
		if d.IsZero() && doc.Reading != nil && doc.Role != review.Supplement {
			d = doc.Reading.Issued
		}
	}
	return d
}
