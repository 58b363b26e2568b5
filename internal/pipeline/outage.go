package pipeline

import (
	"context"
	"errors"
	"time"
)

// errOutage means that the storage answers nobody. That is no fault of the attempt
// whose document was wanted: it is tried again for as long as it takes, while one
// whose document alone cannot be read is parked in the end.
var errOutage = errors.New("the storage does not answer")

const (
	outagePause = 15 * time.Second
	outageAsk   = 5 * time.Second // how long the storage may take to show that it is there
)

// blame tells an outage from an error of one document.
func (p *Pipeline) blame(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(ctx, outageAsk)
	defer cancel()
	if down := p.Blobs.Ping(ctx); down != nil {
		return errors.Join(errOutage, err)
	}
	return err
}
