package ruletest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator/ruletest"
)

// TestExpiredFilterExcusesOnlyItsTests: with any number of workers, tests that pass with
// the filter that has expired are skipped; those of other filters and of none fail.
func TestExpiredFilterExcusesOnlyItsTests(t *testing.T) {
	var b strings.Builder
	b.WriteString(`-- rules/filter.yml --
title: Backup
logsource: {category: process_creation, product: windows}
filter: {rules: [whoami], s: {User: svc}, condition: not s}
socctl: {owner: o, expires: 2026-08-02}
-- rules/lasting.yml --
title: Lasting
logsource: {category: process_creation, product: windows}
filter: {rules: [whoami], s: {User: admin}, condition: not s}
-- rules/whoami.yml --
title: Whoami
name: whoami
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|endswith: '\whoami.exe'}
    condition: selection
tests:
`)
	for i := range 12 {
		fmt.Fprintf(&b, "    - {name: n%d, event: {Image: 'C:\\whoami.exe', User: %s}, match: %t}\n", i, []string{"svc", "bob", "admin"}[i%3], i%2 == 1)
	}
	suite, _ := load(t, b.String())
	now := time.Date(2026, 8, 2, 0, 0, 0, 0, time.UTC)
	var want []string
	for _, jobs := range []int{1, 4, 8} {
		got := statuses(t, suite, ruletest.RunOptions{Now: now, Jobs: jobs})
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	count := func(status string) int {
		return len(slices.DeleteFunc(slices.Clone(want), func(s string) bool { return !strings.Contains(s, status) }))
	}
	// Of svc two expect no match: skipped. Of bob two expect none, of admin two expect one: they fail.
	if count("skipped") != 2 || count("fail") != 4 || count("pass") != 6 {
		t.Errorf("%q", want)
	}
	if before := statuses(t, suite, ruletest.RunOptions{Now: now.Add(-time.Hour)}); slices.ContainsFunc(before, func(s string) bool { return strings.Contains(s, "skipped") }) {
		t.Errorf("before its day: %q", before)
	}
}
