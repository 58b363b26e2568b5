package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"realname/internal/review"
)

const (
	mostPictures = 3                // in one mail
	pictureTime  = 10 * time.Second // for all of them: an outcome does not wait for its illustrations
)

// illustrate makes the pictures for the mail about an outcome. The worker does it,
// which has the documents open: who sends the mail cannot open any. It helps to
// understand and is never needed, so whatever goes wrong leaves a mail without it.
func (p *Pipeline) illustrate(ctx context.Context, claim Claim, o review.Outcome, facts review.Facts) map[int][]byte {
	if p.Evidence == nil || !claim.Mailed || claim.Facts != nil { // facts of an earlier day may be another program's
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	pictures := map[int][]byte{}
	for i, f := range o.Findings {
		if len(pictures) == mostPictures {
			break
		}
		if f.Severity == review.Warn || !p.Evidence.May(f, facts) {
			continue
		}
		picture, err := p.crop(ctx, claim.Attempt.Documents, f.Evidence)
		if err != nil {
			p.Log.Debug().Err(err).Str("attempt", claim.Attempt.ID).Str("check", string(f.Check)).Msg("a finding has no picture")
			continue
		}
		pictures[i] = picture
	}
	return pictures
}

func (p *Pipeline) crop(ctx context.Context, docs []review.Document, e review.Evidence) (picture []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("crop: panic: %T", r)
		}
	}()
	i := slices.IndexFunc(docs, func(d review.Document) bool { return d.Role == e.Role })
	if i < 0 {
		return nil, review.ErrNotFound
	}
	data, err := p.load(ctx, docs[i])
	if err != nil {
		return nil, err
	}
	return p.Evidence.Crop(ctx, data, e)
}
