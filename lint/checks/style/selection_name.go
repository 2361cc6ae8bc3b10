package style

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var selectionName = &lint.Check{
	Name:  "style/selection-name",
	Title: `a selection whose name does not say what it is for`,
	Doc:   `Selections are named selection…, filter…, keywords…; whoever reads the condition then sees what is excluded. Off, because houses differ.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    whoami:
        Image|endswith: '\whoami.exe'
    condition: whoami
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Info,
	Off:      true,
	Scope:    lint.RuleScope,
	Options:  []lint.Option{{Name: "prefixes", Doc: "what names of selections begin with", Default: []string{"selection", "filter", "keyword"}}},
	Run: func(p *lint.Pass) {
		if p.Detection == nil {
			return
		}
		for _, s := range p.Detection.Selections {
			if !slices.ContainsFunc(p.Texts("prefixes"), func(prefix string) bool { return strings.HasPrefix(strings.TrimLeft(s.Name.Text, "_"), prefix) }) {
				p.Report(s.Name.Span, "the selection is called "+s.Name.Text, "begin the name with "+strings.Join(p.Texts("prefixes"), ", "))
			}
		}
	},
}
