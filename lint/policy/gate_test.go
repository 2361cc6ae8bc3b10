package policy_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/lint/policy"
)

// judged has one gate judge a document.
func judged(t *testing.T, rego, document string, limits policy.Limits) *policy.Judgement {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "gate.rego"), []byte(rego), 0o644); err != nil {
		t.Fatal(err)
	}
	gates, diags := policy.LoadGates(context.Background(), []string{dir}, limits)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	j, err := gates.Judge([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// What gates say is sorted, and keeps the places that they give.
func TestGates(t *testing.T) {
	t.Parallel()
	j := judged(t, `package socctl.ci

deny contains {"message": sprintf("%s\nis", [x.name]), "path": x.path, "line": x.line} if some x in input.list
deny contains "last"
warn contains "careful" if count(input.list) == 2
`, `{"list": [{"name": "b", "path": "p.yml", "line": 7}, {"name": "a", "path": "p.yml", "line": 3}]}`, policy.Limits{})
	want := &policy.Judgement{Deny: []policy.Message{{Text: "last"}, {"a is", "p.yml", 3}, {"b is", "p.yml", 7}}, Warn: []policy.Message{{Text: "careful"}}}
	if diff := cmp.Diff(want, j); diff != "" {
		t.Error(diff)
	}
}

// A gate that takes too long denies, and says so.
func TestGatesAreBounded(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 3_000) + "1]"
	j := judged(t, "package socctl.ci\n\ndeny contains \"never\" if count([1 | some a in input; some b in input; some c in input; a + b + c == 0]) > 0\n", list, policy.Limits{Time: 50 * time.Millisecond})
	if len(j.Deny) != 1 || !strings.Contains(j.Deny[0].Text, "the gate was not carried out: it takes too long") {
		t.Errorf("%+v", j)
	}
}

// No built-in that a gate or a check may call reads a file, the environment, the clock
// or the network.
func TestGatesAreShutIn(t *testing.T) {
	t.Parallel()
	for _, call := range []string{`http.send({"method": "get", "url": "http://localhost"})`, `opa.runtime()`, `time.now_ns()`, `net.lookup_ip_addr("localhost")`, `rand.intn("x", 5)`,
		`json.match_schema({}, {"$ref": "file:///etc/passwd"})`, `json.verify_schema({"$ref": "file:///etc/passwd"})`, `graphql.schema_is_valid("x")`, `rego.parse_module("x", "package x")`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "gate.rego"), []byte("package socctl.ci\n\ndeny contains sprintf(\"%v\", ["+call+"])\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, diags := policy.LoadGates(context.Background(), []string{dir}, policy.Limits{})
		if name, _, _ := strings.Cut(call, "("); len(diags) != 1 || diags[0].Message != name+" is not available to checks" {
			t.Errorf("%s: %v", call, diags)
		}
	}
}
