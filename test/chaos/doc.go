// Package chaos holds the tests that run the real programs on real servers and
// break them while submissions come in: servers and services are killed, links
// cut, disks filled, messages repeated, documents planted that end a worker.
// Each run ends with the promises of package invariant and with a comparison of
// what clients were told with what is stored. It has no code of its own,
// and no tests unless built with the tag chaos: they take a machine for themselves. Each
// fault once is part of make test; the long run is make chaos.
package chaos
