package check

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// manifests are what Kustomize makes of the folder, by kind.
type manifests struct {
	deployments []appsv1.Deployment
	jobs        []batchv1.Job
	configs     []corev1.ConfigMap
	accounts    []corev1.ServiceAccount
	services    []corev1.Service
	namespaces  []corev1.Namespace
	budgets     []policyv1.PodDisruptionBudget
	policies    []networkingv1.NetworkPolicy
	scaled      []scaledObject
}

// scaledObject is the part of KEDA's keda.sh/v1alpha1 that is used here; its own
// package drags in every scaler there is.
type scaledObject struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		ScaleTargetRef struct {
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		MinReplicaCount int32 `json:"minReplicaCount"`
		MaxReplicaCount int32 `json:"maxReplicaCount"`
		PollingInterval int32 `json:"pollingInterval"`
		CooldownPeriod  int32 `json:"cooldownPeriod"`
		Fallback        struct {
			FailureThreshold int32 `json:"failureThreshold"`
			Replicas         int32 `json:"replicas"`
		} `json:"fallback"`
		Advanced struct {
			HorizontalPodAutoscalerConfig struct {
				Behavior autoscalingv2.HorizontalPodAutoscalerBehavior `json:"behavior"`
			} `json:"horizontalPodAutoscalerConfig"`
		} `json:"advanced"`
		Triggers []struct {
			Type       string                         `json:"type"`
			MetricType autoscalingv2.MetricTargetType `json:"metricType"`
			Metadata   map[string]string              `json:"metadata"`
		} `json:"triggers"`
	} `json:"spec"`
}

// read builds the folder and decodes every object strictly: a field that its
// schema does not have, or that is there twice, fails.
func read(t *testing.T) manifests {
	t.Helper()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), "..")
	if err != nil {
		t.Fatalf("kustomize: %v", err)
	}
	var m manifests
	for _, r := range built.Resources() {
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		kind := r.GetGvk().ApiVersion() + " " + r.GetKind()
		into, known := m.decoders()[kind]
		if !known {
			t.Errorf("there is no schema here for %s %s", kind, r.GetName())
			continue
		}
		if err := into(text); err != nil {
			t.Errorf("%s %s: %v", kind, r.GetName(), err)
		}
	}
	return m
}

func (m *manifests) decoders() map[string]func([]byte) error {
	return map[string]func([]byte) error{
		"apps/v1 Deployment":                 add(&m.deployments),
		"batch/v1 Job":                       add(&m.jobs),
		"v1 ConfigMap":                       add(&m.configs),
		"v1 ServiceAccount":                  add(&m.accounts),
		"v1 Service":                         add(&m.services),
		"v1 Namespace":                       add(&m.namespaces),
		"policy/v1 PodDisruptionBudget":      add(&m.budgets),
		"networking.k8s.io/v1 NetworkPolicy": add(&m.policies),
		"keda.sh/v1alpha1 ScaledObject":      add(&m.scaled),
	}
}

func add[T any](list *[]T) func([]byte) error {
	return func(text []byte) error {
		var one T
		if err := yaml.UnmarshalStrict(text, &one); err != nil {
			return err
		}
		*list = append(*list, one)
		return nil
	}
}

func TestManifestsMeetTheirSchemas(t *testing.T) {
	m := read(t)
	for what, got := range map[string][2]int{
		"deployments": {len(m.deployments), 3}, "migration jobs": {len(m.jobs), 1}, "budgets": {len(m.budgets), 3},
		"network policies": {len(m.policies), 5}, "scaled objects": {len(m.scaled), 1},
	} {
		if got[0] != got[1] {
			t.Errorf("%d %s, want %d", got[0], what, got[1])
		}
	}
}

// Rule: the test itself tells a field that no schema has.
func TestAnUnknownFieldIsRefused(t *testing.T) {
	var m manifests
	for kind, text := range map[string]string{
		"apps/v1 Deployment":                 "spec: {replica: 2}",
		"networking.k8s.io/v1 NetworkPolicy": "spec: {podSelector: {}, egres: []}",
		"keda.sh/v1alpha1 ScaledObject":      "spec: {maxReplicas: 3}",
	} {
		if err := m.decoders()[kind]([]byte(text)); err == nil {
			t.Errorf("%s: %s passed", kind, text)
		}
	}
}
