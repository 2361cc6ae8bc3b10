// Package retag brings the tags of rules to a release of ATT&CK.
//
// What becomes of tags is decided by package attack; this package writes it into
// files by position, so that comments, quotes, indentation and line ends stay.
// Nothing is guessed: what a person has to decide, and what cannot be edited
// without losing something, is told and left as it is.
package retag
