package style

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/layout"
)

var indent = &lint.Check{
	Name:  "style/indent",
	Title: `lines that are not indented by four columns a level`,
	Doc:   "Lists are a level below their key. Reported once for a document, at the first such line; `socctl fmt` does the same and more. The fix is left out where it would lose something.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
  selection:
    Image|endswith:
    - '\whoami.exe'
    # renamed
    - '\who.exe'
  condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith:
            - '\whoami.exe'
            # renamed
            - '\who.exe'
    condition: selection
`,
	Severity: rules.Info,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		if p.Header.Node == nil {
			return
		}
		lines, safe := layout.Misindented(p.Header.Node)
		if len(lines) == 0 {
			return
		}
		file := p.Header.Node.Span.File
		first := lines[0]
		at := rules.Position{Line: first.Number, Column: first.Indent + 1}
		f := p.Report(rules.Span{File: file, Start: at, End: rules.Position{Line: at.Line, Column: at.Column + 1}},
			fmt.Sprintf("the line is indented by %d columns, and the layout by %d", first.Indent, first.Want),
			fmt.Sprintf("socctl fmt indents it and %d others", len(lines)-1))
		if !safe {
			return
		}
		edits := make([]lint.Edit, len(lines))
		for i, l := range lines {
			edits[i] = indentation(file, l)
		}
		f.FixBy("indent it as the layout does", edits...)
	},
}

// indentation returns the edit that adds blanks to a line, or takes some away.
func indentation(file *rules.File, l layout.Line) lint.Edit {
	start := rules.Position{Line: l.Number, Column: 1}
	e := lint.Edit{Span: rules.Span{File: file, Start: start, End: start}}
	if l.Want >= l.Indent {
		e.Text = strings.Repeat(" ", l.Want-l.Indent)
	} else {
		e.Span.End.Column += l.Indent - l.Want
	}
	return e
}
