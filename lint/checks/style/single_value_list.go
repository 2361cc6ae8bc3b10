package style

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var singleValueList = &lint.Check{
	Name:  "style/single-value-list",
	Title: `a list of one value`,
	Doc:   `The value can stand behind the key. The fix leaves lists with comments alone.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith:
            - '\whoami.exe'
    condition: selection
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
	Fixable:   true,
	Elsewhere: []string{"sigmahq-tests test_selection_list_one_value"},
	Run: func(p *lint.Pass) {
		for _, item := range p.Items() {
			if !item.List || len(item.Values) != 1 || item.Keywords() {
				continue
			}
			f := p.Report(item.Values[0].Span, "the list of "+item.Field.Text+" has one value", "write it behind the key")
			if edit, ok := inline(item); ok {
				f.FixBy("write the value behind the key", edit)
			}
		}
	},
}

// inline returns the edit that joins a value to its key: only if nothing but the
// dash stands between the two, the colon is on the line of the key, and the value on one line.
func inline(item *rules.Item) (lint.Edit, bool) {
	v, file := item.Values[0], item.Key.Span.File
	if file == nil || v.Span.Start.Line != v.Span.End.Line {
		return lint.Edit{}, false
	}
	_, from := item.Key.Span.Offsets()
	to, _ := v.Span.Offsets()
	if from > to {
		return lint.Edit{}, false
	}
	between := string(file.Source[from:to])
	if !strings.HasPrefix(strings.TrimLeft(between, " \t"), ":") || strings.Join(strings.Fields(between), "") != ":-" {
		return lint.Edit{}, false
	}
	return lint.Edit{Span: file.Span(from, to), Text: ": "}, true
}
