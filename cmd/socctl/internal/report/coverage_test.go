package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xeipuuv/gojsonschema"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/coverage"
	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// hostile is a title that would do harm wherever it is not escaped.
const hostile = "=cmd|'/c calc'!A0 <script>alert(1)</script> | @team `x` \x1b[31m"

func coverageRun(t *testing.T) *report.CoverageRun {
	t.Helper()
	facts, err := attack.Load("19.1")
	if err != nil {
		t.Fatal(err)
	}
	windows := []coverage.Logsource{{Product: "windows", Category: "process_creation"}}
	in := &coverage.Input{Facts: facts, Replayed: true,
		Rules: []coverage.Rule{
			{Key: "a", ID: "a", Title: hostile, Path: "rules/a.yml", Line: 1, Tags: []string{"attack.t1059.001"}, Status: "test", Severity: "high", Hash: "h1", Text: "t1", Logsources: windows},
			{Key: "b", ID: "b", Title: "Shadow copies deleted", Path: "rules/b.yml", Line: 1, Tags: []string{"attack.t1490"}, Status: "test", Severity: "high", Hash: "h2", Text: "t2", Logsources: windows},
			{Key: "c", ID: "c", Title: "Sudo", Path: "rules/c.yml", Line: 1, Tags: []string{"attack.t1548.003"}, Status: "test", Severity: "low", Hash: "h3", Text: "t3", Logsources: []coverage.Logsource{{Product: "linux", Category: "process_creation"}}},
			{Key: "d", ID: "d", Title: "Recorded for itself", Path: "rules/d.yml", Line: 1, Tags: []string{"attack.t1053.005"}, Status: "test", Severity: "medium", Hash: "h4", Text: "t4", Logsources: windows},
			{Key: "e", ID: "e", Title: "Proven", Path: "rules/e.yml", Line: 1, Tags: []string{"attack.t1105"}, Status: "test", Severity: "medium", Hash: "h5", Text: "t5", Logsources: windows},
		},
		Tests: []coverage.Test{
			{Rule: "b", Hash: "h2", Name: "fires", Positive: true, Passed: true}, {Rule: "b", Hash: "h2", Name: "silent", Negative: true, Passed: true},
			{Rule: "d", Hash: "h4", Name: "recorded", Positive: true, Passed: true, Recorded: true},
		},
		Recordings: []coverage.Recording{
			{ID: "encoded", SHA256: "s1", Platform: "Windows", Techniques: []coverage.Label{{ID: "T1059.001", Basis: coverage.Curated, Reason: "seen"}}},
			{ID: "bits", SHA256: "s2", Platform: "Windows", Techniques: []coverage.Label{{ID: "T1105", Basis: coverage.DatasetMetadata}}},
		},
		Firings: []coverage.Firing{
			{Rule: "a", Hash: "h1", Recording: "encoded", SHA256: "s1", Alerts: 3, First: &coverage.Occurrence{Record: 4, Time: "2026-01-02T03:04:05Z"}},
			{Rule: "e", Hash: "h5", Recording: "bits", SHA256: "s2", Alerts: 1, First: &coverage.Occurrence{Record: 0}},
		},
		Verdicts: []coverage.Verdict{{Rule: "e", Hash: "h5", True: 20, Latest: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Benign: new(bool)}},
	}
	*in.Verdicts[0].Benign = true
	o := coverage.Defaults()
	o.Now = time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	r := coverage.Assess(in, o)
	before := *in
	before.Rules = append([]coverage.Rule{{Key: "x", ID: "x", Title: "Gone " + hostile + " " + strings.Repeat("long", 60), Path: "rules/x.yml", Line: 1, Tags: []string{"attack.t1003.001"}, Status: "test", Hash: "hx", Text: "tx", Logsources: windows}}, in.Rules...)
	base := coverage.Assess(&before, o)
	r.Delta = coverage.Compare(base, r)
	r.Delta.Ref = "main"
	coverage.DefaultGate().Apply(r.Delta, base, r, o.Now)
	return &report.CoverageRun{Report: r, Badge: coverage.Observed, Version: "test"}
}

