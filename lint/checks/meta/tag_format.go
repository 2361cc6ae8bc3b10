package meta

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var tagFormat = &lint.Check{
	Name:  "meta/tag-format",
	Title: `a tag that is not of the form namespace.name`,
	Doc:   `Lower case letters, digits, dashes and underscores.`,
	Bad: `
title: Whoami
tags: ["attack.Who am I"]
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
	Elsewhere: []string{"pysigma tag_format", "rsigma invalid_tag"},
	Run: func(p *lint.Pass) {
		for _, t := range p.Header.Tags {
			if strings.Contains(t.Text, ".") && !tagForm.MatchString(t.Text) && !attackTag(t.Text) {
				p.Report(t.Span, "the tag "+strconv.Quote(t.Text)+" is not of the form namespace.name", "use lower case letters, digits, - and _")
			}
		}
	},
}

var tagForm = regexp.MustCompile(`^[a-z0-9_-]+\.[a-z0-9._-]+$`)

// attackTag reports whether a tag is another spelling of one of ATT&CK, which
// attack/spelling tells.
func attackTag(tag string) bool {
	lower := strings.ToLower(tag)
	return strings.HasPrefix(lower, "attack.") && tagForm.MatchString(lower)
}
