package value

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var hashFormat = &lint.Check{
	Name:  "value/hash-format",
	Title: `a hash that is no hash of its kind`,
	Doc:   `MD5 and IMPHASH have 32 hexadecimal digits, SHA1 40, SHA256 64. Anything else never matches.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Hashes|contains: 'MD5=abc'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Hashes|contains: 'MD5=0123456789abcdef0123456789abcdef'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_invalid_hash_kv"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if item.Field.Text != "Hashes" && item.Field.Text != "Hash" || item.Has("re") {
				continue
			}
			for _, v := range item.Values {
				for _, at := range hashPair.FindAllStringSubmatchIndex(v.Text, -1) {
					kind, digits := strings.ToUpper(v.Text[at[2]:at[3]]), v.Text[at[4]:at[5]]
					if want := hashLength[kind]; want != len(digits) || !hexadecimal.MatchString(digits) {
						p.Report(v.At(at[4], at[5]), fmt.Sprintf("%s has %d hexadecimal digits, and this has %d characters", kind, want, len(digits)), "correct the hash")
					}
				}
			}
		}
	},
}

var (
	hashPair    = regexp.MustCompile(`(?i)\b(MD5|IMPHASH|SHA1|SHA256)=([^*?, ]+)`)
	hexadecimal = regexp.MustCompile(`^[0-9A-Fa-f]+$`)
	hashLength  = map[string]int{"MD5": 32, "IMPHASH": 32, "SHA1": 40, "SHA256": 64}
)
