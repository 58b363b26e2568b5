// Package bus speaks JetStream: streams and consumers are declared as data and
// made to match at start and whenever they were lost; publishing carries ids
// only; consuming heals itself. NATS is a doorbell here, never the truth: a lost
// message is rung again from Postgres.
package bus
