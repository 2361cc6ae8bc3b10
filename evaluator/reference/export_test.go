package reference

// For tests of what is easier to check than to observe through a rule.
var (
	CompileRegex  = compileRegex
	Base64Offsets = base64Offsets
)

// MatchPattern matches a text with a Sigma string.
func MatchPattern(sigma, text string, cased bool) bool {
	return parsePattern(sigma).match(text, cased)
}
