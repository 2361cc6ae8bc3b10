package rules

// modifierDocs say in one line what a modifier does.
var modifierDocs = map[string]string{
	"contains":     "the value stands anywhere in the field",
	"startswith":   "the field begins with the value",
	"endswith":     "the field ends with the value",
	"all":          "all values of the list must match, instead of any",
	"neq":          "the item matches if the field does not have the value",
	"cased":        "letter case counts",
	"re":           "the value is a regular expression, which may match anywhere in the field",
	"i":            "flag of re: letter case does not count",
	"m":            "flag of re: ^ and $ match at every line",
	"s":            "flag of re: a dot matches line breaks too",
	"cidr":         "the field is an address of the network, such as 10.0.0.0/8 or fe80::/10",
	"lt":           "the field is a number less than the value",
	"lte":          "the field is a number not greater than the value",
	"gt":           "the field is a number greater than the value",
	"gte":          "the field is a number not less than the value",
	"minute":       "compares the minute of a time",
	"hour":         "compares the hour of a time",
	"day":          "compares the day of the month of a time",
	"week":         "compares the week of the year of a time",
	"month":        "compares the month of a time",
	"year":         "compares the year of a time",
	"exists":       "whether the event has the field: true or false",
	"fieldref":     "the value is the name of another field, whose value is compared",
	"expand":       "%name% in the value stands for the values of a placeholder of the configuration",
	"windash":      "a dash or slash in front of an option may be any of - / – — ―",
	"wide":         "the value as UTF-16, low byte first; usually in front of base64",
	"utf16be":      "the value as UTF-16, high byte first; usually in front of base64",
	"utf16":        "the value as UTF-16 with a byte order mark; usually in front of base64",
	"base64":       "the value as it looks in Base64",
	"base64offset": "the value as it looks in Base64 at any of the three offsets, as a part of the field",
}

// ModifierDoc says in one line what a modifier does, by its name or an alias; ""
// if Sigma knows none of that name.
func ModifierDoc(name string) string {
	if target, ok := modifierAliases[name]; ok {
		return modifierDocs[target] + " (another name of " + target + ")"
	}
	return modifierDocs[name]
}
