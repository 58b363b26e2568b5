package check

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
)

const name = "app.kubernetes.io/name"

// pods are the pod templates of deployments and jobs by name.
func (m manifests) pods() map[string]corev1.PodTemplateSpec {
	pods := map[string]corev1.PodTemplateSpec{}
	for _, d := range m.deployments {
		pods[d.Name] = d.Spec.Template
	}
	for _, j := range m.jobs {
		pods[j.Name] = j.Spec.Template
	}
	return pods
}

// A name that no program reads is a setting that silently does nothing; a
// required one that is missing stops a program at its start.
func TestPodsAreGivenWhatTheProgramsRead(t *testing.T) {
	m := read(t)
	source, err := os.ReadFile("../../../internal/app/config.go")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, found := range regexp.MustCompile("`env:\"(\\w+)").FindAllStringSubmatch(string(source), -1) {
		known = append(known, found[1])
	}
	for pod, set := range m.settings() {
		for key := range set {
			if !slices.Contains(known, key) {
				t.Errorf("%s is given %s, which no program reads", pod, key)
			}
		}
		for _, key := range []string{"DATABASE_URL", "NATS_URL"} {
			if !set[key] {
				t.Errorf("%s lacks %s", pod, key)
			}
		}
		opens := pod == "ingest" || pod == "worker"
		for _, key := range []string{"S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY", "SEAL_KEY"} {
			if set[key] != opens {
				t.Errorf("%s is given %s: %v, want %v: only who opens documents has the way to them", pod, key, set[key], opens)
			}
		}
	}
}

// settings are the names of the environment of each pod.
func (m manifests) settings() map[string]map[string]bool {
	configs := map[string]map[string]string{}
	for _, c := range m.configs {
		configs[c.Name] = c.Data
	}
	all := map[string]map[string]bool{}
	for pod, template := range m.pods() {
		set := map[string]bool{}
		for _, c := range template.Spec.Containers {
			for _, from := range c.EnvFrom {
				for key := range configs[from.ConfigMapRef.Name] {
					set[key] = true
				}
			}
			for _, e := range c.Env {
				set[e.Name] = true
			}
		}
		all[pod] = set
	}
	return all
}

func TestNoSecretIsInTheManifests(t *testing.T) {
	secret := regexp.MustCompile(`PASSWORD|SECRET|ACCESS_KEY|SEAL_KEY|DATABASE_URL`)
	m := read(t)
	for pod, template := range m.pods() {
		for _, e := range template.Spec.Containers[0].Env {
			if secret.MatchString(e.Name) && (e.Value != "" || e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil) {
				t.Errorf("%s: %s must come from a Secret", pod, e.Name)
			}
		}
	}
	for _, c := range m.configs {
		for key := range c.Data {
			if secret.MatchString(key) {
				t.Errorf("ConfigMap %s holds %s", c.Name, key)
			}
		}
	}
}

func TestPodsHaveNoRights(t *testing.T) {
	for pod, template := range read(t).pods() {
		s, c := template.Spec, template.Spec.Containers[0]
		if s.SecurityContext == nil || !*s.SecurityContext.RunAsNonRoot || s.SecurityContext.SeccompProfile == nil || *s.AutomountServiceAccountToken {
			t.Errorf("%s: runs as root, without seccomp, or with a token", pod)
		}
		if x := c.SecurityContext; x == nil || !*x.ReadOnlyRootFilesystem || *x.AllowPrivilegeEscalation || !slices.Contains(x.Capabilities.Drop, "ALL") {
			t.Errorf("%s: may write its image, gain rights, or keeps capabilities", pod)
		}
		if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
			t.Errorf("%s: says not what it needs, or may take all memory", pod)
		}
	}
}

func TestServicesAreProbedAndKept(t *testing.T) {
	m := read(t)
	for _, d := range m.deployments {
		c := d.Spec.Template.Spec.Containers[0]
		for what, p := range map[string]*corev1.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
			if p == nil || p.HTTPGet == nil || p.HTTPGet.Port.String() != "ops" {
				t.Errorf("%s: no %s probe", d.Name, what)
			}
		}
		if c.LivenessProbe.HTTPGet.Path != "/healthz" || c.ReadinessProbe.HTTPGet.Path != "/readyz" {
			t.Errorf("%s: a server that is away must make it unready, not restart it", d.Name)
		}
		kept := slices.ContainsFunc(m.budgets, func(b policyv1.PodDisruptionBudget) bool {
			return b.Spec.Selector.MatchLabels[name] == d.Spec.Template.Labels[name]
		})
		allowed := slices.ContainsFunc(m.policies, func(p networkingv1.NetworkPolicy) bool {
			return p.Spec.PodSelector.MatchLabels[name] == d.Spec.Template.Labels[name]
		})
		if !kept || !allowed {
			t.Errorf("%s: budget %v, network policy %v", d.Name, kept, allowed)
		}
	}
}

// Rule: the notifier, which speaks with strangers, has no way to the documents,
// and nothing is allowed that is not named.
func TestPoliciesAllowOnlyWhatIsNamed(t *testing.T) {
	const s3 = 7070
	closed := false
	for _, p := range read(t).policies {
		if len(p.Spec.PodSelector.MatchLabels) == 0 && len(p.Spec.Ingress)+len(p.Spec.Egress) == 0 && len(p.Spec.PolicyTypes) == 2 {
			closed = true
		}
		who := p.Spec.PodSelector.MatchLabels[name]
		for _, e := range p.Spec.Egress {
			for _, port := range e.Ports {
				if port.Port.IntVal == s3 && who != "ingest" && who != "worker" {
					t.Errorf("policy %s opens the documents to %q", p.Name, who)
				}
			}
			if len(e.To) == 0 {
				t.Errorf("policy %s lets out to everywhere", p.Name)
			}
		}
	}
	if !closed {
		t.Error("no policy closes what is not named")
	}
}

// Rule: what workers are scaled by is a metric that a program tells.
func TestScalingReadsAMetricThatExists(t *testing.T) {
	table, err := os.ReadFile("../../../internal/telemetry/metrics.go")
	if err != nil {
		t.Fatal(err)
	}
	metric := regexp.MustCompile(`realname_(\w+)\{`)
	for _, s := range read(t).scaled {
		if s.Spec.ScaleTargetRef.Name != "worker" || len(s.Spec.Triggers) < 2 {
			t.Errorf("%s scales %s by %d triggers", s.Name, s.Spec.ScaleTargetRef.Name, len(s.Spec.Triggers))
		}
		for _, trigger := range s.Spec.Triggers {
			found := metric.FindStringSubmatch(trigger.Metadata["query"])
			if found == nil || !strings.Contains(string(table), `"`+found[1]+`"`) {
				t.Errorf("no program tells what %q asks for", trigger.Metadata["query"])
			}
		}
	}
}
