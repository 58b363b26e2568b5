package seal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"realname/internal/blob"
	"realname/internal/postgres"
	"realname/internal/review"
	"realname/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// newStore is a sealed bucket, with the bucket itself and the text of the key
// that only seals.
func newStore(t *testing.T) (sealed *Store, bucket *blob.Store, seals string) {
	t.Helper()
	b := testenv.S3(t)
	bucket, err := blob.New(blob.Config{Endpoint: b.Address, Bucket: b.Name, AccessKey: b.AccessKey, SecretKey: b.SecretKey, Region: "us-east-1"})
	if err == nil {
		err = bucket.EnsureBucket(t.Context())
	}
	opens, seals, keyErr := NewKey()
	key, parseErr := ParseKey(opens)
	if err := errors.Join(err, keyErr, parseErr); err != nil {
		t.Fatal(err)
	}
	store := postgres.New(testenv.Postgres(t))
	for _, tenant := range []string{"acme", "other"} {
		if err := store.EnsureTenant(t.Context(), tenant, tenant); err != nil {
			t.Fatal(err)
		}
	}
	return &Store{Bucket: bucket, Keys: store, Key: key}, bucket, seals
}

func put(t *testing.T, s Bucket, object string, data []byte) {
	t.Helper()
	if n, err := s.Put(t.Context(), object, bytes.NewReader(data), -1); err != nil || n != int64(len(data)) {
		t.Fatalf("put %d bytes: %d %v", len(data), n, err)
	}
}

func get(ctx context.Context, s Bucket, object string) ([]byte, error) {
	r, err := s.Get(ctx, object)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

// canary stands for what a document says.
var canary = []byte("SPECIMEN-CANARY")

// Rule: documents come back as they were, and nothing of them is in storage.
func TestWhatIsStoredIsNoise(t *testing.T) {
	s, bucket, _ := newStore(t)
	for _, size := range []int{0, 1, segmentSize - 1, segmentSize, 300_000, 6 << 20} {
		data := bytes.Repeat(canary, size/len(canary)+1)[:size]
		put(t, s, "acme/a/b", data)
		if got, err := get(t.Context(), s, "acme/a/b"); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back as %d (%v)", size, len(got), err)
		}
		stored, err := get(t.Context(), bucket, "acme/a/b")
		if err != nil || bytes.Contains(stored, canary) {
			t.Errorf("%d bytes: the stored object shows what it holds (%v)", size, err)
		}
	}
}

// Rule: what was changed in storage, or put in another's place, is an error of
// ours and never a document.
func TestAChangedObjectDoesNotOpen(t *testing.T) {
	s, bucket, _ := newStore(t)
	data := bytes.Repeat(canary, 1000)
	put(t, s, "acme/a/1", data)
	put(t, s, "acme/a/2", data)
	whole, err := get(t.Context(), bucket, "acme/a/1")
	if err != nil {
		t.Fatal(err)
	}
	second, err := get(t.Context(), bucket, "acme/a/2")
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for how, stored := range map[string][]byte{
		"a flipped bit": flipped, "cut": whole[:len(whole)-1], "cut at a segment": whole[:2*segmentSize], "another document": second, "empty": {},
	} {
		put(t, bucket, "acme/a/1", stored)
		if got, err := get(t.Context(), s, "acme/a/1"); err == nil {
			t.Errorf("%s: opened as %d bytes", how, len(got))
		}
	}
}

// Rule: a document whose key was erased is gone, though its object came back
// from a backup.
func TestAnErasedKeyErasesBackups(t *testing.T) {
	s, bucket, _ := newStore(t)
	put(t, s, "acme/a/b", canary)
	backup, err := get(t.Context(), bucket, "acme/a/b")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "acme/a/b", "acme/a/never-there"); err != nil {
		t.Fatal(err)
	}
	put(t, bucket, "acme/a/b", backup)
	if _, err := get(t.Context(), s, "acme/a/b"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("opened from a backup: %v", err)
	}
}

// Rule: who holds the key that seals cannot open what it sealed.
func TestTheSealingKeyAloneDoesNotOpen(t *testing.T) {
	s, _, seals := newStore(t)
	public, err := ParseKey(seals)
	if err != nil {
		t.Fatal(err)
	}
	ingest := &Store{Bucket: s.Bucket, Keys: s.Keys, Key: public}
	put(t, ingest, "acme/a/b", canary)
	if _, err := get(t.Context(), ingest, "acme/a/b"); !errors.Is(err, ErrSealOnly) {
		t.Errorf("with the sealing key: %v", err)
	}
	if got, err := get(t.Context(), s, "acme/a/b"); err != nil || !bytes.Equal(got, canary) {
		t.Errorf("with the opening key: %v", err)
	}
}

// Rule: documents from before there were seals stay readable.
func TestOldObjectsStayReadable(t *testing.T) {
	s, bucket, _ := newStore(t)
	for _, data := range [][]byte{{}, []byte("\xff\xd8\xff picture"), []byte("PK\x03\x04 archive")} {
		put(t, bucket, "acme/a/old", data)
		if got, err := get(t.Context(), s, "acme/a/old"); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%q came back as %q (%v)", data, got, err)
		}
	}
}

// Rule: an upload that breaks off leaves neither object nor key.
func TestATornUploadLeavesNothing(t *testing.T) {
	s, _, _ := newStore(t)
	torn := errors.New("torn")
	_, err := s.Put(t.Context(), "acme/a/b", io.MultiReader(strings.NewReader("begin"), iotest.ErrReader(torn)), -1)
	if !errors.Is(err, torn) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Keys.WrappedKey(t.Context(), "acme", "acme/a/b"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("key: %v", err)
	}
	if _, err := get(t.Context(), s, "acme/a/b"); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("object: %v", err)
	}
}

// refusing stores what it is given and says that it did not.
type refusing struct{ Bucket }

func (r refusing) Put(ctx context.Context, key string, from io.Reader, size int64) (int64, error) {
	n, err := r.Bucket.Put(ctx, key, from, size)
	return n, errors.Join(err, errLost)
}

var errLost = errors.New("the answer was lost")

// Rule: what may be stored without anybody knowing keeps its key, by which it is found.
func TestWhatMayBeStoredKeepsItsKey(t *testing.T) {
	s, bucket, _ := newStore(t)
	s.Bucket = refusing{bucket}
	if _, err := s.Put(t.Context(), "acme/a/b", strings.NewReader("whole"), -1); !errors.Is(err, errLost) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Keys.WrappedKey(t.Context(), "acme", "acme/a/b"); err != nil {
		t.Errorf("key: %v", err)
	}
}

// Rule: a key that cannot be read is refused without being shown.
func TestAWrongKeyIsNotShown(t *testing.T) {
	for _, text := range []string{"", "secret", openPrefix + "secret", sealPrefix + "c2VjcmV0", openPrefix + "c2VjcmV0"} {
		if _, err := ParseKey(text); err == nil || strings.Contains(err.Error(), "ecret") || strings.Contains(err.Error(), "c2Vj") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	key := make([]byte, keySize)
	data := bytes.Repeat(canary, 20_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		s, err := newSealing(key, "acme/a/b", bytes.NewReader(data))
		if err == nil {
			_, err = io.Copy(io.Discard, s)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
