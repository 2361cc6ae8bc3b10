//go:build long

package checks_test

// Fixes are tried on every public rule: go test -tags long -timeout 30m ./lint/checks
const oneIn = 1
