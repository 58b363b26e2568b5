package console

import "context"

// StepReplay is one step of the background.
func (c *Console) StepReplay(ctx context.Context) (bool, error) { return c.stepReplay(ctx) }

// Row is a row of the table of routes, for tests that look at it from outside.
type Row struct{ Method, Pattern string }

// Table is the table of routes.
func (c *Console) Table() (rows []Row) {
	for _, r := range c.routes() {
		rows = append(rows, Row{r.method, r.pattern})
	}
	return rows
}
