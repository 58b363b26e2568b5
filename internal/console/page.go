package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
	"realname/internal/rules"
)

//go:embed templates/*.html static/*
var files embed.FS

// pages are the templates, each with the layout and the shared parts.
var pages = parsePages()

func parsePages() map[string]*template.Template {
	names, err := files.ReadDir("templates")
	if err != nil {
		panic(err) // they are embedded
	}
	set := map[string]*template.Template{}
	for _, n := range names {
		name := strings.TrimSuffix(n.Name(), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		set[name] = template.Must(template.New("").Funcs(functions).ParseFS(files, "templates/layout.html", "templates/parts.html", "templates/"+n.Name()))
	}
	return set
}

// assets are the embedded files with their version, by which an address changes
// whenever the file does.
var assets = readAssets()

func readAssets() map[string]string {
	names, err := files.ReadDir("static")
	if err != nil {
		panic(err) // they are embedded
	}
	list := map[string]string{}
	for _, n := range names {
		data, _ := files.ReadFile("static/" + n.Name()) // it was just listed
		sum := sha256.Sum256(data)
		list[n.Name()] = hex.EncodeToString(sum[:6])
	}
	return list
}

func asset(name string) string { return "/console/static/" + name + "?v=" + assets[name] }

// getStatic serves an embedded file, which a browser may keep for as long as its
// address names it.
func (c *Console) getStatic(w http.ResponseWriter, r *request) error {
	name := r.PathValue("name")
	data, err := files.ReadFile("static/" + path.Base(name))
	if err != nil {
		return review.ErrNotFound
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r.Request, name, time.Time{}, bytes.NewReader(data))
	return nil
}

// page is what every template gets.
type page struct {
	desk.Session
	preferences
	Name   string // of the template, to mark where one is
	Title  string // key of a text
	Path   string
	Now    time.Time
	Notice string // key of a text about what was just done
	Body   any
	rules  *rules.Set
}

// T is a text in the language of who reads it.
func (p page) T(key string, args ...any) string { return say(p.Lang, key, args...) }

// Can reports whether who reads the page may do what needs a role.
func (p page) Can(role string) bool { return p.Role.Allows(desk.Role(role)) }

// Plural is a text for a number of things.
func (p page) Plural(key string, n int) string {
	if n == 1 {
		return say(p.Lang, key+"_one", n)
	}
	return say(p.Lang, key+"_many", n)
}

// Time writes an instant in Shanghai; a script puts the reader's own time before
// it where that differs.
func (p page) Time(t time.Time) template.HTML {
	if t.IsZero() {
		return "–"
	}
	shown := t.In(review.Shanghai).Format("2006-01-02 15:04")
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, t.UTC().Format(time.RFC3339), shown)) // digits only
}

// Left says how far away an instant is, in its largest unit.
func (p page) Left(t time.Time) string {
	d := t.Sub(p.Now)
	key := "left_"
	if d < 0 {
		key, d = "ago_", -d
	}
	switch {
	case d >= 48*time.Hour:
		return p.T(key+"days", int(d/(24*time.Hour)))
	case d >= time.Hour:
		return p.T(key+"hours", int(d/time.Hour))
	}
	return p.T(key+"minutes", int(d/time.Minute))
}

// Urgent says how near a deadline is: late, soon, or nothing.
func (p page) Urgent(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case t.Before(p.Now):
		return "late"
	case t.Before(p.Now.Add(48 * time.Hour)):
		return "soon"
	}
	return ""
}

// section is the page that stands above an address.
func section(path string) string {
	parts := strings.SplitN(path, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/")
}

// show renders a page. Nothing is sent before all of it was rendered.
func (c *Console) show(w http.ResponseWriter, r *request, status int, name, title string, body any) error {
	p := page{Session: r.Session, preferences: r.prefs, Name: name, Title: title, Path: r.URL.Path, Now: c.Now(), Body: body, rules: c.Rules}
	if r.Method != http.MethodGet { // the answer to a form has no address of its own
		p.Path = section(p.Path)
	}
	if key := r.URL.Query().Get("done"); known(key) {
		p.Notice = key
	}
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "layout", p); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(p.Lang))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader may be gone
	return nil
}

// problemBody is what went wrong, with the number to ask us about it.
type problemBody struct {
	Kind      string // beginning of the keys of its texts
	RequestID string
}

func (c *Console) problem(w http.ResponseWriter, r *request, status int, kind string) {
	err := c.show(w, r, status, "problem", "problem_"+kind, problemBody{"problem_" + kind, w.Header().Get("X-Request-Id")})
	if err != nil {
		c.Log.Error().Err(err).Msg("page of a problem failed")
		http.Error(w, say(rules.English, "problem_unavailable"), http.StatusInternalServerError)
	}
}
