package style

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var keyOrder = &lint.Check{
	Name:  "style/key-order",
	Title: `attributes in another order than usual`,
	Doc:   `The title first, the logsource before the detection: readers find things where they are used to.`,
	Bad: `
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
title: Whoami
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq-tests test_title_in_first_line"},
	Run: func(p *lint.Pass) {
		node := p.Header.Node
		if node == nil {
			return
		}
		before := ""
		for _, e := range node.Entries {
			at := slices.Index(usual, e.Key.Text)
			if at < 0 {
				continue
			}
			if before != "" && at < slices.Index(usual, before) {
				p.Report(e.Key.Span, e.Key.Text+" stands behind "+before, "the usual order is "+strings.Join(usual, ", "))
				return
			}
			before = e.Key.Text
		}
	},
}

// usual is the order of attributes, those alone on which all houses agree.
var usual = []string{"title", "logsource", "detection"}
