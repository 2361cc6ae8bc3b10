package value

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var typeMismatch = &lint.Check{
	Name:  "value/type-mismatch",
	Title: `a comparison of numbers on a field that holds text`,
	Doc:   `It can never hold: a text is greater than nothing.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|gt: 7
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        EventID|gt: 7
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "text-fields", Doc: "fields that hold text", Default: []string{"Image", "CommandLine", "ParentImage", "ParentCommandLine", "OriginalFileName", "User", "ParentUser", "TargetFilename", "TargetObject", "Details", "ImageLoaded", "Hashes", "DestinationHostname", "QueryName", "ScriptBlockText", "Company", "Description", "Product", "CurrentDirectory", "IntegrityLevel", "PipeName", "Computer", "ComputerName", "ServiceName", "TargetUserName", "SubjectUserName"}}},
	Elsewhere: []string{"elastic: types of fields are checked against its schemas"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if !slices.ContainsFunc(item.Modifiers, func(m rules.Modifier) bool { return slices.Contains(comparing, m.Name) }) {
				continue
			}
			if slices.Contains(p.Texts("text-fields"), item.Field.Text) {
				p.Report(item.Key.Span, "the field "+item.Field.Text+" holds text, and numbers are compared", "take another field, or another modifier")
			}
		}
	},
}

var comparing = []string{"lt", "lte", "gt", "gte"}
