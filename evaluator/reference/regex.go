package reference

import (
	"regexp"
	"regexp/syntax"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// regex searches a regular expression in the text of a value (D27).
func regex(i *rules.Item, s rules.Scalar, placeholders map[string][]string) (matcher, error) {
	texts, err := expandedRegexes(i, s, placeholders)
	if err != nil {
		return nil, err
	}
	alternatives, err := each(texts, func(text string) (*regexp.Regexp, error) { return compileRegex(text, regexFlags(i)) })
	return func(v evaluator.Value) bool {
		for _, re := range alternatives {
			if re.MatchString(v.Text()) {
				return true
			}
		}
		return false
	}, err
}

func regexFlags(i *rules.Item) syntax.Flags {
	flags := syntax.Perl
	if i.Has("i") {
		flags |= syntax.FoldCase
	}
	if i.Has("m") {
		flags &^= syntax.OneLine
	}
	if i.Has("s") {
		flags |= syntax.DotNL
	}
	return flags
}

func compileRegex(text string, flags syntax.Flags) (*regexp.Regexp, error) {
	tree, err := syntax.Parse(text, flags)
	if err != nil {
		return nil, err
	}
	replaceDollars(tree)
	return regexp.Compile(tree.String())
}

// replaceDollars gives $ the meaning it has in other engines, where it also
// matches before a newline that ends the text. In multi-line mode it is
// another operation and stays.
func replaceDollars(tree *syntax.Regexp) {
	if tree.Op == syntax.OpEndText && tree.Flags&syntax.WasDollar != 0 {
		end, err := syntax.Parse(`\n?\z`, syntax.Perl)
		if err != nil {
			panic("unreachable: " + err.Error())
		}
		*tree = *end
		return
	}
	for _, sub := range tree.Sub {
		replaceDollars(sub)
	}
}
