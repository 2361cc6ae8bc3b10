package logic

import (
	"slices"

	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var redundantField = &lint.Check{
	Name:  "logic/redundant-field",
	Title: `a field that the logsource implies`,
	Doc:   `The category is the event already. The condition costs time, and breaks the rule where events come from another source.`,
	Bad: `
title: Whoami
logsource: {category: process_creation, product: windows}
detection:
    selection:
        EventID: 1
        Image|endswith: '\whoami.exe'
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
	Severity:  rules.Info,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"sigmahq sigmahq_redundant_field", "sigmahq sigmahq_category_event_id", "sigmahq sigmahq_category_windows_provider_name: providers are not looked at"},
	Run: func(p *lint.Pass) {
		implied := impliedBy[p.Source().Category]
		if p.Source().Product != "windows" || p.Rule == nil || p.Source().Service != "" {
			return
		}
		for sel, item := range p.Items() {
			if item.Field.Text == "EventID" && len(item.Modifiers) == 0 && len(implied) > 0 && !slices.ContainsFunc(item.Values, func(v rules.Scalar) bool { return !slices.Contains(implied, v.Text) }) {
				p.Report(item.Span, "category: "+p.Source().Category+" implies EventID in "+sel.Name.Text, "remove it").Also(p.Logsource.Category.Span, "the category")
			}
		}
	},
}

// impliedBy are the numbers of the events that make up a category: those of
// Sysmon, and of the Security log where the category maps to it.
var impliedBy = map[string][]string{
	"process_creation": {"1", "4688"}, "file_change": {"2"}, "network_connection": {"3", "5156"}, "process_termination": {"5", "4689"},
	"driver_load": {"6"}, "image_load": {"7"}, "create_remote_thread": {"8"}, "raw_access_thread": {"9"}, "process_access": {"10"},
	"file_event": {"11"}, "registry_add": {"12"}, "registry_set": {"13"}, "registry_rename": {"14"}, "create_stream_hash": {"15"},
	"dns_query": {"22"}, "file_delete": {"23", "26"}, "clipboard_change": {"24"}, "process_tampering": {"25"},
}
