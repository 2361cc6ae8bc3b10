package schema

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var notARule = &lint.Check{
	Name:  "schema/not-a-rule",
	Title: "a document that is not Sigma",
	Doc:   `A YAML file of something else lies among the rules. Move it, or name the folders of rules in the configuration.`,
	Bad: `
services:
    web: {image: nginx}
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity: rules.Error,
	Scope:    lint.RuleScope,
	Fixed:    true,
}
