package reference

import (
	"slices"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules"
)

// text matches a value as a Sigma string. Placeholders are replaced first, then
// the modifiers apply from left to right, contains and its kin last.
func text(i *rules.Item, s rules.Scalar, placeholders map[string][]string) (matcher, error) {
	alternatives, err := expanded(i, s, placeholders)
	if err != nil {
		return nil, err
	}
	for _, m := range i.Modifiers {
		if alternatives, err = transformed(m.Name, alternatives); err != nil {
			return nil, err
		}
	}
	for n, p := range alternatives {
		alternatives[n] = anchored(p, i)
	}
	return func(v evaluator.Value) bool {
		for _, p := range alternatives {
			if p.match(v.Text(), i.Has("cased")) {
				return true
			}
		}
		return false
	}, nil
}

// transformed applies one modifier to every alternative.
func transformed(modifier string, in []pattern) ([]pattern, error) {
	var out []pattern
	for _, p := range in {
		patterns, err := transform(modifier, p)
		if err != nil {
			return nil, err
		}
		out = append(out, patterns...)
	}
	return out, nil
}

// transform returns the patterns, any of which may match, that a modifier
// turns p into.
func transform(modifier string, p pattern) ([]pattern, error) {
	switch modifier {
	case "windash":
		return []pattern{windash(p)}, nil
	case "wide", "utf16be", "utf16":
		return encode(p, func(s string) []string { return []string{encodeUTF16(modifier, s)} })
	case "base64":
		return encode(p, func(s string) []string { return []string{encodeBase64(s)} })
	case "base64offset":
		return encode(p, base64Offsets)
	}
	return []pattern{p}, nil
}

// anchored lets a pattern match a part of the text. Keywords (D17) and
// base64offset (D25) search for a part unless told otherwise.
func anchored(p pattern, i *rules.Item) pattern {
	first, last := i.Has("startswith"), i.Has("endswith")
	part := i.Has("contains") || !first && !last && (i.Keywords() || i.Has("base64offset"))
	if part || last {
		p = slices.Concat(pattern{{kind: run}}, p)
	}
	if part || first {
		p = slices.Concat(p, pattern{{kind: run}})
	}
	return p
}
