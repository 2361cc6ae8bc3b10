package checks_test

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/socctl/socctl/lint/checks"
)

// nameOfOthers is a check of another tool.
type nameOfOthers struct {
	tool, name string
	count      string // of its findings on the public rules, "-" where nobody counted, "" where nobody could
}

// namesOfOthers returns the names in the table: those of pySigma 2.0.1, of the
// validators and tests of SigmaHQ, of the JSON schemas of the specification and of
// the linters of others.
func namesOfOthers(t *testing.T) (out []nameOfOthers) {
	t.Helper()
	table, err := os.ReadFile("testdata/elsewhere.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(table), "\n"), "\n")[1:] {
		columns := strings.Split(line, "\t")
		out = append(out, nameOfOthers{columns[0], columns[1], columns[2]})
	}
	return out
}

// checksByName returns our checks by what records call them elsewhere, as "tool
// name".
func checksByName() map[string][]string {
	out := map[string][]string{}
	for _, c := range checks.All() {
		for _, e := range c.Elsewhere {
			name, _, _ := strings.Cut(e, ":")
			if !slices.Contains(out[name], c.Name) {
				out[name] = append(out[name], c.Name)
			}
		}
	}
	return out
}

// Every check that other tools have is named in a record of ours, or there is a
// reason why not. The names are those of pySigma 2.0.1, the validators and tests
// of SigmaHQ, the JSON schemas of the specification and the linters of others.
func TestNamesOfOthers(t *testing.T) {
	ours := checksByName()
	reasons := map[string]bool{}
	for _, f := range checks.NotOurs() {
		key := f.Tool + " " + f.Name
		if reasons[key] || ours[key] != nil || f.Reason == "" {
			t.Errorf("%s: there twice, among ours too, or without a reason", key)
		}
		reasons[key] = true
	}
	if !slices.IsSortedFunc(checks.NotOurs(), func(a, b checks.Foreign) int {
		return cmp.Or(cmp.Compare(a.Tool, b.Tool), cmp.Compare(a.Name, b.Name))
	}) {
		t.Error("the reasons are not in the order of tools and names")
	}
	known, mapped := map[string]bool{}, 0
	for _, name := range namesOfOthers(t) {
		key := name.tool + " " + name.name
		known[key] = true
		switch {
		case ours[key] != nil:
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
