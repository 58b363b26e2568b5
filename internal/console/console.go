package console

import (
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/imaging"
	"realname/internal/limit"
	"realname/internal/rules"
)

// Console answers for all pages below Root.
type Console struct {
	People  People
	Cases   Cases
	Desk    Desk
	Actions Actions
	Work    Work
	Keys    Keys
	Blobs   Blobs
	Rules   *rules.Set
	Now     func() time.Time
	Log     zerolog.Logger
	// Provider vouches for people; nil: everybody comes with a password.
	Provider Provider

	once      sync.Once
	rates     *limit.Buckets
	pics      *imaging.Budget
	wake      chan struct{} // of the background
	followers followers
}

func (c *Console) prepare() {
	c.once.Do(func() {
		c.rates, c.pics, c.wake = limit.New(signInRates), imaging.NewBudget(pictureBytes), make(chan struct{}, 1)
	})
}

// Root is where the console lives.
const Root = "/console/"

// Handler is all routes of the table behind the frame that every page passes.
func (c *Console) Handler() http.Handler {
	c.prepare()
	mux := http.NewServeMux()
	for _, r := range c.routes() {
		mux.Handle(r.method+" "+r.pattern, c.serve(r))
	}
	mux.Handle(Root, c.serve(newRoute("", Root, open, c.nothing)))
	return frame(mux)
}

// policy lets a page load from its own server only, and run no script but the
// one file. Nobody may put the page into a frame.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// frame refuses what another site makes a browser send, and gives every answer
// its safe headers.
func frame(next http.Handler) http.Handler {
	guarded := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		guarded.ServeHTTP(w, r)
	})
}

// maxForm bounds what a form may hold, in bytes.
const maxForm = 64 << 10
