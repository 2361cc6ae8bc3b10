//go:build long

package evaluator_test

import "testing"

// Millions of random pairs: go test -tags long -run LongRun -timeout 1h ./evaluator
func TestLongRunAgreesWithReference(t *testing.T) {
	for seed := range uint64(8) {
		checkAgreement(t, 100+seed, 12_500, 40)
	}
}

// Ten million pairs of rules that are evaluated together.
func TestLongRunTogether(t *testing.T) {
	for seed := range uint64(6) {
		checkTogether(t, 200+seed, 100, 60, 300)
	}
}
