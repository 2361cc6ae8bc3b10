package logsource

import (
	"github.com/socctl/socctl/lint"
	"github.com/socctl/socctl/rules"
)

var specificNotGeneric = &lint.Check{
	Name:  "logsource/specific-not-generic",
	Title: `a service and an event number where there is a category`,
	Doc:   `A rule of the category works with every source that provides it, and maps to Security 4688 as well.`,
	Bad: `
title: Whoami
logsource: {product: windows, service: sysmon}
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
	Severity:  rules.Warning,
	Scope:     lint.RuleScope,
	Elsewhere: []string{"pysigma specific_instead_of_generic_logsource", "sigmahq-tests test_event_id_instead_of_process_creation"},
	Run: func(p *lint.Pass) {
		source := p.Source()
		if source.Product != "windows" {
			return
		}
		for _, item := range p.Items() {
			if item.Field.Text != "EventID" || len(item.Modifiers) > 0 {
				continue
			}
			for _, v := range item.Values {
				category, help := categoryOf(source.Service, v.Text)
				if category != "" {
					p.Report(v.Span, "EventID "+v.Text+" of "+source.Service+" is the category "+category, help).Also(p.Logsource.Span, "the logsource")
				}
			}
		}
	},
}

// categoryOf returns the category of an event, "" if there is none, and what to
// write instead: where the category has other events as well, the number stays.
func categoryOf(service, event string) (category, help string) {
	switch {
	case service == "security" && event == "4688":
		category = "process_creation"
	case service == "sysmon":
		category = sysmonCategories[event]
	}
	others := 0
	for _, c := range sysmonCategories {
		if c == category {
			others++
		}
	}
	if others > 1 {
		return category, "write category: " + category + " instead of service, and keep EventID: the category has other events as well"
	}
	return category, "write category: " + category + " instead of service and EventID"
}

// sysmonCategories are the categories of the events of Sysmon, by number, as the
// taxonomy of Sigma names them.
var sysmonCategories = map[string]string{
	"1": "process_creation", "2": "file_change", "3": "network_connection", "4": "sysmon_status", "5": "process_termination",
	"6": "driver_load", "7": "image_load", "8": "create_remote_thread", "9": "raw_access_thread", "10": "process_access",
	"11": "file_event", "12": "registry_event", "13": "registry_event", "14": "registry_event", "15": "create_stream_hash", "16": "sysmon_status",
	"17": "pipe_created", "18": "pipe_created", "19": "wmi_event", "20": "wmi_event", "21": "wmi_event", "22": "dns_query",
	"23": "file_delete", "24": "clipboard_capture", "25": "process_tampering", "26": "file_delete_detected", "27": "file_block_executable",
	"28": "file_block_shredding", "29": "file_executable_detected", "255": "sysmon_error",
}
