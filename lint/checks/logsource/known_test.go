package logsource

import (
	"slices"
	"testing"

	"github.com/socctl/socctl/rules/logsource"
)

// What the table lists for a product is all there is; generic categories are of
// any product.
func TestKnown(t *testing.T) {
	tests := []struct {
		category, product, service string
		want                       bool
	}{
		{"process_creation", "windows", "", true},
		{"process_creation", "windows", "sysmon", true},
		{"", "windows", "security", true},
		{"antivirus", "windows", "windefend", true},
		{"webserver", "windows", "iis", true},
		{"dns", "windows", "", true},
		{"process_creation", "linux", "auditd", true},
		{"firewall", "fortinet", "", true},
		{"webserver", "nginx", "", true},
		{"proxy", "", "squid", true},

		{"", "windows", "secruity", false},
		{"proces_creation", "windows", "", false},
		{"process_creation", "windows", "sysmno", false},
		{"process_creation", "windows", "cloudtrail", false},
		{"", "windows", "auditd", false},
		{"", "linux", "audit", false},
		{"dns", "okta", "okta", true},
		{"process_creation", "okta", "okta", false},
		{"", "okta", "system", false},
	}
	for _, test := range tests {
		l := logsource.Logsource{Category: test.category, Product: test.product, Service: test.service}
		if got := known(logsource.Default(), l); got != test.want {
			t.Errorf("known(%s) = %t", l, got)
		}
	}
}

// The categories are those of the table, and of events that these take.
func TestSysmonCategories(t *testing.T) {
	for event, category := range sysmonCategories {
		view := logsource.Default().View("windows/sysmon/" + category)
		if view == nil {
			t.Errorf("no view takes %s for %s", event, category)
			continue
		}
		takes := slices.ContainsFunc(view.When, func(m logsource.Match) bool {
			return slices.ContainsFunc(m, func(c logsource.Condition) bool { return c.Field == "EventID" && slices.Contains(c.Values, event) })
		})
		if !takes {
			t.Errorf("%s does not take %s", category, event)
		}
	}
}

func TestCategoryKeepsEvent(t *testing.T) {
	for event, want := range map[string]string{
		"1":  "write category: process_creation instead of service and EventID",
		"16": "write category: sysmon_status instead of service, and keep EventID: the category has other events as well",
		"28": "write category: file_block_shredding instead of service and EventID",
	} {
		if _, got := categoryOf("sysmon", event); got != want {
			t.Errorf("%s: %s", event, got)
		}
	}
}
