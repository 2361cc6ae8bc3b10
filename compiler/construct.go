package compiler

// TextPredicate returns the predicate that the text of a field matches a Sigma
// string, in which * and ? are wildcards, at an anchor.
func TextPredicate(field, sigmaString string, anchor Anchor, cased bool) Predicate {
	p := ParsePattern(sigmaString)
	switch anchor {
	case Anywhere:
		p = p.unanchored(true, true)
	case AtStart:
		p = p.unanchored(false, true)
	case AtEnd:
		p = p.unanchored(true, false)
	}
	return Predicate{Field: field, Op: OpText, Pattern: p.finished(cased)}
}

// LiteralPredicate is TextPredicate for a text in which nothing is a wildcard.
func LiteralPredicate(field, text string, anchor Anchor, cased bool) Predicate {
	return TextPredicate(field, literalPattern(text).String(), anchor, cased)
}

// RegexPredicate returns the predicate that a regular expression finds
// something in the text of a field. The error says what is wrong with it.
func RegexPredicate(field, expr string, ignoreCase bool) (Predicate, error) {
	re, err := compileRegex(expr, ignoreCase, false, false)
	if err != nil {
		return Predicate{}, err
	}
	return Predicate{Field: field, Op: OpRegex, Regex: re}, nil
}
