package pipeline

import (
	"context"
	"errors"
	"time"

	"realname/internal/review"
	"realname/internal/telemetry"
)

// count tells how a review ended.
func count(claim Claim, outcome review.Outcome, start time.Time, err error) {
	switch {
	case err == nil && outcome.Kind == "":
		telemetry.Reviews.WithLabelValues("handed_over", "").Inc()
	case err == nil:
		telemetry.Reviews.WithLabelValues(string(outcome.Kind), string(outcome.Primary)).Inc()
		telemetry.ReviewDuration.WithLabelValues(string(outcome.Kind)).Observe(time.Since(start).Seconds())
		if claim.Facts == nil && claim.Errors == 0 {
			telemetry.DecisionLatency.WithLabelValues(telemetry.Class(claim.Attempt.Bulk)).Observe(time.Since(claim.Attempt.CreatedAt).Seconds())
		}
	case errors.Is(err, review.ErrFenced):
		telemetry.ReviewFailures.WithLabelValues("lease_lost").Inc()
	case errors.Is(err, context.Canceled):
		telemetry.ReviewFailures.WithLabelValues("stopped").Inc()
	default:
		telemetry.ReviewFailures.WithLabelValues("error").Inc()
	}
}

func countLease(err error) {
	result := "extended"
	switch {
	case errors.Is(err, review.ErrFenced):
		result = "lost"
	case err != nil:
		result = "failed"
	}
	telemetry.LeaseExtensions.WithLabelValues(result).Inc()
}
