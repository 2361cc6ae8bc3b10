package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
)

// TestCIOneKindOfBlockersHidesNoOther: many failed tests leave room for what else blocks, and
// every blocker is told or counted.
func TestCIOneKindOfBlockersHidesNoOther(t *testing.T) {
	p := ciOf(t).Page()
	p.Blockers = nil
	for i := range 30 {
		p.Blockers = append(p.Blockers, report.CIRemark{Kind: "test", Text: fmt.Sprintf("case %d: no match", i), Path: fmt.Sprintf("rules/rule-%d.yml", i/15), Line: i + 1})
	}
	p.Blockers = append(p.Blockers, report.CIRemark{Kind: "budget", Text: "Noisy: 90 alerts a day", Path: "rules/noisy.yml", Line: 1}, report.CIRemark{Kind: "coverage", Text: "T1003 is lost"})
	for _, want := range [][]string{
		{"case 0: no match, and 14 more in this file", "case 15: no match, and 14 more in this file", "Noisy: 90 alerts a day", "T1003 is lost"},
		{"case 0: no match", "Noisy: 90 alerts a day", "T1003 is lost", "and 22 blockers more"},
	} {
		for _, format := range []string{"markdown", "pretty"} {
			var b strings.Builder
			if err := report.RenderCI(&b, report.Style{}, format, p); err != nil {
				t.Fatal(err)
			}
			for _, text := range want {
				if !strings.Contains(b.String(), text) {
					t.Errorf("%s does not tell %q", format, text)
				}
			}
		}
		for i := range 30 { // each in a file of its own
			p.Blockers[i].Path = fmt.Sprintf("rules/rule-%d.yml", i)
		}
	}
}
