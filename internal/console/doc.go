// Package console is the page that a registrar's staff keep open all day: what is
// stuck, what went wrong and why, what a person must decide, what is due. It
// serves HTML to people with sessions and roles; programs with keys are for
// package httpapi. It decides nothing about documents and knows neither SQL nor
// S3: it declares the stores that it needs.
//
// Pages are rendered here and work for reading without JavaScript. Every text is
// in texts.yaml, in Chinese and English. Names and numbers are masked until
// somebody says what for they need them.
package console
