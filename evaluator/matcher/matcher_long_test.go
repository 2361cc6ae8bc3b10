//go:build long

package matcher_test

import "testing"

// Millions of random pairs, and all values of the corpus:
// go test -tags long -run LongRun -timeout 2h ./evaluator/matcher
func TestLongRunAgreesWithOneAtATime(t *testing.T) {
	for seed := range uint64(8) {
		checkAgreement(t, 100+seed, 5000, 60)
	}
}

func TestLongRunAgreesOnTheCorpus(t *testing.T) { checkCorpus(t, 1, 1<<30, 0) }
