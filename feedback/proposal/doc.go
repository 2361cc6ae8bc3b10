// Package proposal makes exclusions of rules from verdicts: it replays recordings,
// lets package tuning learn from the alerts that were judged, writes what passes as
// Sigma filter documents with a certificate each, and applies them to a second
// replay before it proposes anything. What does not pass is told with the reason.
//
// The same rules, verdicts and recordings make the same documents, byte by byte, in
// whatever order and with however many workers they are read.
package proposal
