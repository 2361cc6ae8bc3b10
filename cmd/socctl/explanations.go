package main

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/cmd/socctl/internal/report"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// explainedLine is the explanation of a rule on an event in its stable JSON form.
type explainedLine struct {
	Source      string                 `json:"source"`
	Record      int                    `json:"record"`
	Fingerprint string                 `json:"event_fingerprint"`
	Explanation *evaluator.Explanation `json:"explanation"`
}

// explainOne explains the chosen rule on an event that it applies to.
func (r *evaluation) explainOne(ev *evaluator.Evaluator, event *telemetry.Event, out *batchResult) {
	x := ev.Explain(r.explain, r.route(event))
	if x.NoView {
		return
	}
	if x.Matched {
		out.lines = append(out.lines, matchLine{})
	}
	from := event.Record()
	if r.options.format == "ndjson" {
		text, err := appendAny(out.text, explainedLine{from.Source, from.Index, event.Fingerprint(), x})
		if err != nil {
			out.problems = append(out.problems, err)
			return
		}
		out.text = append(text, '\n')
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s record %d\n", report.Clean(from.Source), from.Index)
	report.Explanation(&b, r.cli.out(), x)
	out.text = append(append(out.text, b.String()...), '\n')
}
