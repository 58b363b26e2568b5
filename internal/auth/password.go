package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a password's hash: what OWASP asks of argon2id at least (19 MiB, two
// passes), so that a few sign-ins at once do not take the memory of a service.
const (
	passMemory = 19 << 10 // KiB
	passTime   = 2
	passKey    = 32
	passSalt   = 16
)

// The bounds of a password, in characters. Length is all that we ask for.
const (
	MinPassword = 12
	MaxPassword = 200
)

// ErrPasswordLength: the password is shorter than MinPassword or longer than
// MaxPassword characters.
var ErrPasswordLength = fmt.Errorf("a password has %d to %d characters", MinPassword, MaxPassword)

// hashing bounds how many passwords are hashed at once: each takes 19 MiB.
var hashing = make(chan struct{}, 2)

// HashPassword hashes a password that somebody chose.
func HashPassword(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return "", ErrPasswordLength
	}
	salt := make([]byte, passSalt)
	_, _ = rand.Read(salt) // never fails
	return encode(salt, derive(password, salt)), nil
}

// NewOneTime makes a password for a first sign-in, and its hash.
func NewOneTime() (password, hash string) {
	raw := strings.ToLower(rand.Text()[:20]) // 100 bits
	password = strings.Join([]string{raw[:5], raw[5:10], raw[10:15], raw[15:]}, "-")
	hash, _ = HashPassword(password) // its length is right
	return password, hash
}

func derive(password string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, passTime, passMemory, 1, passKey)
}

const passPrefix = "argon2id$19456$2$"

func encode(salt, key []byte) string {
	b := base64.RawStdEncoding
	return passPrefix + b.EncodeToString(salt) + "$" + b.EncodeToString(key)
}

var errHash = errors.New("the password's hash cannot be read")

func decode(hash string) (salt, key []byte, err error) {
	rest, ok := strings.CutPrefix(hash, passPrefix)
	a, b, cut := strings.Cut(rest, "$")
	if !ok || !cut {
		return nil, nil, errHash
	}
	if salt, err = base64.RawStdEncoding.DecodeString(a); err == nil {
		key, err = base64.RawStdEncoding.DecodeString(b)
	}
	return salt, key, err
}

// nobody is what a login that does not exist is checked against, so that its
// answer takes as long as that of one that does.
var nobody = encode(make([]byte, passSalt), make([]byte, passKey))

// CheckPassword reports whether the password is the one that was hashed. An empty
// hash matches nothing, and takes as long.
func CheckPassword(hash, password string) bool {
	if len(password) > 4*MaxPassword {
		return false
	}
	salt, key, err := decode(hash)
	known := err == nil
	if !known {
		salt, key, _ = decode(nobody)
	}
	return subtle.ConstantTimeCompare(derive(password, salt), key) == 1 && known
}

// NewSession makes the secret of a session and its hash, which alone is kept.
func NewSession() (secret string, hash [32]byte) {
	secret = rand.Text() + rand.Text()
	return secret, SessionHash(secret)
}

// SessionHash is the hash of a session's secret.
func SessionHash(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }
