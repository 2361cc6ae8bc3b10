// Package importer makes verdicts of what other products export about closed
// alerts and incidents. How each product names things is a table in YAML; a value
// that no row of it knows is an error with its place, never a guess. What cannot be
// told apart from closing is undetermined: closing is not a verdict.
package importer
