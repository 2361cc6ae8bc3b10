// Package coverage says what is known about the detection of ATT&CK techniques,
// as evidence and not as a count of tags.
//
// The unit is a cell: a technique on a platform. What a rule has to show for a
// cell is a Level, and the cell takes the highest of its rules:
//
//	0   nothing    no rule, or none that qualifies
//	1   tagged     a sound rule claims it, on a platform where the technique occurs
//	2   tested     and has a passing test that it fires, and one that it stays silent
//	3a  self       it fires on telemetry that was recorded for this very rule
//	3b  observed   it fires on telemetry that others labelled with the technique
//	4   proven     3b, and verdicts of analysts bound its precision from below
//
// Levels are conditions, not a ladder: 3b does not need 2, and a rule with a
// failing test has 1, whatever else it can show. Evidence belongs to what a rule
// meant when it was made (its hash); once the rule means something else, it is
// stale and counts no longer.
//
// The package knows results, not events: rules, tests, firings, verdicts are
// plain values (Input), and Assess is a function of them alone. It reads no file
// but the manifest of recordings, and no clock.
//
// No number here says that a technique "is covered". ATT&CK itself warns that
// full coverage of its techniques does not guarantee full defensive coverage.
package coverage
