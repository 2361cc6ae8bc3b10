package checks

// Foreign is a check of another tool that socctl does not have.
type Foreign struct {
	Tool, Name string
	Reason     string // why not, as a phrase
}

// NotOurs returns the checks of other tools that have no counterpart here, by
// tool. Those that have one are named in the record of theirs.
func NotOurs() []Foreign {
	extension := "about an extension of Sigma by that tool, which socctl reports as an unknown attribute"
	backend := "about the search of one product, which a Sigma rule does not have"
	return []Foreign{
		{"contentctl", "ensureProperObservablesExist", "about observables, which a Sigma rule does not have"},
		{"contentctl", "only_enabled_if_production_status", "a Sigma rule does not say where it is deployed; a check in Rego can ask for a status"},
		{"contentctl", "search_observables_exist_validate", "about observables, which a Sigma rule does not have"},
		{"elastic", "TestRuleFiles.test_rule_file_names_by_tactic", "names by tactic are a habit of one house; meta/filename takes a pattern"},
		{"elastic", "TestRuleMetadata.test_ecs_and_beats_opt_in_not_latest_only", backend},
		{"elastic", "TestRuleTags.test_primary_tactic_as_tag", "tactics are tags already; attack/tactic-missing looks for those that are absent"},
		{"elastic", "TestRuleTags.test_required_tags", "tags that a house asks for are a check in Rego"},
		{"elastic", "TestRuleTimelines.test_timeline_has_title", backend},
		{"elastic", "TestTuleTiming.test_event_override", backend},
		{"json-schema", "maxLength of timespan", "a number of any length is a timespan; schema/invalid-duration has the limit that can be counted"},
		{"json-schema", "uniqueItems of group-by", "a field that is named twice groups as it does named once"},
		{"rsigma", "ads_unknown_section", "sections of one's own do no harm; meta/ads-section has a list of those that must be there"},
		{"rsigma", "array_matching_without_version", extension},
		{"rsigma", "flattened_array_correlation", extension},
		{"rsigma", "gap_without_session", extension},
		{"rsigma", "invalid_gap_format", extension},
		{"rsigma", "invalid_window_mode", extension},
		{"rsigma", "missing_session_gap", extension},
		{"sigmahq-tests", "test_broken_thor_logsource_config", "about the configuration of one product"},
	}
}
