// Package sweep keeps work moving: it tells NATS what the outbox holds, takes
// back the attempts of workers that died, and takes deferred attempts up again
// when their day has come. Each duty is one file with a pure step; any process
// may run all duties, and an advisory lock per duty lets one of them work.
//
// Postgres is the truth: whatever NATS loses, the sweep rings again.
package sweep
