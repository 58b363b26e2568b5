package sweep

import "context"

// askAgain takes up the attempts whose source is to be asked again. Until then
// they lie in the database and hold nobody.
func (s *Sweep) askAgain(ctx context.Context) (int, error) {
	return s.Store.AskAgain(ctx, s.Now())
}
