// Package telemetry shows where time goes: the table of all metrics, and traces
// that follow one attempt through HTTP, SQL, S3 and NATS. Whoever measures imports
// it; it knows nobody and decides nothing.
//
// A label or an attribute never holds a name, a number, a tenant or a file name:
// what tells one attempt from another is its id, and that goes into traces and
// logs only.
package telemetry
