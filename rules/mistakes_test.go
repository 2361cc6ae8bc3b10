package rules_test

import (
	"fmt"
	"testing"

	"github.com/socctl/socctl/rules"
)

// What people misspell in a detection is one problem, at its place, with what
// was probably meant.
func TestMistakesInDetections(t *testing.T) {
	const rule = "title: T\nlogsource: {product: x}\ndetection:\n    selection_a: {a: b}\n    filter_main_b: {c: d}\n    %s\n"
	for line, want := range map[string]string{
		"condition: all of selectoin_* and not filter_main_b": `6:23: error[ref/empty-glob]: no selection matches "selectoin_*" (did you mean "selection_*"?)`,
		"condition: selection_a and not 1 of filter_mian_*":   `6:41: error[ref/empty-glob]: no selection matches "filter_mian_*" (did you mean "filter_main_*"?)`,
		"condition: selection_a and not 1 of fliter_*":        `6:41: error[ref/empty-glob]: no selection matches "fliter_*" (did you mean "filter_*"?)`,
		"condition: selection_a and 1 of x*":                  `6:37: error[ref/empty-glob]: no selection matches "x*" (defined are: selection_a, filter_main_b)`,
		"condition: selection_a and 1 of *x*":                 `6:37: error[ref/empty-glob]: no selection matches "*x*" (defined are: selection_a, filter_main_b)`,
		"condition: selection_a nad filter_main_b":            `6:28: error[condition/syntax]: unexpected "nad" (did you mean "and"?)`,
		"condition: selection_a ro filter_main_b":             `6:28: error[condition/syntax]: unexpected "ro" (did you mean "or"?)`,
		"condition: selection_a filter_main_b":                `6:28: error[condition/syntax]: unexpected "filter_main_b" (selections are joined by and, or, not and parentheses)`,
		"condition: all off selection_*":                      `6:16: error[condition/syntax]: "all" needs of behind it (write all of selection_*)`,
		"condition: any selection_*":                          `6:16: error[condition/syntax]: "any" needs of behind it (write any of selection_*)`,
		"condition: selection_a and all":                      `6:32: error[condition/syntax]: "all" is a reserved word and names no selection`,
		"conditon: selection_a":                               `6:5: error[schema/missing-field]: detection has no condition (did you mean "condition"?)`,
		"Condition: selection_a":                              `6:5: error[schema/missing-field]: detection has no condition (did you mean "condition"?)`,
	} {
		_, diags := rules.Parse("r.yml", fmt.Appendf(nil, rule, line))
		if len(diags) != 1 || diags[0].Error() != "r.yml:"+want {
			t.Errorf("%s:\ngot  %v\nwant %s", line, diags, want)
		}
	}
}
