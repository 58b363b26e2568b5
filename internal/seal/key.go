// Package seal keeps documents unreadable to whoever has the storage alone. Each
// object is encrypted with a data key of its own; the data key is wrapped by the
// deployment's key and kept in the database. So a stolen bucket is noise, a stolen
// database holds no document, and a document whose wrapped key is erased is gone
// from every backup of the bucket. Wrapping takes a public key alone: a program
// that is given no more can seal and cannot open. The ciphers are Tink's. It knows
// objects and keys, not documents or persons.
package seal

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/hybrid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Key wraps data keys and, unless it can only seal, unwraps them. Local is one;
// a key management service is another.
type Key interface {
	Wrap(ctx context.Context, dataKey, context []byte) ([]byte, error)
	// Unwrap answers ErrSealOnly when this program may not open documents.
	Unwrap(ctx context.Context, wrapped, context []byte) ([]byte, error)
}

// ErrSealOnly means that this program was given the public key alone.
var ErrSealOnly = errors.New("this program holds only the key that seals, so it cannot open what is sealed")

// The texts of a key begin with what it can do, so that one is never mistaken
// for the other.
const (
	openPrefix = "realname-open-"
	sealPrefix = "realname-seal-"
)

// Local is a key that this program holds itself.
type Local struct {
	wrap   tink.HybridEncrypt
	unwrap tink.HybridDecrypt // nil: it can only seal
}

// NewKey makes a key pair: the text that opens and seals, and the one that only seals.
func NewKey() (opens, seals string, err error) {
	private, err := keyset.NewHandle(hybrid.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM_Key_Template())
	if err != nil {
		return "", "", fmt.Errorf("make sealing key: %w", err)
	}
	public, err := private.Public()
	if err != nil {
		return "", "", fmt.Errorf("make sealing key: %w", err)
	}
	var a, b bytes.Buffer
	if err := insecurecleartextkeyset.Write(private, keyset.NewBinaryWriter(&a)); err != nil {
		return "", "", fmt.Errorf("write sealing key: %w", err)
	}
	if err := public.WriteWithNoSecrets(keyset.NewBinaryWriter(&b)); err != nil {
		return "", "", fmt.Errorf("write sealing key: %w", err)
	}
	return openPrefix + base64.RawURLEncoding.EncodeToString(a.Bytes()), sealPrefix + base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

// errKey names no part of the text: it may be a secret.
var errKey = errors.New("the sealing key cannot be read: want what \"realname seal-key\" printed, " + openPrefix + "… or " + sealPrefix + "…")

// ParseKey reads either text of a key.
func ParseKey(text string) (*Local, error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, openPrefix); ok {
		return parsePrivate(rest)
	}
	rest, ok := strings.CutPrefix(text, sealPrefix)
	data, err := base64.RawURLEncoding.DecodeString(rest)
	if !ok || err != nil {
		return nil, errKey
	}
	public, err := keyset.ReadWithNoSecrets(keyset.NewBinaryReader(bytes.NewReader(data)))
	if err != nil {
		return nil, errKey
	}
	return onlySealing(public)
}

func parsePrivate(text string) (*Local, error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errKey
	}
	private, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(data)))
	if err != nil {
		return nil, errKey
	}
	public, err := private.Public()
	if err != nil {
		return nil, errKey
	}
	k, err := onlySealing(public)
	if err == nil {
		k.unwrap, err = hybrid.NewHybridDecrypt(private)
	}
	if err != nil {
		return nil, errKey
	}
	return k, nil
}

func onlySealing(public *keyset.Handle) (*Local, error) {
	wrap, err := hybrid.NewHybridEncrypt(public)
	if err != nil {
		return nil, errKey
	}
	return &Local{wrap: wrap}, nil
}

// Wrap implements Key.
func (k *Local) Wrap(_ context.Context, dataKey, context []byte) ([]byte, error) {
	return k.wrap.Encrypt(dataKey, context)
}

// Unwrap implements Key.
func (k *Local) Unwrap(_ context.Context, wrapped, context []byte) ([]byte, error) {
	if k.unwrap == nil {
		return nil, ErrSealOnly
	}
	return k.unwrap.Decrypt(wrapped, context)
}
