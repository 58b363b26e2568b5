// Package authority is the contract with those who hold the data that a document
// is judged against: the police for persons, the registers for organisations. It
// says what is asked, who may answer which question, and when to ask again.
//
// It asks nobody itself: sources are adapters (authority/web, authority/register).
// It judges no answer either: package check does.
package authority
