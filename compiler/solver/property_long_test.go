//go:build long

package solver_test

import "testing"

// TestLongRandomRules lets some ten million events refute answers about some
// hundred thousand pairs of rules.
func TestLongRandomRules(t *testing.T) { randomRules(t, 2, 16_000, 100) }

// TestLongQueries asks about all pairs of public rules that share an atom.
func TestLongQueries(t *testing.T) { askPublicRules(t, 1) }

// TestLongExhaustiveRules compares answers about more random rules with all events.
func TestLongExhaustiveRules(t *testing.T) { exhaustRules(t, 1_500, 150) }
