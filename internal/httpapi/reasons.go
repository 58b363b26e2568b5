package httpapi

import (
	_ "embed"
	"net/http"
)

// getReasons lists the catalogue.
func (s *Server) getReasons(w http.ResponseWriter, _ *http.Request, _ string) error {
	return writeJSON(w, http.StatusOK, s.Reasons())
}

//go:embed openapi.json
var openAPI []byte

// getOpenAPI describes the API.
func (s *Server) getOpenAPI(w http.ResponseWriter, _ *http.Request, _ string) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPI) // the client may be gone
	return nil
}
