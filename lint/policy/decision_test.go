package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/socctl/socctl/lint/policy"
	"github.com/socctl/socctl/rules"
)

func decisionOf(t *testing.T, text string, limits policy.Limits) (*policy.Decision, rules.Diagnostics) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "merge.rego"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return policy.LoadDecision(t.Context(), dir, "socctl.tuning", "merge", limits)
}

// TestDecisionRefuses loads policies that reach for what they must not have, or say nothing.
func TestDecisionRefuses(t *testing.T) {
	t.Setenv("SECRET", "x")
	for name, c := range map[string]struct{ body, want string }{
		"network":      {`merge if http.send({"method": "get", "url": "http://localhost"}).status_code == 200`, "http.send is not available"},
		"names":        {`merge if net.lookup_ip_addr("localhost")`, "net.lookup_ip_addr is not available"},
		"environment":  {`merge if opa.runtime().env.SECRET == "x"`, "opa.runtime is not available"},
		"clock":        {`merge if time.now_ns() > 0`, "time.now_ns is not available"},
		"chance":       {`merge if rand.intn("x", 2) == 0`, "rand.intn is not available"},
		"tokens":       {`merge if io.jwt.decode("x")`, "io.jwt.decode is not available"},
		"files":        {`merge if json.parse_file("/etc/passwd")`, "undefined function json.parse_file"},
		"no such rule": {`allow := true`, "defines data.socctl.tuning.merge"},
		"no syntax":    {`merge if {`, "rego_parse_error"},
	} {
		gate, diags := decisionOf(t, "package socctl.tuning\n\n"+c.body+"\n", policy.Limits{})
		if gate != nil || diags.Count(rules.Error) == 0 || c.want != "rego_parse_error" && !strings.Contains(diags.Err().Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, diags, c.want)
		}
	}
	if _, diags := policy.LoadDecision(t.Context(), t.TempDir(), "socctl.tuning", "merge", policy.Limits{}); diags.Count(rules.Error) == 0 {
		t.Error("a folder without a policy is taken")
	}
	if _, diags := policy.LoadDecision(t.Context(), "/nowhere", "socctl.tuning", "merge", policy.Limits{}); diags.Count(rules.Error) == 0 {
		t.Error("a folder that is not there is taken")
	}
}

func TestDecisionAllows(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want bool
		err  string
	}{
		"says yes":       {`merge if input.tier == "A1"`, true, ""},
		"undefined":      {`merge if input.tier == "A2"`, false, ""},
		"says no":        {`merge := false`, false, ""},
		"another value":  {`merge := "yes"`, false, "neither true nor false"},
		"fails":          {`merge := to_number(input.title) > 0`, false, "to_number"},
		"takes for ever": {`merge if { some x in input.list; some y in input.list; some z in input.list; some w in input.list; x + y + z + w < 0 }`, false, "it takes too long"},
	} {
		gate, diags := decisionOf(t, "package socctl.tuning\n\n"+c.body+"\n", policy.Limits{Time: 200 * time.Millisecond})
		if gate == nil {
			t.Fatalf("%s: %v", name, diags)
		}
		list := make([]any, 200)
		for i := range list {
			list[i] = float64(i)
		}
		got, err := gate.Allows(map[string]any{"tier": "A1", "title": "x", "list": list})
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %t, %v; want %t, %s", name, got, err, c.want, c.err)
		}
	}
}
