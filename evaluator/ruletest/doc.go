// Package ruletest runs the unit tests of Sigma rules.
//
// A test says what one rule makes of one event, of several, or of a recording.
// Tests are read from
//
//   - a file in a tree that mirrors the rules: tests/<path of the rule>.yml,
//     where the path is that below the rules folder or that of the repository;
//   - the attribute tests: of the rule itself, with the same content;
//   - SigmaHQ's regression_tests_path and the info.yml that it names;
//   - RSigma's attribute rsigma.exemplars and its file of expectations.
//
// A test file is a map of these keys; any other key is an error:
//
//	rule:   path, id, name, file name or title; default: the mirrored path
//	events: named events, for use in tests
//	tests:  list of tests
//
// A test has a name, at most one of event, events, file and sequence being its
// input, and what is wanted of it:
//
//	name:       of the test, unique in the file
//	rule:       another rule than the file's
//	event:      one event; the key from: names an event of events: whose keys
//	            it takes over; a key beside it replaces, null removes
//	events:     list of events
//	file:       recording (EVTX or JSON), relative to the test file
//	where:      {field: value or list}: only these events of the file
//	logsource:  ignore: the event need not belong to the rule's logsource
//	match:      true or false; of events, every one; of a file, any or none
//	selections: {name: true or false}: what selections are on the event
//	because:    name of the selection that alone keeps the event from matching:
//	            were it the opposite, the rule would match
//	count:      how many events match: a number, or {min: n, max: n}
//	golden:     file of the expected matches, written by Options.Update
//	start, sequence, alerts: of a correlation; checked, but not yet evaluated
//
// A file of RSigma's expectations is recognised among the tests by its key
// expectations:. Under unexpected_detections: fail, every rule that it does not
// name is tested to match nothing; warn and ignore look for nothing.
//
// An inline event that normalises into views must have one that satisfies the
// rule's logsource; one in which nothing tells a logsource is taken to be of
// the rule's. Events of recordings are routed by their views alone.
//
// The package guarantees that no test is passed over in silence: everything
// that was found ends up as a Result or as a diagnostic, and what could not be
// evaluated never counts as passed. Results do not depend on the number of
// jobs. Rendering is left to the caller.
package ruletest
