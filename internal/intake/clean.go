package intake

import (
	"context"
	"time"

	"realname/internal/review"
)

// partsKept is how long the parts of an archive wait for the rest.
const partsKept = 7 * 24 * time.Hour

// cleaned is how much one round of cleaning deletes.
const cleaned = 100

// clean deletes archives that were left in storage: of batches whose reader died
// just after the last row, of cancelled ones, and of uploads that nobody ended.
func (in *Intake) clean(ctx context.Context) {
	_, err := in.Store.Lead(ctx, "archives", func(ctx context.Context) error {
		list, err := in.Store.SpentArchives(ctx, cleaned)
		if err != nil {
			return err
		}
		for _, b := range list {
			if err := in.forget(ctx, b); err != nil {
				return err
			}
		}
		return in.cleanParts(ctx)
	})
	if err != nil && ctx.Err() == nil {
		in.Log.Error().Err(err).Msg("archives could not be cleaned up, will be tried again")
	}
}

// forget deletes the archive of a batch whose rows are taken. Parts are left to
// the cleaning: another batch may be of the same archive.
func (in *Intake) forget(ctx context.Context, b review.Batch) error {
	if b.BlobKey != "" {
		if err := in.Blobs.Delete(ctx, b.BlobKey); err != nil {
			return err
		}
	}
	return in.Store.ForgetArchive(ctx, b.ID)
}

func (in *Intake) cleanParts(ctx context.Context) error {
	parts, err := in.Store.SpentParts(ctx, partsKept, cleaned)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := in.Blobs.Delete(ctx, p.BlobKey); err != nil {
			return err
		}
		if err := in.Store.ForgetPart(ctx, p.BlobKey); err != nil {
			return err
		}
	}
	return nil
}
