package deploy

import (
	"bytes"
	"os"
	"testing"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// TestKubernetes reads the manifests strictly, as the API's own types: a field that there
// is not, or twice, is an error. What they set is what a `restricted` namespace demands.
func TestKubernetes(t *testing.T) {
	text, err := os.ReadFile("../../deploy/kubernetes/customergate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]func() any{
		"Namespace":             func() any { return new(core.Namespace) },
		"ConfigMap":             func() any { return new(core.ConfigMap) },
		"PersistentVolumeClaim": func() any { return new(core.PersistentVolumeClaim) },
		"Deployment":            func() any { return new(apps.Deployment) },
		"PodDisruptionBudget":   func() any { return new(policy.PodDisruptionBudget) },
		"Service":               func() any { return new(core.Service) },
	}
	read := map[string]any{}
	for _, manifest := range bytes.Split(text, []byte("\n---\n")) {
		var kind struct{ Kind string }
		if err := yaml.Unmarshal(manifest, &kind); err != nil {
			t.Fatal(err)
		}
		make, known := types[kind.Kind]
		if !known {
			t.Fatalf("nobody knows a %q", kind.Kind)
		}
		into := make()
		if err := yaml.UnmarshalStrict(manifest, into); err != nil {
			t.Errorf("%s: %v", kind.Kind, err)
		}
		read[kind.Kind] = into
	}
	if len(read) != len(types) {
		t.Fatalf("there are %d kinds of manifests, want %d", len(read), len(types))
	}

	pod := read["Deployment"].(*apps.Deployment).Spec.Template
	container := pod.Spec.Containers[0]
	if !*pod.Spec.SecurityContext.RunAsNonRoot || *container.SecurityContext.AllowPrivilegeEscalation || !*container.SecurityContext.ReadOnlyRootFilesystem {
		t.Error("the gateway may do more than it has to")
	}
	for key, value := range read["Service"].(*core.Service).Spec.Selector {
		if pod.Labels[key] != value {
			t.Errorf("the service selects %s=%s, which the gateway has not", key, value)
		}
	}
	Caddyfile := read["ConfigMap"].(*core.ConfigMap).Data["Caddyfile"]
	if probe := container.ReadinessProbe.HTTPGet.Path; !bytes.Contains([]byte(Caddyfile), []byte("customer_gate_ready "+probe+"\n")) {
		t.Errorf("nothing answers %s", probe)
	}
}
