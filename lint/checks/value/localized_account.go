package value

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var localizedAccount = &lint.Check{
	Name:  "value/localized-account",
	Title: `an account of Windows by its name in one language`,
	Doc:   "`NT AUTHORITY\\\\SYSTEM` is `AUTORITE NT\\\\Système` on a French machine. The two parts AUTHORI and AUTORI find most.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        User: 'NT AUTHORITY\SYSTEM'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        User|contains:
            - 'AUTHORI'
            - 'AUTORI'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_field_user"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if !strings.HasSuffix(strings.ToLower(item.Field.Text), "user") || len(item.Values) != 1 {
				continue
			}
			if upper := strings.ToUpper(item.Values[0].Text); strings.Contains(upper, "AUTHORI") || strings.Contains(upper, "AUTORI") {
				p.Report(item.Values[0].Span, "the account has this name in some languages only", "look for AUTHORI and AUTORI, or for the security id")
			}
		}
	},
}
