package checks_test

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/lint/checks"
)

// Every check that other tools have is named in a record of ours, or there is a
// reason why not. The names are those of pySigma 2.0.1, the validators and tests
// of SigmaHQ, the JSON schemas of the specification and the linters of others.
func TestNamesOfOthers(t *testing.T) {
	ours := map[string]bool{} // "tool name"
	for _, c := range checks.All() {
		for _, e := range c.Elsewhere {
			name, _, _ := strings.Cut(e, ":")
			ours[name] = true
		}
	}
	reasons := map[string]bool{}
	for _, f := range checks.NotOurs() {
		key := f.Tool + " " + f.Name
		if reasons[key] || ours[key] || f.Reason == "" {
			t.Errorf("%s: there twice, among ours too, or without a reason", key)
		}
		reasons[key] = true
	}
	if !slices.IsSortedFunc(checks.NotOurs(), func(a, b checks.Foreign) int {
		return cmp.Or(cmp.Compare(a.Tool, b.Tool), cmp.Compare(a.Name, b.Name))
	}) {
		t.Error("the reasons are not in the order of tools and names")
	}
	list, err := os.ReadFile("testdata/elsewhere.tsv")
	if err != nil {
		t.Fatal(err)
	}
	known, mapped := map[string]bool{}, 0
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n")[1:] {
		key := strings.ReplaceAll(line, "\t", " ")
		known[key] = true
		switch {
		case ours[key]:
			mapped++
		case !reasons[key]:
			t.Errorf("%s is neither named in a record nor in NotOurs", key)
		}
	}
	for key := range reasons {
		if !known[key] {
			t.Errorf("%s has a reason and is not in the list", key)
		}
	}
	for _, tool := range []string{"pysigma", "sigmahq", "sigmahq-tests", "rsigma"} {
		for key := range ours {
			if strings.HasPrefix(key, tool+" ") && !known[key] && !strings.HasPrefix(key, "sigmahq-tests regression_tests_runner ") {
				t.Errorf("a record names %s, which is not in the list", key)
			}
		}
	}
	t.Logf("%d names, %d with a check of ours, %d with a reason why not", len(known), mapped, len(reasons))
}
