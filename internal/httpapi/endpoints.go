package httpapi

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// Endpoints is where endpoints and their deliveries are kept. All answer
// review.ErrNotFound for what is not the tenant's.
type Endpoints interface {
	CreateEndpoint(ctx context.Context, actor string, e review.Endpoint) error
	ChangeEndpoint(ctx context.Context, tenant, actor, id, action string, change func(*review.Endpoint) error) (review.Endpoint, error)
	DeleteEndpoint(ctx context.Context, tenant, actor, id string) error
	Endpoint(ctx context.Context, tenant, id string) (review.Endpoint, error)
	Endpoints(ctx context.Context, tenant string) ([]review.Endpoint, error)
	// TestEndpoint returns the id of the delivery that carries a test message.
	TestEndpoint(ctx context.Context, tenant, actor, id string) (delivery string, err error)
	Deliveries(ctx context.Context, tenant string, f review.DeliveryFilter) ([]review.Delivery, error)
	Delivery(ctx context.Context, tenant, id string) (review.Delivery, []review.DeliveryTry, error)
	ReplayDelivery(ctx context.Context, tenant, actor, id string) error
	ReplayDeliveries(ctx context.Context, tenant, actor string, f review.DeliveryFilter) (int, error)
}

// Channels knows what the channels of delivery need.
type Channels interface {
	CheckTarget(kind review.EndpointKind, target string) error
	NewSecret() string
}

// The bounds of an endpoint.
const (
	maxEndpoints   = 100 // of a tenant
	maxAtOnce      = 256
	atOnce         = 16             // unless it is said
	secretsOverlap = 24 * time.Hour // an old secret signs beside the new one so long
)

// endpointJSON is what a client says about an endpoint; nil fields stay as they are.
type endpointJSON struct {
	Kind     review.EndpointKind `json:"kind"`
	Name     *string             `json:"name"`
	Target   *string             `json:"target"`
	Events   *[]string           `json:"events"`
	Digest   *review.Digest      `json:"digest"`
	Language *string             `json:"language"`
	Link     *string             `json:"resubmit_url"`
	AtOnce   *int                `json:"at_once"`
	Enabled  *bool               `json:"enabled"`
	Secret   *string             `json:"secret"` // of a robot; a webhook's is made here
}

// endpointView is an endpoint without its secrets, which are shown once.
type endpointView struct {
	ID            string              `json:"id"`
	Kind          review.EndpointKind `json:"kind"`
	Name          string              `json:"name"`
	Target        string              `json:"target"`
	Events        []string            `json:"events"`
	Digest        review.Digest       `json:"digest"`
	Language      string              `json:"language"`
	Link          string              `json:"resubmit_url"`
	AtOnce        int                 `json:"at_once"`
	Enabled       bool                `json:"enabled"`
	DisabledAt    time.Time           `json:"disabled_at,omitzero"`
	DisabledCause string              `json:"disabled_cause,omitempty"`
	FailingSince  time.Time           `json:"failing_since,omitzero"`
	CreatedAt     time.Time           `json:"created_at"`
	OldUntil      time.Time           `json:"old_secret_until,omitzero"`
	Secret        string              `json:"secret,omitempty"` // once, after it was made
}

func viewEndpoint(e review.Endpoint) endpointView {
	v := endpointView{
		ID: e.ID, Kind: e.Kind, Name: e.Name, Target: maskedTarget(e), Events: e.Events, Digest: e.Digest, Language: e.Language, Link: e.Link,
		AtOnce: e.AtOnce, Enabled: e.Enabled, DisabledAt: e.DisabledAt, DisabledCause: e.DisabledCause, FailingSince: e.FailingSince,
		CreatedAt: e.CreatedAt, OldUntil: e.OldSecretUntil,
	}
	if len(v.Events) == 0 {
		v.Events = review.EventKinds
	}
	return v
}

// maskedTarget hides the parts of an address that may be a secret.
func maskedTarget(e review.Endpoint) string {
	u, err := url.Parse(e.Target)
	if err != nil || e.Kind == review.Email {
		return e.Target
	}
	shown := u.Scheme + "://" + u.Host + u.Path
	if e.Kind.Robot() {
		shown = u.Scheme + "://" + u.Host + "/…"
	} else if u.RawQuery != "" {
		shown += "?…"
	}
	return shown
}

