package testenv

import (
	"context"
	"errors"
	"net/http"
	"net/smtp"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func TestMain(m *testing.M) { Main(m) }

func TestPostgresIsMigratedAndSeparate(t *testing.T) {
	a, b := Postgres(t), Postgres(t)
	if _, err := a.Exec(t.Context(), "insert into tenants (id, name) values ('t', 'T')"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := b.QueryRow(t.Context(), "select count(*) from tenants").Scan(&n); err != nil || n != 0 {
		t.Fatalf("the second database has %d tenants (%v), want 0", n, err)
	}
}

func TestOwnPostgresSurvivesAKill(t *testing.T) {
	pg, _ := OwnPostgres(t)
	pg.Kill()
	if err := pg.Start(); err != nil {
		t.Fatal(err)
	}
}

func TestNATSKeepsStreamsOverARestart(t *testing.T) {
	n := NATS(t)
	ctx := t.Context()
	connect := func() (jetstream.JetStream, func()) {
		nc, err := nats.Connect(n.URL)
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		return js, nc.Close
	}
	js, done := connect()
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}}); err != nil {
		t.Fatal(err)
	}
	done()
	n.Stop()
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	js, done = connect()
	defer done()
	if _, err := js.Stream(ctx, "S"); err != nil {
		t.Fatalf("stream after restart: %v", err)
	}
}

func TestS3KeepsObjectsOverARestart(t *testing.T) {
	s, b := OwnS3(t)
	ctx := t.Context()
	transport := &http.Transport{}
	c, err := minio.New(b.Address, &minio.Options{
		Creds:     credentials.NewStaticV4(b.AccessKey, b.SecretKey, ""),
		Transport: transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MakeBucket(ctx, b.Name, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutObject(ctx, b.Name, "k", strings.NewReader("v"), 1, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	transport.CloseIdleConnections()
	s.Stop()
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.StatObject(ctx, b.Name, "k", minio.StatObjectOptions{}); err != nil {
		t.Fatalf("object after restart: %v", err)
	}
}

func TestSMTPHandsOverMail(t *testing.T) {
	s := SMTP(t)
	if err := smtp.SendMail(s.Address, nil, "a@example.com", []string{"b@example.com"}, []byte("Subject: x\r\n\r\ny")); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-s.Arrived:
		if m.To[0] != "b@example.com" || !strings.Contains(string(m.Data), "Subject: x") {
			t.Fatalf("got %+v", m)
		}
	case <-t.Context().Done():
		t.Fatal(errors.Join(errors.New("no mail"), context.Cause(t.Context())))
	}
}
