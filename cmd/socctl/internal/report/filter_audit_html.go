package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/socctl/socctl/feedback/audit"
)

//go:embed filter_audit.html
var filterAuditPage string

var filterAuditTemplate = template.Must(template.New("audit").Funcs(template.FuncMap{
	"clean": Clean, "verdict": verdictOf, "level": levelClass, "dash": orDash, "fields": witnessFields, "touches": touches, "label": auditLine.Label, "text": auditLine.Text, "pieces": pieces,
}).Parse(filterAuditPage))

// Label returns the name of what the line says.
func (l auditLine) Label() string { return l.label }

// Text returns what the line says.
func (l auditLine) Text() string { return l.text }

// piece is a part of a sentence.
type piece struct {
	Text string
	Code bool
}

// pieces takes a sentence apart at its backquotes.
func pieces(sentence string) (out []piece) {
	for i, part := range strings.Split(sentence, "`") {
		out = append(out, piece{part, i%2 == 1})
	}
	return out
}

// auditPage is what the template of the page sees.
type auditPage struct {
	*FilterAuditRun
	Policy string
	Style  template.CSS
	Script template.JS
	Totals string
	Rows   []*audit.Exclusion
}

// filterAuditHTML writes one file that loads nothing from anywhere, in the style of
// that of a backtest. Whatever comes from rules goes through the template, which
// escapes it.
func filterAuditHTML(w io.Writer, run *FilterAuditRun) error {
	p := auditPage{FilterAuditRun: run, Style: template.CSS(backtestStyle), Script: template.JS(backtestScript), Totals: filterAuditTotals(run)}
	p.Policy = fmt.Sprintf("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'", hashOf(backtestScript))
	for i := range run.Result.Exclusions {
		p.Rows = append(p.Rows, &run.Result.Exclusions[i])
	}
	return filterAuditTemplate.Execute(w, &p)
}
