package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/coverage"
)

//go:embed coverage.html
var coveragePage string

//go:embed coverage.css
var coverageStyle string

// coveragePolicy lets the page load nothing and run nothing.
const coveragePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

// shownSupports is how many rules of a cell the page tells of.
const shownSupports = 10

var coverageTemplate = template.Must(template.New("coverage").Funcs(template.FuncMap{
	"clean": Clean, "count": Count, "percent": percent, "join": strings.Join, "width": widthOf, "change": cellChange, "cause": causeLine, "violation": violationText,
	"shown": func(s []coverage.Support) []coverage.Support { return s[:min(shownSupports, len(s))] },
	"rest":  func(s []coverage.Support) int { return len(s) - min(shownSupports, len(s)) },
	"when":  func(text string) string { return strings.Replace(text[:min(19, len(text))], "T", " ", 1) },
	"proof": func(e coverage.Evidence) bool { return e.Level > coverage.Tagged },
}).Parse(coveragePage))

// matrixPage is what the template of the page sees.
type matrixPage struct {
	*coverage.Report
	Policy     string
	Style      template.CSS
	Headline   string
	Score      string
	Thresholds string
	Notice     string
	License    string
	Trademark  string
	Version    string
	Levels     []coverage.Level // the highest first
	Scopes     []matrixScope    // all, then every platform
	Columns    []matrixColumn
	Sums       []matrixSum
	Details    []matrixDetail
	Gaps       []*coverage.Technique
	MoreGaps   int
	Quadrants  []matrixQuadrant
	Changes    string
}

// matrixScope is a choice of what cells show: the whole technique, or a platform.
type matrixScope struct{ ID, Name string }

// matrixColumn is a tactic with its techniques.
type matrixColumn struct {
	coverage.Tactic
	Blocks []matrixBlock
	Sums   []matrixSum
}

// matrixSum counts the cells of a scope by level.
type matrixSum struct {
	Scope  string
	Levels coverage.Histogram
}

// Long reports whether a column is much longer than most, so that it takes two
// where columns stand side by side.
func (c matrixColumn) Long() bool { return len(c.Blocks) > 24 }

// matrixBlock is a technique with its sub-techniques.
type matrixBlock struct {
	matrixCell
	Subs []matrixCell
}

// matrixCell is a technique as the matrix shows it.
type matrixCell struct {
	*coverage.Technique
	Marks []matrixMark // in the order of the scopes; without those where it does not occur
	Kind  coverage.Kind
}

// matrixMark is the level of a cell in a scope.
type matrixMark struct {
	Scope string
	Level coverage.Level
}

// matrixDetail is what opens behind a cell.
type matrixDetail struct {
	*coverage.Technique
	Titles map[string]*coverage.RuleState
}

// matrixQuadrant is a list of data components.
type matrixQuadrant struct {
	Title, Text string
	Components  []coverage.Component
}

// Best returns the cells of a technique, those with the highest level first.
func (d matrixDetail) Best() []coverage.Cell {
	out := slices.Clone(d.Cells)
	slices.SortStableFunc(out, func(a, b coverage.Cell) int {
		return int(b.Level) - int(a.Level)
	})
	return out
}

// Rule returns a rule by its key.
func (d matrixDetail) Rule(key string) *coverage.RuleState { return d.Titles[key] }

// coverageHTML writes one file that loads nothing and has no script. What comes
// from rules and recordings goes through the template, which escapes it.
func coverageHTML(w io.Writer, run *CoverageRun) error {
	r := run.Report
	year, _, _ := strings.Cut(r.Facts.Released, "-")
	p := &matrixPage{Report: r, Policy: coveragePolicy, Headline: headlineOf(r), Score: scoreText(r), Thresholds: thresholdText(&r.Options),
		Notice: attack.Notice(year), License: attack.License(year), Trademark: attack.Trademark, Version: run.Version, Levels: shown(), Scopes: []matrixScope{{"all", "All platforms"}}}
	for i, platform := range r.Platforms {
		p.Scopes = append(p.Scopes, matrixScope{fmt.Sprintf("p%d", i), platform.Name})
	}
	kinds := map[string]coverage.Kind{}
	if d := r.Delta; d != nil {
		p.Changes = kindCounts(d)
		for i := len(d.Changes) - 1; i >= 0; i-- {
			kinds[d.Changes[i].Technique] = d.Changes[i].Kind
		}
	}
	p.columns(kinds)
	p.details()
	p.gaps()
	p.quadrants()
	p.Style = template.CSS(coverageStyle + p.rules())
	return coverageTemplate.Execute(w, p)
}

