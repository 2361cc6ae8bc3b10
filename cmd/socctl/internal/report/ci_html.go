package report

import (
	"html/template"
	"io"
	"slices"

	"github.com/socctl/socctl/compiler/diff"
	"github.com/socctl/socctl/compiler/solver"
	"github.com/socctl/socctl/evaluator/witness"
)

// ciHTML writes a page without scripts or anything from elsewhere: the verdict, the
// rules that changed with their alerts a day as bars, and the events that show it.
func ciHTML(w io.Writer, r *CIRun) error {
	page := ciPage{Verdict: r.Verdict(), Blockers: r.Blockers(), Base: r.Base, Version: r.Version}
	rows, rest := r.rows()
	most := 0.0
	for _, row := range rows {
		h := ciHTMLRow{Title: row.change.Rule().Title, Level: row.change.Rule().Level, Path: row.change.Rule().Source.Span.Path(), Kind: words[row.change.Kind],
			Bad: severities[row.change.Kind] <= severities[diff.Unknown], Tests: row.tests, Alerts: row.alerts, Lint: row.lint, Notes: row.change.notes(),
			Gained: htmlEvent(row.change.GainedEvent, row.change.Gained), Lost: htmlEvent(row.change.LostEvent, row.change.Lost)}
		markDifferences(h.Gained, h.Lost)
		h.Before, h.After = r.ratesOf(row.change)
		most = max(most, h.Before, h.After)
		page.Rows = append(page.Rows, h)
	}
	for i := range page.Rows {
		if most > 0 {
			page.Rows[i].BeforeWidth, page.Rows[i].AfterWidth = 100*page.Rows[i].Before/most, 100*page.Rows[i].After/most
		}
	}
	if rest > 0 {
		page.Rest = Count(rest, "rule") + " changed without any effect on what matches"
	}
	return ciTemplate.Execute(w, page)
}

// ratesOf are the alerts a day of a changed rule, before and after; zero if nothing
// was replayed.
func (r *CIRun) ratesOf(c *DiffChange) (before, after float64) {
	if r.Backtest == nil {
		return 0, 0
	}
	rule := c.Rule()
	for i := range r.Backtest.Result.Rules {
		if b := &r.Backtest.Result.Rules[i]; b.Kind == "rule" && b.ID == rule.ID && b.Title == rule.Title {
			before, after, _ = rates(b)
		}
	}
	return before, after
}

type ciPage struct {
	Verdict, Base, Version, Rest string
	Blockers                     []Blocker
	Rows                         []ciHTMLRow
}

type ciHTMLRow struct {
	Title, Level, Path, Kind, Tests, Alerts, Lint string
	Bad                                           bool
	Notes                                         []string
	Before, After, BeforeWidth, AfterWidth        float64
	Gained, Lost                                  []htmlField
}

// htmlField is a field of an event; Marked if the question is decided by it, and the
// other event, if there is one, holds something else.
type htmlField struct {
	Name, Text string
	Marked     bool
}

func htmlEvent(e *witness.Event, m solver.Model) []htmlField {
	if e == nil && m == nil {
		return nil
	}
	if e == nil {
		e = &witness.Event{Value: modelValue(m)}
	}
	var out []htmlField
	for _, f := range flatten(e.Value, "") {
		out = append(out, htmlField{Clean(f.name), Shorten(Clean(f.text), 400), slices.Contains(e.Decisive, f.name)})
	}
	return out
}

// markDifferences leaves marks only where two events differ.
func markDifferences(a, b []htmlField) {
	for i := range a {
		for k := range b {
			if a[i].Name == b[k].Name && a[i].Text == b[k].Text {
				a[i].Marked, b[k].Marked = false, false
			}
		}
	}
}

var ciTemplate = template.Must(template.New("ci").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>socctl: what this change means</title>
<style>
:root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--soft:#f3f5f7;--line:#d5dae0;--bad:#b3261e;--good:#1a6e37;--before:#8a97a6;--after:#2563b0}
@media(prefers-color-scheme:dark){:root{--fg:#e6e9ed;--bg:#15181c;--soft:#1f242a;--line:#3a424c;--bad:#ff8a80;--good:#7bd694;--before:#7d8a99;--after:#79b0f5}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:72rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem}h2{font-size:1.05rem;margin:0}h1,h2{overflow-wrap:anywhere}
.blocker{border-left:.3rem solid var(--bad);padding:.3rem .8rem;background:var(--soft);margin:.4rem 0;overflow-wrap:anywhere}
article{border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;margin:.8rem 0}
.kind{font-weight:600;color:var(--good)}.bad .kind{color:var(--bad)}
.path,.note{color:inherit;opacity:.8;overflow-wrap:anywhere}
dl.facts{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;margin:.4rem 0}dl.facts div{display:flex;gap:.4rem}dt{opacity:.8}dd{margin:0}
.bar{display:grid;grid-template-columns:4rem 1fr 4.5rem;gap:.5rem;align-items:center}
.bar i{display:block;height:.7rem;border-radius:.2rem;min-width:1px}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.8rem}
.sides section{min-width:0}table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:500;vertical-align:top;padding-right:.8rem;white-space:nowrap}
td{overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:.88rem}summary{cursor:pointer}tr.marked{font-weight:700;background:var(--soft)}
</style></head><body><main>
<h1>{{.Verdict}}</h1>
{{range .Blockers}}<p class="blocker"><strong>{{.Kind}}</strong> {{if .Path}}<code>{{.Path}}:{{.Line}}</code> {{end}}{{.Text}}</p>
{{end}}{{range .Rows}}<article{{if .Bad}} class="bad"{{end}}><h2>{{.Title}}{{if .Level}} <small>{{.Level}}</small>{{end}}</h2>
<div><span class="kind">{{.Kind}}</span> <span class="path">{{.Path}}</span></div>
{{range .Notes}}<div class="note">{{.}}</div>
{{end}}<dl class="facts"><div><dt>tests</dt><dd>{{.Tests}}</dd></div><div><dt>alerts a day</dt><dd>{{.Alerts}}</dd></div><div><dt>lint</dt><dd>{{.Lint}}</dd></div></dl>
{{if or .BeforeWidth .AfterWidth}}<div class="bar"><span>before</span><i style="width:{{printf "%.1f" .BeforeWidth}}%;background:var(--before)"></i><span>{{printf "%.3g" .Before}}</span></div>
<div class="bar"><span>after</span><i style="width:{{printf "%.1f" .AfterWidth}}%;background:var(--after)"></i><span>{{printf "%.3g" .After}}</span></div>
{{end}}{{if or .Gained .Lost}}<details open><summary>events</summary><div class="sides">
{{if .Gained}}<section><strong>now matches</strong><table>{{range .Gained}}<tr{{if .Marked}} class="marked"{{end}}><th scope="row">{{.Name}}</th><td>{{.Text}}</td></tr>{{end}}</table></section>
{{end}}{{if .Lost}}<section><strong>no longer matches</strong><table>{{range .Lost}}<tr{{if .Marked}} class="marked"{{end}}><th scope="row">{{.Name}}</th><td>{{.Text}}</td></tr>{{end}}</table></section>
{{end}}</div></details>{{end}}</article>
{{end}}{{if .Rest}}<p>{{.Rest}}</p>{{end}}
<footer><p>compared with <code>{{.Base}}</code> · socctl {{.Version}} · events are made up and replayed on both versions</p></footer>
</main></body></html>
`))
