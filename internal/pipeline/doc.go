// Package pipeline takes one attempt through its review: claim it, load and
// examine its documents once, run the stages' checks over the facts, decide,
// and record the outcome. It declares the ports that it needs and knows neither
// NATS nor SQL nor S3.
//
// What the registrant can mend comes out as findings. An error is ours: the
// attempt is released and tried again, and is never rejected for it.
package pipeline
