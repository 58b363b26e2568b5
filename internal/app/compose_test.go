package app

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// composeFile is the part of docker-compose.yml that this test reads.
type composeFile struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Environment map[string]string `yaml:"environment"`
		HealthCheck any               `yaml:"healthcheck"`
		ReadOnly    bool              `yaml:"read_only"`
		Build       struct {
			Target string `yaml:"target"`
		} `yaml:"build"`
	} `yaml:"services"`
	Volumes map[string]any `yaml:"volumes"`
}

func readCompose(t *testing.T) composeFile {
	t.Helper()
	data, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var f composeFile
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatalf("docker-compose.yml: %v", err)
	}
	return f
}

// A name in compose that no service reads is a setting that silently does
// nothing; a required one that is missing stops a service at start.
func TestComposeSetsOnlyWhatTheServicesRead(t *testing.T) {
	known, err := Variables()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ingest", "worker", "notifier", "migrate"} {
		service, ok := readCompose(t).Services[name]
		if !ok {
			t.Errorf("service %s is missing", name)
		}
		for key := range service.Environment {
			if !slices.Contains(known, key) {
				t.Errorf("service %s sets %s, which no program reads", name, key)
			}
		}
		for _, key := range []string{"DATABASE_URL", "NATS_URL"} {
			if service.Environment[key] == "" {
				t.Errorf("service %s lacks %s", name, key)
			}
		}
	}
}

// Who sends mails opens no documents: it is given neither the bucket nor the key.
func TestComposeGivesDocumentsToThoseThatOpenThem(t *testing.T) {
	f := readCompose(t)
	for name, may := range map[string]bool{"ingest": true, "worker": true, "migrate": true, "notifier": false} {
		for _, key := range []string{"S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "SEAL_KEY"} {
			if got := f.Services[name].Environment[key] != ""; got != may {
				t.Errorf("service %s has %s: %v, want %v", name, key, got, may)
			}
		}
	}
}

func TestComposeHasNoDefaultSecret(t *testing.T) {
	for name, service := range readCompose(t).Services {
		for key, value := range service.Environment {
			secret := strings.Contains(key, "PASSWORD") || strings.Contains(key, "SECRET") || strings.Contains(key, "ACCESS_KEY")
			if secret && !strings.Contains(value, ":?") {
				t.Errorf("service %s: %s must come from .env and fail when it is unset", name, key)
			}
		}
	}
}

func TestComposeChecksHealthAndKeepsImagesReadOnly(t *testing.T) {
	f := readCompose(t)
	for _, name := range []string{"postgres", "nats", "s3", "mail"} {
		if f.Services[name].HealthCheck == nil {
			t.Errorf("service %s has no health check", name)
		}
	}
	for _, name := range []string{"ingest", "worker", "notifier"} {
		if s := f.Services[name]; !s.ReadOnly || s.Build.Target != name {
			t.Errorf("service %s: read_only %v, target %q", name, s.ReadOnly, s.Build.Target)
		}
	}
	for _, name := range []string{"postgres", "nats", "s3"} {
		if _, ok := f.Volumes[name]; !ok {
			t.Errorf("volume %s is missing", name)
		}
	}
}

// The Dockerfile has a stage for each service, none of which ends as root.
func TestDockerfileBuildsEachServiceUnprivileged(t *testing.T) {
	data, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	user := map[string]string{}
	stage := ""
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 4 && words[0] == "FROM":
			stage = words[3]
			user[stage] = user[words[1]]
		case len(words) == 2 && words[0] == "USER":
			user[stage] = words[1]
		}
	}
	for _, name := range []string{"ingest", "worker", "notifier", "tool"} {
		if user[name] != "10001:10001" {
			t.Errorf("image %s runs as %q", name, user[name])
		}
	}
}

// Nothing but the example file may hold a value for a secret, and its values
// must not pass for real ones.
func TestExampleEnvironmentIsNoSecret(t *testing.T) {
	data, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.HasPrefix(key, "#") || !strings.Contains(key, "PASSWORD") && !strings.Contains(key, "KEY") {
			continue
		}
		if !strings.HasPrefix(value, "change-me") {
			t.Errorf("%s in .env.example must start with change-me", key)
		}
	}
}
