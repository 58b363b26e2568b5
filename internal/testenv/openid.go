package testenv

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// The client that a provider of OpenID Connect knows.
const (
	OpenIDClient = "realname"
	OpenIDSecret = "a secret of the test"
)

// Person is somebody whom a provider of OpenID Connect knows.
type Person struct {
	Subject, Name, Email string
	Verified             bool
	Groups               []string
}

// OpenID is a real provider of OpenID Connect. Who comes to its page is signed in at
// once as the person of this moment.
type OpenID struct {
	*httptest.Server
	storage people
	login   func(context.Context, string) string

	mu  sync.Mutex
	now Person
}

// NewOpenID starts a provider that leads people back to an address.
func NewOpenID(t testing.TB, callback string) *OpenID {
	t.Helper()
	p := &OpenID{Server: httptest.NewUnstartedServer(nil)}
	issuer := "http://" + p.Listener.Addr().String()
	client := storage.WebClient(OpenIDClient, OpenIDSecret, callback)
	p.storage = people{storage.NewStorageWithClients(p, map[string]*storage.Client{OpenIDClient: client}), p}
	conf := &op.Config{CryptoKey: [32]byte([]byte(rand.Text() + rand.Text())), CodeMethodS256: true, AuthMethodPost: true}
	provider, err := op.NewProvider(conf, p.storage, op.StaticIssuer(issuer), op.WithAllowInsecure(), op.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	if err != nil {
		t.Fatalf("start provider of OpenID Connect: %v", err)
	}
	p.login = op.AuthCallbackURL(provider)
	mux := http.NewServeMux()
	mux.Handle("/", provider)
	mux.Handle("/login/username", op.NewIssuerInterceptor(provider.IssuerFromRequest).HandlerFunc(p.signIn))
	p.Config.Handler = mux
	p.Start()
	t.Cleanup(p.Close)
	return p
}

// Be says who comes next.
func (p *OpenID) Be(who Person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = who
}

func (p *OpenID) person() Person {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *OpenID) signIn(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("authRequestID")
	if err := p.storage.CheckUsernamePassword("now", "now", id); err != nil {
		http.Error(w, fmt.Sprintf("sign in: %v", err), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, p.login(r.Context(), id), http.StatusFound)
}

// GetUserByID, GetUserByUsername and ExampleClientID are what the provider's storage asks for.
func (p *OpenID) GetUserByID(string) *storage.User {
	who := p.person()
	return &storage.User{ID: who.Subject, Username: "now", Password: "now", FirstName: who.Name, Email: who.Email, EmailVerified: who.Verified}
}

func (p *OpenID) GetUserByUsername(string) *storage.User { return p.GetUserByID("") }

func (p *OpenID) ExampleClientID() string { return OpenIDClient }

// people adds groups to what the provider says about a person.
type people struct {
	*storage.Storage
	provider *OpenID
}

func (s people) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	if err := s.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("groups", s.provider.person().Groups)
	return nil
}
