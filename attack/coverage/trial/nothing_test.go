package trial_test

import (
	"testing"

	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/attack/coverage/trial"
)

// Without rules nothing fires.
func TestRunOfNoRules(t *testing.T) {
	t.Parallel()
	r, err := trial.Run(t.Context(), nil, []coverage.Recording{{ID: "r", Path: "../../../rules/starter/recordings"}}, trial.Options{})
	if err != nil || len(r.Firings) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
