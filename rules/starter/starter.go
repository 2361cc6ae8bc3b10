// Package starter holds a small rule pack with tests, written for this project:
// what socctl init lays down, and what the README shows. It guarantees that
// every rule in it has a positive and a negative test, and that all pass.
package starter

import (
	"embed"
	"io/fs"
)

//go:embed .socctl.yml README.md workflow.yml rules tests recordings
var files embed.FS

// Files returns the pack: rules, tests, recordings, configuration and workflow.
func Files() fs.FS { return files }

// Target returns where in a new repository a file of the pack belongs.
func Target(name string) string {
	if name == "workflow.yml" {
		return ".github/workflows/socctl.yml"
	}
	return name
}
