// Package httpapi is the edge: it takes submissions, answers for them, and turns
// every problem into a clear answer (RFC 9457) in Chinese and English. Routes are
// a table, each with the scope a key needs. It decides nothing about documents
// and knows neither SQL nor S3: it declares the Store and the Blobs it needs.
package httpapi
