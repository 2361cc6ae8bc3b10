package field

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var unknown = &lint.Check{
	Name:  "field/unknown",
	Title: `a field that events of the logsource do not have`,
	Doc:   "The list of fields belongs to the logsource; `socctl logsource show` prints it, and the configuration may change it. Logsources whose events may have any field are left out, and so is asking that the field is not there.",
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Imgae|endswith: '\whoami.exe'
    condition: selection
`,
	Good: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        Image|endswith: '\whoami.exe'
    condition: selection
`,
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_invalid_fieldname", "elastic: fields are checked against its schemas"},
	Run: func(p *lint.Pass) {
		names, closed := p.Corpus.FieldNames(p.Source())
		if !closed || p.Header.Taxonomy.Text != "" && p.Header.Taxonomy.Text != "sigma" {
			return
		}
		for _, item := range p.Items() {
			name := item.Field.Text
			if item.Keywords() || slices.Contains(names, name) || knownInAnyCase(names, name) {
				continue
			}
			help := "socctl logsource show prints those there are; a view of the configuration can add what your sources have besides"
			if near := rules.Nearest(name, names); near != "" {
				help = "did you mean " + near + "?"
			} else if asksForAbsence(item) {
				continue
			}
			p.Report(item.Field.Span, "events of "+p.Logsource.String()+" have no field "+name, help)
		}
	},
}

// asksForAbsence reports whether an item holds where its field is not there, as
// one does that is for sources with the field and lets others pass.
func asksForAbsence(i *rules.Item) bool {
	wanted := rules.NullScalar
	if i.Has("exists") {
		wanted = rules.BoolScalar
	}
	return len(i.Values) > 0 && !slices.ContainsFunc(i.Values, func(v rules.Scalar) bool { return v.Kind != wanted || v.Bool() })
}
