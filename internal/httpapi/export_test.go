package httpapi

// TableRow is a route as tests from outside see it.
type TableRow struct{ Method, Pattern, Scope string }

// Table is the table of routes.
func (s *Server) Table() []TableRow {
	var list []TableRow
	for _, r := range s.routes() {
		list = append(list, TableRow{r.method, r.pattern, r.scope.name})
	}
	return list
}
