// Package specimen draws documents for tests and demonstrations: invented
// persons and companies on paper that looks and measures like a scan, marked as
// specimens, with faults to choose from. The numbers are valid by every check
// digit so that the checks can be shown; nobody holds them.
//
// It is never part of a service.
package specimen