// columns lays techniques out by tactic. One whose parent is not of the tactic
// stands for itself.
func (p *matrixPage) columns(kinds map[string]coverage.Kind) {
	for _, tactic := range p.Tactics {
		c := matrixColumn{Tactic: tactic}
		at := map[string]int{}
		for i := range p.Techniques {
			t := &p.Techniques[i]
			if !t.InScope || !slices.Contains(t.Tactics, tactic.Key) {
				continue
			}
			cell := matrixCell{t, p.marks(t), kinds[t.ID]}
			if n, known := at[t.Parent]; known && t.Parent != "" {
				c.Blocks[n].Subs = append(c.Blocks[n].Subs, cell)
				continue
			}
			at[t.ID] = len(c.Blocks)
			c.Blocks = append(c.Blocks, matrixBlock{matrixCell: cell})
		}
		c.Sums = p.sums(tactic.Key)
		p.Columns = append(p.Columns, c)
	}
	p.Sums = p.sums("")
}

// sums counts the techniques of a tactic by scope; "" is all of them.
func (p *matrixPage) sums(tactic string) []matrixSum {
	out := make([]matrixSum, len(p.Scopes))
	at := map[string]*matrixSum{}
	for i, s := range p.Scopes {
		out[i].Scope = s.ID
		at[s.ID] = &out[i]
	}
	for i := range p.Techniques {
		t := &p.Techniques[i]
		if !t.InScope || tactic != "" && !slices.Contains(t.Tactics, tactic) {
			continue
		}
		for _, m := range p.marks(t) {
			at[m.Scope].Levels[m.Level]++
		}
	}
	return out
}

func (p *matrixPage) marks(t *coverage.Technique) []matrixMark {
	out := []matrixMark{{"all", t.Level}}
	for _, scope := range p.Scopes[1:] {
		for _, c := range t.Cells {
			if c.Platform == scope.Name {
				out = append(out, matrixMark{scope.ID, c.Level})
			}
		}
	}
	return out
}

// details lists what opens: every technique in scope once, however many tactics
// it stands in.
func (p *matrixPage) details() {
	titles := titlesOf(p.Report)
	for i := range p.Techniques {
		if t := &p.Techniques[i]; t.InScope {
			p.Details = append(p.Details, matrixDetail{t, titles})
		}
	}
}

func (p *matrixPage) gaps() {
	all := gapsOf(p.Report)
	p.Gaps = all[:min(20, len(all))]
	p.MoreGaps = len(all) - len(p.Gaps)
}

func (p *matrixPage) quadrants() {
	for _, q := range []struct {
		quadrant    coverage.Quadrant
		title, text string
	}{
		{coverage.Blind, "Blind", "Techniques show there; nothing is recorded, and no rule looks."},
		{coverage.Untapped, "Untapped", "Recorded, and no rule looks."},
		{coverage.DeadRules, "Dead rules", "Rules look; nothing is recorded."},
		{coverage.Unruled, "No rule looks there", "It is not known what is recorded."},
	} {
		out := matrixQuadrant{Title: q.title, Text: q.text}
		for _, c := range p.Components {
			if c.Quadrant == q.quadrant && len(out.Components) < 12 {
				out.Components = append(out.Components, c)
			}
		}
		if len(out.Components) > 0 {
			p.Quadrants = append(p.Quadrants, out)
		}
	}
}

// rules writes the style that filters need: which level a cell shows in a scope,
// and what the choice of a level or a tactic leaves. Only ids that are made here
// go into it.
func (p *matrixPage) rules() string {
	var b strings.Builder
	for _, scope := range p.Scopes {
		on := "body:has(#scope-" + scope.ID + ":checked)"
		fmt.Fprintf(&b, "%s .m-%s{display:flex}%s .s:not(.s-%s){display:none}", on, scope.ID, on, scope.ID)
		fmt.Fprintf(&b, "%[1]s :is(.b,.subs,.subs>li):not(:has([data-%[2]s])){display:none}%[1]s .t:not([data-%[2]s]){opacity:.18}", on, scope.ID)
		for _, choice := range []struct {
			id    string
			least coverage.Level
		}{{"1", coverage.Tagged}, {"2", coverage.Tested}, {"3a", coverage.Self}, {"3b", coverage.Observed}, {"4", coverage.Proven}} {
			var with []string
			for _, l := range coverage.Levels() {
				if l >= choice.least {
					with = append(with, fmt.Sprintf("[data-%s=%q]", scope.ID, l))
				}
			}
			filter(&b, on+":has(#least-"+choice.id+":checked)", strings.Join(with, ","))
		}
		filter(&b, on+":has(#least-0:checked)", fmt.Sprintf("[data-%s=\"0\"]", scope.ID))
	}
	filter(&b, "body:has(#least-changed:checked)", "[data-kind]")
	for i := range p.Columns {
		fmt.Fprintf(&b, "body:has(#tactic-%d:checked) .tactic:not(#column-%d){display:none}", i, i)
	}
	return b.String()
}

// filter hides blocks without any cell that is wanted, and dims what is left of
// the others.
func filter(b *strings.Builder, on, wanted string) {
	fmt.Fprintf(b, "%s .b:not(:has(:is(%s))){display:none}%s .t:not(:is(%s)){opacity:.18}", on, wanted, on, wanted)
}

// widthOf is the share of a bar in percent.
func widthOf(h coverage.Histogram, l coverage.Level) string {
	return fmt.Sprintf("%.2f", 100*float64(h[l])/float64(max(1, h.Total())))
}
