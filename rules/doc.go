// Package rules reads Sigma 2.1 documents: detection rules, correlations and
// filters.
//
// It is lossless about places: every key, value, modifier and condition token
// knows its file, line and column, also inside quoted, folded and literal
// scalars. It is complete about problems: all of a file are found in one run,
// and nothing is skipped silently. It knows YAML and text, and nothing of
// events; what a document means is decided by package compiler.
//
// Decisions named D1 to D61 in comments refer to docs/conformance.md.
package rules
