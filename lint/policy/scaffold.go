package policy

import (
	"fmt"
	"regexp"
	"strings"
)

// newName is what new checks may be called, validName what checks are called
// that were written by hand. Files that end in _test.rego hold no checks.
var (
	newName   = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	validName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$`)
)

// Scaffold returns the files of a new check, by name: the check and its test,
// which passes. The name has the form group/kebab-case.
func Scaffold(name string) (map[string]string, error) {
	if !newName.MatchString(name) {
		return nil, fmt.Errorf("%q is no name of a check: write group/kebab-case, such as acme/rule-without-owner", name)
	}
	group, short, _ := strings.Cut(name, "/")
	if strings.HasSuffix(short, "-test") {
		return nil, fmt.Errorf("%s would be taken for a test by its name: leave out -test", name)
	}
	file := strings.ReplaceAll(short, "-", "_")
	return map[string]string{
		file + ".rego": fmt.Sprintf(`# METADATA
# title: a high or critical rule without an owner
# description: Say why this matters, and when to ignore it.
# custom:
#   severity: warning
package socctl.checks.%s[%q]

import data.socctl

report contains finding if {
	input.level.value in {"high", "critical"}
	not input.owner
	finding := socctl.helped(input.level, "the rule has no owner", "add owner: <team>")
}
`, group, short),
		file + "_test.rego": fmt.Sprintf(`package socctl.checks.%s_test

import data.socctl.checks.%s[%q] as check

test_found if {
	count(check.report) == 1 with input as {"level": {"value": "high", "location": "2:8:2:12"}}
}

test_silent if {
	count(check.report) == 0 with input as {"level": {"value": "high", "location": "2:8:2:12"}, "owner": {"value": "soc", "location": "3:8:3:11"}}
}
`, group, group, short),
	}, nil
}
