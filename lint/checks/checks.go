// Package checks lists all checks. Each is one file of a package that is named
// after its group.
package checks

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/checks/attack"
	"github.com/socctl/socctl/lint/checks/change"
	"github.com/socctl/socctl/lint/checks/condition"
	"github.com/socctl/socctl/lint/checks/correlation"
	"github.com/socctl/socctl/lint/checks/field"
	"github.com/socctl/socctl/lint/checks/filter"
	"github.com/socctl/socctl/lint/checks/ignore"
	"github.com/socctl/socctl/lint/checks/load"
	"github.com/socctl/socctl/lint/checks/logic"
	"github.com/socctl/socctl/lint/checks/logsource"
	"github.com/socctl/socctl/lint/checks/meta"
	"github.com/socctl/socctl/lint/checks/perf"
	"github.com/socctl/socctl/lint/checks/pipeline"
	"github.com/socctl/socctl/lint/checks/ref"
	"github.com/socctl/socctl/lint/checks/schema"
	"github.com/socctl/socctl/lint/checks/style"
	"github.com/socctl/socctl/lint/checks/test"
	"github.com/socctl/socctl/lint/checks/value"
)

// All returns every check that socctl has, by group and name.
func All() []*lint.Check {
	return slices.Concat(
		load.Checks(), schema.Checks(), condition.Checks(), ref.Checks(), value.Checks(), field.Checks(),
		logsource.Checks(), logic.Checks(), correlation.Checks(), filter.Checks(), pipeline.Checks(), perf.Checks(),
		attack.Checks(), meta.Checks(), style.Checks(), test.Checks(), change.Checks(), ignore.Checks(),
	)
}
