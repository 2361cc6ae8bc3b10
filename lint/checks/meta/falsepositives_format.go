package meta

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var falsepositivesFormat = &lint.Check{
	Name:  "meta/falsepositives-format",
	Title: `a false positive in lower case, or misspelt`,
	Doc:   `SigmaHQ begins entries with a capital. The fix corrects both.`,
	Bad: `
title: Whoami
falsepositives: [ligitimate scripts]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
falsepositives: [Legitimate scripts]
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Fixable:   true,
	Elsewhere: []string{"sigmahq sigmahq_falsepositives_capital", "sigmahq sigmahq_falsepositives_typo_word"},
	Run: func(p *lint.Pass) {
		for _, f := range p.Header.FalsePositives {
			reportSpelling(p, f)
		}
	},
}

var (
	misspelt = regexp.MustCompile(`(?i)\b(unkown|ligitimate|legitimeate|legitim)\b`)
	spelling = map[string]string{"unkown": "unknown", "ligitimate": "legitimate", "legitimeate": "legitimate", "legitim": "legitimate"}
)

func reportSpelling(p *lint.Pass, f rules.Scalar) {
	first, size := utf8.DecodeRuneInString(f.Text)
	words := misspelt.FindAllStringIndex(f.Text, -1)
	for _, at := range words {
		word := f.Text[at[0]:at[1]]
		right := spelling[strings.ToLower(word)]
		if at[0] == 0 || unicode.IsUpper([]rune(word)[0]) {
			right = strings.ToUpper(right[:1]) + right[1:]
		}
		p.Report(f.At(at[0], at[1]), word+" is misspelt", "").Replace(f.At(at[0], at[1]), right, "write "+right)
	}
	if unicode.IsLower(first) && (len(words) == 0 || words[0][0] > 0) {
		capital := string(unicode.ToUpper(first))
		p.Report(f.At(0, size), "the false positive begins in lower case", "").Replace(f.At(0, size), capital, "write "+capital)
	}
}
