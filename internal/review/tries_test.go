package review

import (
	"errors"
	"testing"
	"time"
)

func TestTries(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, Shanghai)
	for rule, c := range map[string]struct {
		tries   Tries
		counted int
		refused time.Time
		spent   bool
		until   time.Time
	}{
		"nothing is limited by default":   {Tries{}, 99, now, false, time.Time{}},
		"the last one allowed":            {Tries{Max: 3}, 2, now, false, time.Time{}},
		"one too many":                    {Tries{Max: 3}, 3, now, true, time.Time{}},
		"a minute before the cool-down":   {Tries{CoolDown: time.Hour}, 1, now.Add(-59 * time.Minute), false, now.Add(time.Minute)},
		"just when the cool-down ends":    {Tries{CoolDown: time.Hour}, 1, now.Add(-time.Hour), false, time.Time{}},
		"no refusal needs no cooling":     {Tries{CoolDown: time.Hour}, 1, time.Time{}, false, time.Time{}},
		"the limit is told before a wait": {Tries{Max: 1, CoolDown: time.Hour}, 1, now, true, time.Time{}},
	} {
		err := c.tries.Allow(c.counted, c.refused, now)
		var soon TooSoonError
		if errors.Is(err, ErrTriesSpent) != c.spent || errors.As(err, &soon) == c.until.IsZero() || !soon.Until.Equal(c.until) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}
