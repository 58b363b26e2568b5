package desk

import (
	"errors"
	"slices"
	"time"
)

// Role is what a person may do at a tenant. Each role may do all that the one
// before it may.
type Role string

// The roles, the least first.
const (
	Viewer   Role = "viewer"   // sees pages, with names and numbers masked
	Reviewer Role = "reviewer" // decides in manual review, sees images for a purpose
	Operator Role = "operator" // works over many submissions at once
	Admin    Role = "admin"    // members, keys and settings
)

// Roles are all roles, the least first.
var Roles = []Role{Viewer, Reviewer, Operator, Admin}

// Allows reports whether the role may do what needs another. A role that is none
// of ours may do nothing.
func (r Role) Allows(need Role) bool {
	have, want := slices.Index(Roles, r), slices.Index(Roles, need)
	return want >= 0 && have >= want
}

// Sentinel errors of stores.
var (
	// ErrTaken: the login, the claim or the decision is somebody else's already.
	ErrTaken = errors.New("somebody else was first")
	// ErrLastAdmin: a tenant keeps at least one admin.
	ErrLastAdmin = errors.New("the last admin stays")
	// ErrTooMany: a person keeps no more of these.
	ErrTooMany = errors.New("there are too many")
	// ErrStale: a sign-in was begun elsewhere, or too long ago.
	ErrStale = errors.New("the sign-in must begin again")
	// ErrRefused: who vouches for people does not do so.
	ErrRefused = errors.New("the sign-in is refused")
)

// MaxName bounds the name of a person, in bytes.
const MaxName = 256

// Identity is what an OpenID provider says about a person.
type Identity struct {
	Issuer  string
	Subject string // what it calls the person, for ever
	Email   string // lower case; empty unless the provider has verified it
	Name    string
	// Places are the tenants where its groups or roles give the person a role.
	Places map[string]Role
}

// User is a person who signs in.
type User struct {
	ID        string // UUIDv7
	Login     string // lower case
	Name      string
	Password  string    // hash; empty for none
	OneTime   bool      // the password must be replaced at the first sign-in
	GoodUntil time.Time // of a one-time password; zero for ever
}

// Member is a person at a tenant.
type Member struct {
	UserID    string
	Login     string
	Name      string
	Role      Role
	OneTime   bool // has not signed in yet
	Managed   bool // the OpenID provider gives the role, and takes it
	CreatedAt time.Time
}

// Place is a tenant where a person works.
type Place struct {
	Tenant string
	Name   string
	Role   Role
}

// Session is a signed-in person at one of their tenants.
type Session struct {
	Hash    [32]byte // of the cookie
	UserID  string
	Login   string
	Name    string
	Tenant  string
	House   string // the tenant's name
	Role    Role   // at the tenant; empty when the person is no member any more
	OneTime bool   // the password must be replaced first
	// ExpiresAt ends the session however busy it is.
	ExpiresAt time.Time
}

// Actor is how the audit trail names the person.
func (s Session) Actor() string { return "user:" + s.Login }
