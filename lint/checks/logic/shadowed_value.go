package logic

import (
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/lint/proof"
	"github.com/socctl/socctl/rules"
)

var shadowedValue = &lint.Check{
	Name:  "logic/shadowed-value",
	Title: `a value that another one of the list covers`,
	Doc:   "Whatever contains the longer one contains the shorter one, so the longer one changes nothing. Either it is superfluous, or the shorter one is wider than was meant: under `contains`, `asp` covers `aspx` and `sh` covers `bash`. Values are found too that several others cover only together, such as a network and its halves, or another one with what the rule demands beside the list; the message says so. Lists with more than 20 such values are reported once.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains:
            - 'asp'
            - 'aspx'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        CommandLine|contains: 'asp'
    condition: selection
`,
	Severity: rules.Warning,
	Scope:    lint.RuleScope,
	Fixable:  true,
	Run: func(p *lint.Pass) {
		for _, list := range byItem(facts(p, proof.Covered)) {
			if len(list) > maxShadowed {
				reportMany(p, list)
				continue
			}
			for _, f := range list {
				report(p, &f, f.Part.Span(), "the value "+f.Part.String()+coveredBy(&f), "remove it, or narrow the other one").
					FixProven("remove it", removal(p, f.Part.Span())...)
			}
		}
	},
}

// maxShadowed bounds the values of one list that are reported one by one.
const maxShadowed = 20

// byItem groups the facts about values by their item.
func byItem(all []proof.Fact) [][]proof.Fact {
	var out [][]proof.Fact
	for _, f := range all {
		if !aboutValue(&f) || f.Same && f.By.Value != nil && strings.EqualFold(f.Part.Value.Text, f.By.Value.Text) {
			continue // no value of a list, or one for logic/duplicate-value
		}
		i := slices.IndexFunc(out, func(list []proof.Fact) bool { return list[0].Part.Parent == f.Part.Parent })
		if i < 0 {
			i = len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], f)
	}
	return out
}

// reportMany reports a list of which many values are covered.
func reportMany(p *lint.Pass, list []proof.Fact) {
	item := list[0].Part.Field()
	finding := p.Report(item.Key.Span, strconv.Itoa(len(list))+" of "+strconv.Itoa(len(item.Values))+" values are covered by others of the list, such as "+
		list[0].Part.String()+", which"+coveredBy(&list[0]), "remove them, or narrow the others").
		Also(list[0].Part.Span(), "the first of them")
	if by := list[0].By; by != nil && by.Span().Known() {
		finding.Also(by.Span(), "what covers it")
	}
	var edits []lint.Edit
	for _, f := range list {
		edits = append(edits, removal(p, f.Part.Span())...)
	}
	if len(edits) == len(list) {
		finding.FixProven("remove them", edits...)
	}
}
