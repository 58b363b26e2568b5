// Package notices takes the notifier through the worst of days: many outcomes to
// many endpoints of which some are dead, slow or failing, while it is killed. Its
// test runs a small day; -outcomes makes it as large as wanted, and -compare
// measures what bad endpoints cost the others.
package notices
