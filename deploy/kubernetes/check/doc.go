// Package check holds the manifests of deploy/kubernetes to the schemas of
// Kubernetes and to what the programs read. It has no code of its own, and is a
// module of its own because those schemas weigh more than everything else here.
package check
