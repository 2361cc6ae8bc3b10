package rules_test

import (
	"testing"

	"github.com/socctl/socctl/rules"
)

func TestEveryModifierIsDescribed(t *testing.T) {
	for _, name := range rules.ModifierNames() {
		if rules.ModifierDoc(name) == "" {
			t.Errorf("modifier %s has no description", name)
		}
	}
	if got := rules.ModifierDoc("no such"); got != "" {
		t.Errorf("an unknown modifier is described: %s", got)
	}
}
