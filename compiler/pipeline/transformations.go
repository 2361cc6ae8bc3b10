package pipeline

// transformationTypes are the transformations by the names that pySigma gives
// them. It is filled by init because nest reads transformations itself.
var transformationTypes map[string]func(*params) transformation

func init() {
	transformationTypes = map[string]func(*params) transformation{
		"field_name_mapping":           parseFieldMapping,
		"field_name_prefix_mapping":    parsePrefixMapping,
		"field_name_prefix":            parseFieldPrefix,
		"field_name_suffix":            parseFieldSuffix,
		"drop_detection_item":          func(*params) transformation { return dropItem{} },
		"hashes_fields":                parseHashFields,
		"extract_fields":               parseExtractFields,
		"add_condition":                parseAddCondition,
		"change_logsource":             parseChangeLogsource,
		"add_field":                    parseAddField,
		"remove_field":                 parseRemoveField,
		"set_field":                    parseSetField,
		"replace_string":               parseReplaceString,
		"map_string":                   parseMapString,
		"case":                         parseCase,
		"regex":                        parseRegexChange,
		"set_value":                    parseSetValue,
		"convert_type":                 parseConvertType,
		"wildcard_placeholders":        parseWildcardPlaceholders,
		"value_placeholders":           parseValuePlaceholders,
		"set_state":                    parseSetState,
		"set_custom_attribute":         parseSetAttribute,
		"rule_failure":                 parseRuleFailure,
		"detection_item_failure":       parseItemFailure,
		"strict_field_mapping_failure": func(*params) transformation { return strictMapping{} },
		"nest":                         parseNest,
	}
}

// unsupportedTransformations are those of pySigma that cannot be carried out,
// each with what to do instead.
var unsupportedTransformations = map[string]string{
	"field_name_transform":          "it calls a function of Python; list the names in field_name_mapping, or use field_name_prefix or field_name_suffix",
	"query_expression_placeholders": "it inserts text of a query language; list the values under vars and use value_placeholders",
	"file_placeholders":             "pipelines read no other files; list the values under vars and use value_placeholders",
	"http_placeholders":             "pipelines make no requests; list the values under vars and use value_placeholders",
	"command_placeholders":          "pipelines run no commands; list the values under vars and use value_placeholders",
	"embed":                         "it changes the text of queries; remove it, or move it to postprocessing",
	"simple_template":               "it changes the text of queries; remove it, or move it to postprocessing",
	"template":                      "it changes the text of queries; remove it, or move it to postprocessing",
	"json":                          "it changes the text of queries; remove it, or move it to postprocessing",
	"replace":                       "it changes the text of queries; use replace_string for values, or move it to postprocessing",
}
