package notify

import (
	"context"
	"errors"

	"realname/internal/review"
	"realname/internal/telemetry"
)

// traced makes a try a span in the trace of the attempt that it tells of.
func traced(ctx context.Context, d review.Delivery) (context.Context, func(Result, error)) {
	ctx, end := telemetry.Span(telemetry.Attempt(ctx, d.AttemptID), "deliver", telemetry.ID("delivery", d.ID), telemetry.ID("attempt", d.AttemptID))
	return ctx, func(r Result, err error) {
		if err == nil && r.Error != "" {
			err = errors.New("not delivered") // why is the endpoint's owner's affair
		}
		end(err)
	}
}

// watch counts a try and logs it, by ids only.
func (s *Service) watch(f Finished) {
	result := "retry"
	switch {
	case f.Next.Delivered:
		result = "delivered"
	case f.Next.RetryAt.IsZero():
		result = "exhausted"
	}
	d, channel := f.Delivery, string(f.Delivery.Endpoint.Kind)
	telemetry.Deliveries.WithLabelValues(channel, result).Inc()
	telemetry.DeliveryDuration.WithLabelValues(channel).Observe(f.Try.Took.Seconds())
	s.Log.Info().Str("delivery", d.ID).Str("attempt", d.AttemptID).Str("channel", channel).Int("try", d.Tries).
		Int("status", f.Try.Status).Str("result", result).Dur("ms", f.Try.Took).Msg("delivery tried")
}
