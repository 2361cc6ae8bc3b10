package style

import (
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var trailingSpace = &lint.Check{
	Name:  "style/trailing-space",
	Title: `blanks at the end of a line`,
	Doc:   `They show in every change of the line.`,
	Bad: `
title: Whoami  
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
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
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		node := p.Header.Node
		if node == nil || node.Span.File == nil {
			return
		}
		for line := node.Span.Start.Line; line <= node.Span.End.Line; line++ {
			reportTrailing(p, node.Span.File, line)
		}
	},
}

func reportTrailing(p *lint.Pass, file *rules.File, line int) {
	text := file.Line(line)
	kept := strings.TrimRight(text, " \t")
	if kept == text || kept == "" {
		return
	}
	from := rules.Position{Line: line, Column: len([]rune(kept)) + 1}
	to := rules.Position{Line: line, Column: len([]rune(text)) + 1}
	at := rules.Span{File: file, Start: from, End: to}
	p.Report(at, "the line ends in blanks", "").Replace(at, "", "remove them")
}
