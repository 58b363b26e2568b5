package httpapi

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/limit"
	"realname/internal/telemetry"
	"realname/internal/verdict"
)

// Limits bound a request; each is checked before the memory it guards is used.
type Limits struct {
	JSONBytes  int64 // of the submission part
	Files      int
	FileBytes  int64 // hard cap; what a profile allows is less and is a finding
	TotalBytes int64
	BatchBytes int64         // of a batch's archive
	PartBytes  int64         // of one part of an archive that is sent in parts
	UndoGrace  time.Duration // before a correction over a batch is reviewed
	// Progress is how long a client may be silent while it sends.
	Progress time.Duration
}

// DefaultLimits leave room above every profile, so that a file that is too large
// for a registry gets its finding with all the others.
var DefaultLimits = Limits{JSONBytes: 64 << 10, Files: 10, FileBytes: 20 << 20, TotalBytes: 64 << 20, BatchBytes: 10 << 30, PartBytes: 16 << 20, UndoGrace: time.Minute, Progress: 15 * time.Second}

// How many uploads may be under way, of all and of one tenant. Each holds about 1.3 MB
// while its client sends; one tenant's slow clients leave room for the others.
const (
	UploadsAtOnce      = 512
	UploadsOfOneAtOnce = 256
)

// Server answers requests.
type Server struct {
	Store     Store
	Batches   Batches
	Events    Events
	Endpoints Endpoints
	Channels  Channels
	Letters   Letters
	Verdicts  Verdicts
	Patterns  verdict.Patterns // what a registry's words mean
	Blobs     Blobs
	Keys      Keys
	Catalogue Catalogue
	Reasons   func() any // the body of GET /v1/reasons
	Precheck  Precheck
	Wake      func()       // rings the reader of batches
	Console   http.Handler // the pages for people, below /console/; nil for none
	Limits    Limits
	Rates     *limit.Buckets // nil: not limited
	Uploads   *limit.Places  // under way at once; nil: not limited
	Now       func() time.Time
	Log       zerolog.Logger

	followers atomic.Int64 // of batches
}

// Handler is all routes behind the frame that every request passes.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.method+" "+r.pattern, s.route(r))
	}
	if s.Console != nil {
		mux.Handle("/console/", s.Console)
		mux.Handle("GET /{$}", http.RedirectHandler("/console/", http.StatusSeeOther))
	}
	mux.Handle("/", http.HandlerFunc(s.nothing))
	return identify(telemetry.Handler(s.frame(mux)))
}

// HTTP is a server with time-outs for slow and silent clients. Writing has no
// time-out of its own: an upload may take long as long as it makes progress.
func (s *Server) HTTP(addr string) *http.Server {
	return &http.Server{
		Addr: addr, Handler: s.Handler(),
		ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}
