package sweep

import (
	"time"

	"realname/internal/telemetry"
)

// watch counts a run of a duty.
func watch(duty string, start time.Time, led bool, n int, err error) {
	result := "done"
	switch {
	case err != nil:
		result = "failed"
	case !led:
		result = "led_elsewhere"
	}
	telemetry.DutyRuns.WithLabelValues(duty, result).Inc()
	if led {
		telemetry.DutyDuration.WithLabelValues(duty).Observe(time.Since(start).Seconds())
		telemetry.Swept.WithLabelValues(duty).Add(float64(n))
	}
}
