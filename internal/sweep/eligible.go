package sweep

import "context"

// eligible takes deferred attempts up again once their instant has come. They
// go on with the facts that were read before.
func (s *Sweep) eligible(ctx context.Context) (int, error) {
	return s.Store.Eligible(ctx, s.Now())
}
