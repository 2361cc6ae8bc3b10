package meta

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var titleCase = &lint.Check{
	Name:  "meta/title-case",
	Title: `a title with words in lower case`,
	Doc:   `SigmaHQ writes titles with capitals, but for small words. Off, because houses differ.`,
	Bad: `
title: Whoami was executed
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami Was Executed
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Info,
	Off:       true,
	Scope:     lint.RuleScope,
	Options:   []lint.Option{{Name: "small-words", Doc: "words that stay in lower case", Default: []string{"a", "an", "and", "as", "at", "by", "for", "from", "in", "new", "of", "on", "or", "over", "the", "through", "to", "via", "with", "without"}}},
	Elsewhere: []string{"sigmahq sigmahq_title_case"},
	Run: func(p *lint.Pass) {
		for _, at := range titleWord.FindAllStringIndex(p.Header.Title.Text, -1) {
			word := p.Header.Title.Text[at[0]:at[1]]
			if slices.Contains(p.Texts("small-words"), word) || strings.ContainsAny(word, "./_") || !unicode.IsLower([]rune(word)[0]) || word != strings.ToLower(word) {
				continue
			}
			p.Report(p.Header.Title.At(at[0], at[1]), "the word "+word+" of the title is in lower case", "write it with a capital")
			return
		}
	},
}

var titleWord = regexp.MustCompile(`\S+`)
