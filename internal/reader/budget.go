package reader

// budget bounds the work on one document. It counts work, not time, so that
// the same picture always gets the same answer on a busy machine too.
type budget struct {
	left int
}

// What things cost, in about a processor millisecond each.
const (
	costLine  = 16 // one line read by tesseract
	costStrip = 10 // one strip read by the network for figures
	costHan   = 35 // one line read by the network for Chinese, where the processor has no vectors
	costPage  = 60 // finding the print of a page
	costCode  = 25 // one search for a QR code

	documentBudget = 1500
	probeStrips    = 20 // strips read to find out which way is up
)

// spend takes the cost of a piece of work, or reports that the budget is used up.
func (b *budget) spend(cost int) bool {
	if b.left < cost {
		return false
	}
	b.left -= cost
	return true
}