// readJSON reads a body that must be JSON.
func (s *Server) readJSON(r *http.Request, into any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return notJSON.plain()
	}
	return decodeJSON(r.Body, s.Limits.JSONBytes, into)
}

// postEndpoint makes an endpoint. The answer is the only one that shows its secret.
func (s *Server) postEndpoint(w http.ResponseWriter, r *http.Request, tenant string) error {
	var in endpointJSON
	if err := s.readJSON(r, &in); err != nil {
		return err
	}
	list, err := s.Endpoints.Endpoints(r.Context(), tenant)
	if err != nil {
		return err
	}
	if len(list) >= maxEndpoints {
		return tooMany.with("%d", maxEndpoints)
	}
	e := review.Endpoint{ID: newID(), Tenant: tenant, Kind: in.Kind, AtOnce: atOnce, Enabled: true, CreatedAt: s.Now()}
	if in.Kind == review.Webhook {
		if in.Secret != nil {
			return fieldInvalid.with("secret: a webhook's is made here / webhook 的密钥由本系统生成")
		}
		e.Secret = s.Channels.NewSecret()
	}
	if err := s.apply(&e, in); err != nil {
		return err
	}
	if in.Events == nil {
		e.Events = usualEvents(e)
	}
	if err := s.Endpoints.CreateEndpoint(r.Context(), actor(r.Context()), e); err != nil {
		return err
	}
	v := viewEndpoint(e)
	if e.Kind == review.Webhook {
		v.Secret = e.Secret
	}
	w.Header().Set("Location", "/v1/endpoints/"+e.ID)
	return writeJSON(w, http.StatusCreated, v)
}

// usualEvents are those of an endpoint that does not say: registrants hear what
// concerns them, chat groups what a person must act on, programs all.
func usualEvents(e review.Endpoint) []string {
	switch {
	case e.Kind == review.Email && e.Target == "":
		return []string{review.EventDecided, review.EventDeferred, review.EventReviewed, review.EventDeadlineNear}
	case e.Kind.Robot():
		return []string{review.EventManual, review.EventBatch, review.EventDisabled}
	}
	return slices.Clone(review.EventKinds)
}

