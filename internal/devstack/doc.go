// Package devstack starts real servers for one machine: NATS with JetStream in
// this process, an S3 gateway in a child process, a Postgres from the system's
// packages, and an SMTP server that keeps its mail in a directory. `realname
// up`, the demo and the tests use it.
//
// It is never part of a production binary; a test holds that.
package devstack
