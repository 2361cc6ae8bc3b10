package reference

// CompileRegex is for tests of the rewriting of regular expressions.
var CompileRegex = compileRegex