// apply takes over what the client says and checks the whole.
func (s *Server) apply(e *review.Endpoint, in endpointJSON) error {
	set(&e.Name, in.Name)
	set(&e.Target, in.Target)
	set(&e.Events, in.Events)
	set(&e.Digest, in.Digest)
	set(&e.Language, in.Language)
	set(&e.Link, in.Link)
	set(&e.AtOnce, in.AtOnce)
	set(&e.Secret, in.Secret)
	if in.Enabled != nil {
		e.Enabled, e.DisabledCause = *in.Enabled, ""
		if !*in.Enabled {
			e.DisabledCause = review.DisabledByOwner
		}
	}
	if in.Target != nil || e.Kind != review.Email {
		if err := s.Channels.CheckTarget(e.Kind, e.Target); err != nil {
			return fieldInvalid.with("target: %v", err)
		}
	}
	return checkEndpoint(*e)
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func checkEndpoint(e review.Endpoint) error {
	switch {
	case !slices.Contains([]review.EndpointKind{review.Webhook, review.Email, review.WeCom, review.DingTalk, review.Feishu}, e.Kind):
		return fieldInvalid.with("kind: webhook, email, wecom, dingtalk, feishu")
	case len(e.Name) > 200 || len(e.Target) > 2000 || len(e.Link) > 2000 || len(e.Secret) > 500:
		return fieldLong.with("name ≤ 200, target, resubmit_url ≤ 2000, secret ≤ 500 bytes")
	case slices.ContainsFunc(e.Events, func(x string) bool { return !slices.Contains(review.EventKinds, x) }):
		return fieldInvalid.with("events: %s", strings.Join(review.EventKinds, ", "))
	case e.Digest != review.NoDigest && e.Digest != review.BatchDigest && e.Digest != review.DayDigest:
		return fieldInvalid.with(`digest: "", batch, day`)
	case e.Digest != review.NoDigest && e.Kind == review.Email && e.Target == "":
		return fieldInvalid.with("digest: needs a target; registrants are told one by one / 汇总须指定 target；注册人总是逐一通知")
	case e.Language != "" && e.Language != string(rules.Chinese) && e.Language != string(rules.English):
		return fieldInvalid.with(`language: "", zh-CN, en`)
	case e.AtOnce < 1 || e.AtOnce > maxAtOnce:
		return fieldInvalid.with("at_once: 1–%d", maxAtOnce)
	case e.Link != "" && !strings.HasPrefix(e.Link, "https://"):
		return fieldInvalid.with("resubmit_url: https://…")
	}
	return nil
}

// patchEndpoint changes what is named.
func (s *Server) patchEndpoint(w http.ResponseWriter, r *http.Request, tenant string) error {
	var in endpointJSON
	if err := s.readJSON(r, &in); err != nil {
		return err
	}
	e, err := s.Endpoints.ChangeEndpoint(r.Context(), tenant, actor(r.Context()), r.PathValue("id"), "endpoint.change", func(e *review.Endpoint) error {
		if in.Kind != "" && in.Kind != e.Kind || in.Secret != nil {
			return fieldInvalid.with("kind and secret do not change here; see rotate / kind 与 secret 不能在此更改，请用 rotate")
		}
		return s.apply(e, in)
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewEndpoint(e))
}

func (s *Server) getEndpoints(w http.ResponseWriter, r *http.Request, tenant string) error {
	list, err := s.Endpoints.Endpoints(r.Context(), tenant)
	if err != nil {
		return err
	}
	views := []endpointView{}
	for _, e := range list {
		views = append(views, viewEndpoint(e))
	}
	return writeJSON(w, http.StatusOK, map[string]any{"endpoints": views})
}

func (s *Server) getEndpoint(w http.ResponseWriter, r *http.Request, tenant string) error {
	e, err := s.Endpoints.Endpoint(r.Context(), tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, viewEndpoint(e))
}

func (s *Server) deleteEndpoint(w http.ResponseWriter, r *http.Request, tenant string) error {
	if err := s.Endpoints.DeleteEndpoint(r.Context(), tenant, actor(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// rotateSecret gives a webhook a new secret, shown once; the old one signs beside
// it for a day. A robot's new secret comes from its chat program, in the body.
func (s *Server) rotateSecret(w http.ResponseWriter, r *http.Request, tenant string) error {
	var in struct {
		Secret string `json:"secret"`
	}
	if r.ContentLength != 0 {
		if err := s.readJSON(r, &in); err != nil {
			return err
		}
	}
	fresh := s.Channels.NewSecret()
	e, err := s.Endpoints.ChangeEndpoint(r.Context(), tenant, actor(r.Context()), r.PathValue("id"), "endpoint.rotate", func(e *review.Endpoint) error {
		switch {
		case e.Kind == review.Webhook && in.Secret == "":
			e.OldSecret, e.OldSecretUntil, e.Secret = e.Secret, s.Now().Add(secretsOverlap), fresh
		case e.Kind.Robot() && in.Secret != "":
			e.Secret = in.Secret
		default:
			return fieldInvalid.with("secret: only of a robot, from its chat program / 仅群机器人须填写，取自其群设置")
		}
		return checkEndpoint(*e)
	})
	if err != nil {
		return err
	}
	v := viewEndpoint(e)
	if e.Kind == review.Webhook {
		v.Secret = e.Secret
	}
	return writeJSON(w, http.StatusOK, v)
}

// testEndpoint sends a test message the way that all messages go.
func (s *Server) testEndpoint(w http.ResponseWriter, r *http.Request, tenant string) error {
	id, err := s.Endpoints.TestEndpoint(r.Context(), tenant, actor(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/deliveries/"+id)
	return writeJSON(w, http.StatusAccepted, map[string]string{"delivery_id": id})
}
