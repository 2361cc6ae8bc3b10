package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/socctl/socctl/attack/coverage"
)

var coverageColumns = []string{"attack_version", "technique", "name", "tactics", "platform", "in_scope", "level", "level_word", "confidence", "doubts", "rules", "data_components",
	"sole_rule", "best_rules", "groups", "weight", "target"}

// coverageCSV writes one row for every technique and platform.
func coverageCSV(w io.Writer, r *coverage.Report) error {
	out := csv.NewWriter(w)
	titles := titlesOf(r)
	rows := [][]string{coverageColumns}
	for _, t := range r.Techniques {
		for _, c := range t.Cells {
			var best []string
			for _, s := range c.Supports {
				if s.Level == c.Level && c.Level > coverage.None {
					best = append(best, titles[s.Rule].Title)
				}
			}
			sole := ""
			if c.Sole != "" {
				sole = titles[c.Sole].Title
			}
			rows = append(rows, []string{r.Facts.Version, t.ID, cell(t.Name), strings.Join(t.Tactics, " "), c.Platform, strconv.FormatBool(t.InScope), c.Level.String(), c.Level.Word(),
				string(c.Confidence), cell(strings.Join(c.Doubts, "; ")), strconv.Itoa(c.Depth), cell(strings.Join(c.Paths, "; ")), cell(sole), cell(strings.Join(best, "; ")),
				strconv.Itoa(t.Groups), fmt.Sprintf("%g", t.Weight), strconv.FormatBool(t.Target)})
		}
	}
	return out.WriteAll(rows)
}