func rendered(t *testing.T, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Coverage(&b, report.Style{}, format, coverageRun(t)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// No format lets a title out of its place.
func TestCoverageEscapes(t *testing.T) {
	for _, format := range []string{"pretty", "markdown", "html", "csv", "navigator", "json"} {
		text := rendered(t, format)
		if strings.Contains(text, "\x1b[31m") {
			t.Errorf("%s: a control character of a title gets through", format)
		}
		if format != "csv" && format != "json" && format != "navigator" && format != "pretty" && strings.Contains(text, "<script>") {
			t.Errorf("%s: markup of a title gets through", format)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(rendered(t, "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, row := range rows {
		for _, cell := range row {
			seen = seen || strings.HasPrefix(cell, "'=cmd")
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a spreadsheet takes %q for a formula", cell)
			}
		}
	}
	if !seen {
		t.Error("the hostile title is in no cell")
	}
}

// However many violations there are, the Markdown form is short enough for a comment
// on a pull request.
func TestCoverageMarkdownFits(t *testing.T) {
	run := coverageRun(t)
	d := run.Report.Delta
	for range 1500 {
		d.Violations = append(d.Violations, coverage.Violation{Technique: "T1059.001", Name: "Command and Scripting Interpreter", Platform: "Windows", Why: "lost from 1",
			Waiver: &coverage.Waiver{Owner: "blue", Reason: strings.Repeat("why ", 50)}})
		d.Sole = append(d.Sole, coverage.SoleTouched{Title: strings.Repeat("title ", 20), Techniques: []string{"T1059.001"}})
	}
	d.Waived = append(d.Waived, d.Violations[len(d.Violations)-1500:]...)
	var b bytes.Buffer
	if err := report.Coverage(&b, report.Style{}, "markdown", run); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 60_000 {
		t.Errorf("%d bytes", b.Len())
	}
	for _, want := range []string{"violations ·", " violations more\n", " touched rules more\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}

// The page is one file: it names nothing that a browser would fetch or run.
func TestCoverageHTMLStandsAlone(t *testing.T) {
	page := rendered(t, "html")
	if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|src=|url\(|@import|\son[a-z]+=`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") {
		t.Error("no policy")
	}
}

func TestCoverageBadgeStatesItsLevel(t *testing.T) {
	badge := rendered(t, "badge")
	for d := xml.NewDecoder(strings.NewReader(badge)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(badge, "ATT&amp;CK level 3b+") || !strings.Contains(badge, "2 of 601") {
		t.Errorf("the badge says %s", badge)
	}
}

// Layers have what version 4.5 of the format demands.
func TestCoverageLayers(t *testing.T) {
	var layers []map[string]any
	if err := json.Unmarshal([]byte(rendered(t, "navigator")), &layers); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range layers {
		names = append(names, l["name"].(string))
		versions := l["versions"].(map[string]any)
		if versions["layer"] != "4.5" || versions["attack"] != "19" || l["domain"] != "enterprise-attack" {
			t.Errorf("layer %v: versions %v of domain %v", l["name"], versions, l["domain"])
		}
		techniques := l["techniques"].([]any)
		if len(techniques) != 697 {
			t.Errorf("layer %v has %d techniques", l["name"], len(techniques))
		}
		off := 0
		for _, x := range techniques {
			x := x.(map[string]any)
			if x["enabled"] == false {
				off++
				if x["score"] != nil {
					t.Errorf("%v is out of scope and has a score", x["techniqueID"])
				}
			}
			for _, m := range x["metadata"].([]any) {
				if _, text := m.(map[string]any)["value"].(string); !text {
					t.Errorf("%v: metadata that is no text: %v", x["techniqueID"], m)
				}
			}
		}
		if off != 96 {
			t.Errorf("layer %v switches %d techniques off, want the 96 of PRE", l["name"], off)
		}
	}
	if got := strings.Join(names, ","); got != "socctl evidence,socctl delta,socctl visibility,socctl threat" {
		t.Errorf("layers %s", got)
	}
}

// Eighty columns are enough, and colour is only for terminals.
func TestCoveragePrettyFits(t *testing.T) {
	text := rendered(t, "pretty")
	if strings.Contains(text, "\x1b") {
		t.Error("colour without a terminal")
	}
	matrix, _, _ := strings.Cut(text, "NO EVIDENCE")
	for _, line := range strings.Split(matrix, "\n") {
		if n := len([]rune(line)); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, tactic := range []string{"Reconnaissance", "Stealth", "Defense Impairment", "Impact"} {
		if !strings.Contains(matrix, tactic) {
			t.Errorf("no %s", tactic)
		}
	}
}

// One of a thing is told as one.
func TestCoverageTellsOfOne(t *testing.T) {
	run := coverageRun(t)
	run.Report.Summary.Claimed, run.Report.Summary.Single, run.Report.Summary.Stale = 1, 1, 2
	var b bytes.Buffer
	if err := report.Coverage(&b, report.Style{}, "pretty", run); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n1 technique of 697 in force is named by tags", "\n1 technique hangs on one rule", "\n2 cells have stale evidence"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// The matrix works in a browser without any script: it opens, filters, and can be
// used with the keyboard, by screen readers, in light and in dark.
func TestCoverageInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := startBrowser(t)
	page := filepath.Join(t.TempDir(), "matrix.html")
	if real := os.Getenv("SOCCTL_MATRIX"); real != "" {
		page = real
	} else if err := os.WriteFile(page, []byte(rendered(t, "html")), 0o644); err != nil {
		t.Fatal(err)
	}
	b.open(page)
	for _, size := range []struct {
		name          string
		width, height int
	}{{"phone", 390, 844}, {"laptop", 1366, 768}, {"wall", 3840, 2160}} {
		b.size(size.width, size.height)
		if got := b.number("document.documentElement.scrollWidth"); got > size.width {
			t.Errorf("%s: the page is %d wide, the screen %d", size.name, got, size.width)
		}
		b.shot(size.name)
	}
	if got := b.number(`document.querySelectorAll(".tactic").length`); got != 15 {
		t.Errorf("%d tactics", got)
	}
	if os.Getenv("SOCCTL_MATRIX") != "" {
		lookAround(b)
		return
	}
	b.size(1366, 768)
	checkOpening(t, b)
	checkFilters(t, b)
	checkContrast(t, b)
	checkNames(t, b)
	for _, e := range b.events {
		if e.Method == "Log.entryAdded" {
			t.Errorf("the browser complains: %s", e.Params)
		}
		if e.Method == "Network.requestWillBeSent" && !strings.Contains(string(e.Params), `"url":"file://`) {
			t.Errorf("the page fetches something: %s", e.Params)
		}
	}
}

// lookAround takes pictures of a real matrix.
func lookAround(b *browser) {
	b.size(1366, 900)
	b.click(`.sub[popovertarget="d-T1059.001"]`)
	b.until(`document.querySelector("#d-T1059\\.001").matches(":popover-open")`)
	b.shot("laptop-open")
	b.press("Escape")
	b.click(`label:has(#least-3b)`)
	b.click(`label:has(#theme-dark)`)
	b.eval("scrollTo(0, 0)", nil)
	b.shot("laptop-dark-3b")
	b.click(`label:has(#least-0)`)
	b.click(`label:has(#scope-p4)`)
	b.click(`label:has(#theme-light)`)
	b.eval("scrollTo(0, 0)", nil)
	b.shot("laptop-linux-gaps")
	b.click(`label:has(#least-all)`)
	b.click(`label:has(#scope-all)`)
	b.size(390, 844)
	b.click(`.parent[popovertarget="d-T1047"]`)
	b.shot("phone-open")
	b.press("Escape")
	b.click(`label:has(#tactic-8)`)
	b.eval("scrollTo(0, 0)", nil)
	b.shot("phone-tactic")
	b.size(3840, 2160)
	b.eval("scrollTo(0, 0)", nil)
	b.shot("wall-tactic")
	b.click(`label:has(#tactic-all)`)
	b.click(`label:has(#theme-dark)`)
	b.eval("scrollTo(0, 0)", nil)
	b.shot("wall-dark")
}

const powershell = `document.getElementById("d-T1059.001")`

// checkOpening opens a cell with the mouse and with the keyboard.
func checkOpening(t *testing.T, b *browser) {
	t.Helper()
	const cell = `.sub[popovertarget="d-T1059.001"]`
	b.click(cell)
	b.until(powershell + `.matches(":popover-open")`)
	text := b.text(powershell + ".innerText")
	for _, want := range []string{"PowerShell", "<script>alert(1)</script>", "rules/a.yml:1", "3 alerts on encoded, first at record 4", "label: curated", "it hangs on one rule"} {
		if !strings.Contains(text, want) {
			t.Errorf("the cell does not tell %q but\n%s", want, text)
		}
	}
	b.press("Escape")
	b.until("!" + powershell + `.matches(":popover-open")`)
	if !b.holds(`document.activeElement === document.querySelector('` + cell + `')`) {
		t.Error("closing does not give the focus back to the cell")
	}
	b.press("Enter")
	b.until(powershell + `.matches(":popover-open")`)
	b.click("#d-T1059\\.001 .close")
	b.until("!" + powershell + `.matches(":popover-open")`)
}

const visible = `[...document.querySelectorAll("SELECTOR")].filter(e => e.checkVisibility()).length`

func seen(selector string) string { return strings.ReplaceAll(visible, "SELECTOR", selector) }

// checkFilters chooses platforms, levels and tactics.
func checkFilters(t *testing.T, b *browser) {
	t.Helper()
	all := b.number(seen(".b"))
	b.click("label:has(#least-3b)")
	// T1059 with its sub-technique, and T1105, each in one tactic.
	if got := b.number(seen(".b")); got != 2 {
		t.Errorf("%d blocks with 3b or more, want 2 of %d", got, all)
	}
	b.click("label:has(#least-changed)")
	if got := b.number(seen(".b")); got != 1 {
		t.Errorf("%d blocks changed, want that of T1003", got)
	}
	b.click("label:has(#least-1)")
	b.click("label:has(#scope-p4)")
	if got := b.text(`document.querySelector("label:has(#scope-p4)").innerText.trim()`); got != "Linux" {
		t.Fatalf("the fifth platform is %q", got)
	}
	// T1548.003 below T1548; in privilege escalation alone since 19.
	if got := b.number(seen(".b")); got < 1 || got > 2 {
		t.Errorf("%d blocks on Linux with 1 or more", got)
	}
	if b.holds(`document.querySelector('.sub[popovertarget="d-T1548.003"] .m-all').checkVisibility()`) {
		t.Error("a cell shows its level on all platforms while one is chosen")
	}
	b.click("label:has(#least-all)")
	b.click("label:has(#scope-all)")
	b.click("label:has(#tactic-3)")
	if got := b.number(seen(".tactic")); got != 1 {
		t.Errorf("%d tactics while one is chosen", got)
	}
	b.eval(`document.getElementById("tactic-3").focus()`, nil)
	b.press("ArrowRight")
	if !b.holds(`document.getElementById("tactic-4").checked`) {
		t.Error("arrow keys do not move the choice")
	}
	b.click("label:has(#tactic-all)")
	if got := b.number(seen(".b")); got != all {
		t.Errorf("%d blocks without a filter, %d before", got, all)
	}
}

// checkContrast computes the contrast of the text of every level on its ground,
// in both themes. AA asks for 4.5.
func checkContrast(t *testing.T, b *browser) {
	t.Helper()
	const worst = `(() => { const lum = c => { const [r,g,b] = c.match(/[\d.]+/g).map(Number).map(v => v/255).map(v => v <= .03928 ? v/12.92 : ((v+.055)/1.055)**2.4); return .2126*r + .7152*g + .0722*b };
		return Math.min(...[".swatch.l0",".swatch.l1",".swatch.l2",".swatch.l3a",".swatch.l3b",".swatch.l4"].map(s => { const c = getComputedStyle(document.querySelector(s)); const [a, b] = [lum(c.color), lum(c.backgroundColor)].sort((x, y) => y - x); return (a+.05)/(b+.05) })) })()`
	grounds := map[string]bool{}
	for _, theme := range []string{"light", "dark"} {
		b.click("label:has(#theme-" + theme + ")")
		var ratio float64
		b.eval(worst, &ratio)
		if ratio < 4.5 {
			t.Errorf("%s: the lowest contrast is %.2f", theme, ratio)
		}
		grounds[b.text("getComputedStyle(document.body).backgroundColor")] = true
	}
	if len(grounds) != 2 {
		t.Error("light and dark have the same ground")
	}
}

// checkNames asks the accessibility tree what a screen reader says.
func checkNames(t *testing.T, b *browser) {
	t.Helper()
	tree := string(b.call("Accessibility.getFullAXTree", nil))
	for _, want := range []string{"T1059.001 PowerShell, level 3b", "Sub-techniques of T1059", "Detection evidence by MITRE ATT"} {
		if !strings.Contains(strings.ReplaceAll(tree, "\\u0026", "&"), want) {
			t.Errorf("a screen reader does not say %q", want)
		}
	}
}

// The JSON form is as its schema says.
func TestCoverageJSONKeepsItsSchema(t *testing.T) {
	schema, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(coverage.ReportSchema()))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"report": rendered(t, "json"), "nothing": strings.Replace(rendered(t, "json"), `"socctl.coverage/v1"`, `"v0"`, 1)} {
		result, err := schema.Validate(gojsonschema.NewStringLoader(text))
		if err != nil {
			t.Fatal(err)
		}
		if result.Valid() != (name == "report") {
			t.Errorf("%s is valid: %t %v", name, result.Valid(), result.Errors())
		}
	}
}
