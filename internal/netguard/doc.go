// Package netguard keeps outgoing requests of a tenant's choosing away from our
// own network: it decides on the address after DNS, in the dialer, on every
// connection. What is public comes from the two special-purpose address
// registries that IANA publishes (folder iana), not from a hand list.
//
// It knows addresses, not URLs, and is no proxy.
package netguard
