package limit

import (
	"testing"
	"time"
)

func TestABucketEmptiesAndFillsAgain(t *testing.T) {
	b := New(map[string]Rate{"precheck": {PerSecond: 2, Burst: 3}})
	now := time.Now()
	for i := range 3 {
		if _, ok := b.Take("precheck", "acme", now); !ok {
			t.Fatalf("request %d was refused", i+1)
		}
	}
	wait, ok := b.Take("precheck", "acme", now)
	if ok || wait != 500*time.Millisecond {
		t.Errorf("the fourth: %v, wait %v", ok, wait)
	}
	if _, ok := b.Take("precheck", "acme", now.Add(500*time.Millisecond)); !ok {
		t.Error("still empty after the wait that was asked for")
	}
}

func TestBucketsAndTenantsStandAlone(t *testing.T) {
	b := New(map[string]Rate{"a": {PerSecond: 1, Burst: 1}, "b": {PerSecond: 1, Burst: 1}})
	now := time.Now()
	for _, k := range []key{{"a", "x"}, {"b", "x"}, {"a", "y"}} {
		if _, ok := b.Take(k.bucket, k.tenant, now); !ok {
			t.Errorf("%v was refused", k)
		}
	}
	for range 1000 {
		if _, ok := b.Take("not named", "x", now); !ok {
			t.Fatal("a bucket without a rate limits")
		}
	}
}
