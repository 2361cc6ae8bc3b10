package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/socctl/socctl/evaluator/backtest"
)

// Plots are SVG made of numbers and days, never of texts from rules or events.

// levelsOf are the levels of a plot from the bottom up; what has no known level
// comes last.
var levelsOf = append(slices.Clone(backtest.Levels), "unlevelled")

// maxBars is how many bars a plot has at most; longer times are put together.
const maxBars = 120

// bar is some days in a row, by level.
type bar struct {
	first, last string
	byLevel     [6]int
	alerts      int
}

// barsOf puts days together so that there are not too many. Days without any event
// are not among them, as everywhere.
func barsOf(days []backtest.DayLevel) (bars []bar) {
	size := (len(days) + maxBars - 1) / maxBars
	for i, d := range days {
		if i%max(1, size) == 0 {
			bars = append(bars, bar{first: d.Day})
		}
		b := &bars[len(bars)-1]
		b.last = d.Day
		b.alerts += d.Alerts
		for level, n := range d.Levels {
			b.byLevel[slices.Index(levelsOf, levelClass(level))] += n
		}
	}
	return bars
}

// timeline plots alerts by day, stacked by level.
func timeline(r *backtest.Result) template.HTML {
	bars := barsOf(r.Total.Days)
	most := 0
	for _, b := range bars {
		most = max(most, b.alerts)
	}
	if most == 0 {
		return ""
	}
	const width, height, left, bottom = 960, 220, 48, 24
	step := float64(width-left) / float64(len(bars))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="alerts by day and level">`, width, height)
	for _, mark := range []int{0, most / 2, most} {
		y := float64(height-bottom) - float64(mark)/float64(most)*float64(height-bottom-10)
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%d</text>`, left, width, y, y, left-6, y+4, mark)
	}
	for i, day := range bars {
		x, y := float64(left)+float64(i)*step, float64(height-bottom)
		fmt.Fprintf(&b, `<g><title>%s</title>`, barTitle(&day))
		for level, n := range day.byLevel {
			if n == 0 {
				continue
			}
			h := float64(n) / float64(most) * float64(height-bottom-10)
			y -= h
			fmt.Fprintf(&b, `<rect class="%s" x="%.2f" y="%.2f" width="%.2f" height="%.2f"/>`, levelsOf[level], x+step*0.08, y, min(step*0.84, 60), h)
		}
		b.WriteString(`</g>`)
	}
	for _, i := range tickPlaces(len(bars)) {
		x, anchor, day := float64(left)+float64(i)*step, "start", bars[i].first
		if i > 0 && i == len(bars)-1 {
			x, anchor, day = width, "end", bars[i].last
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="%s">%s</text>`, x, height-6, anchor, day)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

func barTitle(b *bar) string {
	out := b.first
	if b.last != b.first {
		out += " to " + b.last
	}
	out += ": " + Count(b.alerts, "alert")
	for level, n := range b.byLevel {
		if n > 0 {
			out += fmt.Sprintf(", %d %s", n, levelsOf[level])
		}
	}
	return out
}

func tickPlaces(n int) []int {
	if n == 1 {
		return []int{0}
	}
	if n < 6 {
		return []int{0, n - 1}
	}
	return []int{0, n / 4, n / 2, 3 * n / 4, n - 1}
}

// sparkline plots the alerts of one rule on the recorded days.
func sparkline(r *backtest.Result, x *backtest.RuleReport) template.HTML {
	if len(x.Days) == 0 {
		return ""
	}
	at := make(map[string]int, len(x.Days))
	for _, d := range x.Days {
		at[d.Day] = d.Alerts
	}
	days := make([]backtest.DayLevel, len(r.Total.Days))
	for i, d := range r.Total.Days {
		days[i] = backtest.DayLevel{Day: d.Day, Alerts: at[d.Day]}
	}
	return sparkBars(barsOf(days), x.Level)
}

// sparkBars plots bars in the colour of a level.
func sparkBars(bars []bar, level string) template.HTML {
	most := 0
	for _, b := range bars {
		most = max(most, b.alerts)
	}
	const width, height = 120, 22
	step := float64(width) / float64(len(bars))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="spark" viewBox="0 0 %d %d" role="img" aria-label="alerts by day"><line class="grid" x1="0" x2="%d" y1="%d" y2="%d"/>`, width, height, width, height-1, height-1)
	for i := range bars {
		if n := bars[i].alerts; n > 0 {
			h := max(2, float64(n)/float64(max(1, most))*(height-2))
			fmt.Fprintf(&b, `<rect class="%s" x="%.2f" y="%.2f" width="%.2f" height="%.2f"><title>%s</title></rect>`, levelClass(level), float64(i)*step, height-1-h, max(1.2, min(step*0.8, 20)), h, barTitle(&bars[i]))
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// heatMap plots alerts by hour of the day and level.
func heatMap(r *backtest.Result) template.HTML {
	var hours [6][24]int
	most := 0
	for i := range r.Rules {
		x := &r.Rules[i]
		row := slices.Index(levelsOf, levelClass(x.Level))
		for h, n := range x.Hours {
			hours[row][h] += n
			most = max(most, hours[row][h])
		}
	}
	if most == 0 {
		return ""
	}
	const left, cell, high = 100, 35, 22
	var b strings.Builder
	rows := 0
	for row, byHour := range hours {
		if byHour == [24]int{} {
			continue
		}
		y := rows * (high + 2)
		rows++
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, left-8, y+high-6, levelsOf[row])
		for h, n := range byHour {
			fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" fill-opacity="%.2f"><title>%02d:00 to %02d:59 UTC: %s</title></rect>`,
				levelsOf[row], left+h*cell, y, cell-2, high, heat(n, most), h, h, Count(n, "alert"))
		}
	}
	y := rows*(high+2) + 14
	for h := 0; h < 24; h += 3 {
		fmt.Fprintf(&b, `<text x="%d" y="%d">%02d</text>`, left+h*cell, y, h)
	}
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" role="img" aria-label="alerts by hour of the day in UTC">%s</svg>`, left+24*cell, y+6, b.String()))
}

// heat is how dense the colour of a cell is: what is not nothing can be told from it,
// however much more there is elsewhere.
func heat(n, most int) float64 {
	if n == 0 {
		return 0.06
	}
	return 0.25 + 0.75*float64(n)/float64(most)
}
