package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"
)

//go:embed ci.html
var ciTemplateText string

var ciTemplate = template.Must(template.New("ci").Funcs(template.FuncMap{
	"word": func(c CIChange) string { return c.word() }, "bad": func(c CIChange) bool { return c.bad() },
	"tests": func(c CIChange) string { return c.testText() }, "alerts": func(c CIChange) string { return c.alertText() }, "lint": func(c CIChange) string { return c.lintText() },
	"lost": func(c CIChange) string { return c.lostWord() }, "clean": func(text string) string { return Shorten(Clean(text), maxPageText) },
	"tuning": func(p *CIPage) []CIRemark { return p.tuningRemarks() }, "plot": ciPlot, "count": Count, "share": shareOf, "most": mostOf,
	"number": short, "first": func(n int, list []CIRemark) []CIRemark { return list[:min(n, len(list))] },
	"more": func(n int, list []CIRemark) string { return remaining(len(list)-n, "remark") },
}).Parse(ciTemplateText))

// maxPageText is how many characters of any text the page shows, maxPageRules how many
// rules.
const (
	maxPageText  = 600
	maxPageRules = 500
)

// ciHTML writes a page without scripts or anything from elsewhere: the verdict, alerts
// of all rules by day, and of each rule that changed alerts by day, hosts, and the
// events that show the change side by side.
func ciHTML(w io.Writer, p *CIPage) error {
	shown := *p
	shown.Changes = p.Changes[:min(len(p.Changes), maxPageRules)]
	page := struct {
		*CIPage
		Verdict, ReplayText string
		More                int
	}{CIPage: &shown, Verdict: p.Verdict(), More: len(p.Changes) - len(shown.Changes)}
	if p.Replay != nil {
		page.ReplayText = p.replayText()
	}
	return ciTemplate.Execute(w, page)
}

// dayForm is what a day looks like; nothing else gets into a plot.
var dayForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// ciPlot plots alerts by day, before and after side by side. It is SVG made of numbers
// and days, never of texts from rules or events.
func ciPlot(days []CIDay) template.HTML {
	bars := ciBars(days)
	most := 0
	for _, b := range bars {
		most = max(most, b.Before, b.After)
	}
	if most == 0 {
		return ""
	}
	const width, height, left, bottom, top = 720, 130, 44, 20, 8
	step := float64(width-left) / float64(len(bars))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="plot" viewBox="0 0 %d %d" role="img" aria-label="alerts by day, before and after">`, width, height)
	for _, mark := range []int{0, most} {
		y := float64(height-bottom) - float64(mark)/float64(most)*(height-bottom-top)
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%d</text>`, left, width, y, y, left-6, y+4, mark)
	}
	wide := min(step*0.42, 24)
	for i, day := range bars {
		x := float64(left) + float64(i)*step
		fmt.Fprintf(&b, `<g><title>%s: %d before, %d after</title>`, day.Day, day.Before, day.After)
		for k, n := range []int{day.Before, day.After} {
			if n > 0 {
				h := max(1.5, float64(n)/float64(most)*(height-bottom-top))
				fmt.Fprintf(&b, `<rect class="%s" x="%.2f" y="%.2f" width="%.2f" height="%.2f"/>`, [2]string{"before", "after"}[k], x+float64(k)*wide, float64(height-bottom)-h, wide*0.92, h)
			}
		}
		b.WriteString(`</g>`)
	}
	for _, i := range tickPlaces(len(bars)) {
		x, anchor := float64(left)+float64(i)*step, "start"
		if i > 0 && i == len(bars)-1 {
			x, anchor = width, "end"
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="%s">%s</text>`, x, height-4, anchor, bars[i].Day[:min(10, len(bars[i].Day))])
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// ciBars puts days together so that there are not too many.
func ciBars(days []CIDay) (bars []CIDay) {
	size := max(1, (len(days)+maxBars-1)/maxBars)
	for i, d := range days {
		if !dayForm.MatchString(d.Day) {
			return nil
		}
		if i%size == 0 {
			bars = append(bars, CIDay{Day: d.Day})
		}
		b := &bars[len(bars)-1]
		b.Before, b.After = b.Before+d.Before, b.After+d.After
		if i%size > 0 {
			b.Day = b.Day[:10] + " to " + d.Day
		}
	}
	return bars
}

// mostOf is the most alerts of any host, before or after.
func mostOf(hosts []CIHost) int {
	most := 0
	for _, h := range hosts {
		most = max(most, h.Before, h.After)
	}
	return most
}

// shareOf is a share in percent, for the length of a bar.
func shareOf(n, of int) string {
	if of <= 0 {
		return "0"
	}
	return fmt.Sprintf("%.1f", 100*float64(min(n, of))/float64(of))
}
