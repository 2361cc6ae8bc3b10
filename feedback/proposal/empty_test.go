package proposal_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/feedback/proposal"
)

// Where no rule has a verdict, the list of rules is empty in JSON, and not null.
func TestNoRuleIsAnEmptyList(t *testing.T) {
	e := &proposal.Evidence{Program: &compiler.Program{}}
	if text, err := json.Marshal(e.Propose(proposal.Options{})); err != nil || !strings.Contains(string(text), `"rules":[]`) {
		t.Errorf("%s %v", text, err)
	}
}
