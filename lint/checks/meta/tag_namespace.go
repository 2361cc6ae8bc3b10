package meta

import (
	"slices"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagNamespace = &lint.Check{
	Name:  "meta/tag-namespace",
	Title: `a tag of a namespace that Sigma does not know`,
	Doc:   `Tools look for the namespaces of the specification. Houses add their own to the option.`,
	Bad: `
title: Whoami
tags: [acme.whoami]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
tags: [attack.t1033]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "namespaces", Doc: "namespaces of tags", Default: []string{"attack", "car", "cve", "d3fend", "detection", "stp", "tlp"}}},
	Elsewhere: []string{"pysigma namespace_tag", "rsigma unknown_tag_namespace"},
	Run: func(p *lint.Pass) {
		for _, t := range p.Header.Tags {
			namespace, _, ok := strings.Cut(t.Text, ".")
			if !ok || slices.Contains(p.Texts("namespaces"), strings.ToLower(namespace)) {
				continue
			}
			help := "known are " + strings.Join(p.Texts("namespaces"), ", ")
			if near := rules.Nearest(namespace, p.Texts("namespaces")); near != "" {
				help = "did you mean " + near + "?"
			}
			p.Report(t.At(0, len(namespace)), "there is no namespace "+namespace, help)
		}
	},
}
