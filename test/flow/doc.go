// Package flow sends many attempts through the wiring of production, on real
// Postgres, NATS and S3, with an examiner that reads nothing: what it proves is
// the way of an attempt, not what a review says about it.
package flow
