// Package notify tells registrants and registrars what was decided: one
// delivery per enabled endpoint and event, signed webhooks by the Standard
// Webhooks specification, and mail in Chinese and English. Delivery is at least
// once, with a stable id that lets receivers drop repeats.
//
// It does not decide anything and does not know where deliveries are kept:
// it declares the Store that it needs.
package notify
