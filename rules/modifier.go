package rules

import (
	"fmt"
	"strings"
)

// modifierClass groups modifiers that follow the same grammar.
type modifierClass uint8

const (
	transformClass modifierClass = iota + 1 // windash, wide, base64 …
	anchorClass                             // contains, startswith, endswith
	casedClass
	regexClass
	regexFlagClass
	cidrClass
	compareClass
	timeClass
	existsClass
	fieldrefClass
	expandClass
	tailClass // all, neq
)

var modifierClasses = map[string]modifierClass{
	"windash": transformClass, "wide": transformClass, "utf16be": transformClass, "utf16": transformClass,
	"base64": transformClass, "base64offset": transformClass,
	"contains": anchorClass, "startswith": anchorClass, "endswith": anchorClass,
	"cased": casedClass, "re": regexClass, "i": regexFlagClass, "m": regexFlagClass, "s": regexFlagClass,
	"cidr": cidrClass, "lt": compareClass, "lte": compareClass, "gt": compareClass, "gte": compareClass,
	"minute": timeClass, "hour": timeClass, "day": timeClass, "week": timeClass, "month": timeClass, "year": timeClass,
	"exists": existsClass, "fieldref": fieldrefClass, "expand": expandClass, "all": tailClass, "neq": tailClass,
}

// modifierAliases maps the other spellings of the specification and of pySigma.
var modifierAliases = map[string]string{
	"ignorecase": "i", "multiline": "m", "dotall": "s", "utf16le": "wide",
}

// ModifierNames returns every modifier name and alias, sorted.
func ModifierNames() []string {
	return sortedKeys(modifierClasses, modifierAliases)
}

// parseKey splits the key of an item into field and modifiers, and reports
// modifiers that are unknown or do not go together (D32).
func (p *parser) parseKey(item *Item) {
	name, chain, more := strings.Cut(item.Key.Text, "|")
	places := item.Key.places()
	item.Field = item.Key
	item.Field.Text, item.Field.Kind, item.Field.style = name, StringScalar, plainStyle
	item.Field.Span = places.span(0, len(name))
	if !more {
		return
	}
	at := len(name)
	for name := range strings.SplitSeq(chain, "|") {
		span := places.span(at+1, at+1+len(name))
		at += 1 + len(name)
		if m, ok := p.modifier(name, span); ok {
			item.Modifiers = append(item.Modifiers, m)
		}
	}
	p.checkChain(item)
}

func (p *parser) modifier(name string, span Span) (Modifier, bool) {
	canonical := name
	if target, ok := modifierAliases[name]; ok {
		canonical = target
	}
	if _, ok := modifierClasses[canonical]; ok {
		return Modifier{canonical, span}, true
	}
	message, help := "unknown modifier "+quote(name), didYouMean(name, ModifierNames())
	if name == "" {
		message, help = "empty modifier", "remove the superfluous |"
	} else if help == "" {
		help = "known modifiers: " + strings.Join(ModifierNames(), ", ")
	}
	p.errorf("value/unknown-modifier", span, message, help)
	return Modifier{}, false
}

// checkChain enforces the grammar of modifier chains: at most one kind of
// comparison, transforms before it, no repetition but of base64.
func (p *parser) checkChain(item *Item) {
	seen := map[string]bool{}
	for i, m := range item.Modifiers {
		if seen[m.Name] && m.Name != "base64" {
			p.errorf("value/modifier-repeated", m.Span, "modifier "+m.Name+" is given twice", "remove one")
			continue
		}
		seen[m.Name] = true
		if problem := chainProblem(item.Modifiers[:i], m); problem != "" {
			p.errorf("value/modifier-conflict", m.Span, problem, "")
		}
	}
	p.checkKeywordChain(item)
}

// chainProblem says what is wrong with m behind the modifiers before it, "" if
// nothing is. Tail modifiers (all, neq) go anywhere.
func chainProblem(before []Modifier, m Modifier) string {
	class := modifierClasses[m.Name]
	has := func(classes ...modifierClass) string {
		for _, b := range before {
			for _, c := range classes {
				if modifierClasses[b.Name] == c && b.Name != m.Name {
					return b.Name
				}
			}
		}
		return ""
	}
	conflict := func(with string) string {
		if with == "" {
			return ""
		}
		return fmt.Sprintf("modifier %s cannot follow %s", m.Name, with)
	}
	switch class {
	case tailClass:
		return ""
	case regexFlagClass:
		if has(regexClass) == "" {
			return fmt.Sprintf("modifier %s is a flag of re and must follow it", m.Name)
		}
		return ""
	case transformClass:
		return conflict(transformConflict(before, m, has))
	case anchorClass:
		return conflict(has(anchorClass, cidrClass, compareClass, timeClass, existsClass))
	case casedClass:
		return conflict(has(regexClass, cidrClass, compareClass, timeClass, existsClass))
	case expandClass:
		return conflict(has(cidrClass, compareClass, timeClass, existsClass, fieldrefClass))
	case compareClass:
		return conflict(has(transformClass, anchorClass, casedClass, regexClass, cidrClass, compareClass, existsClass, fieldrefClass, expandClass))
	}
	// re, cidr, exists, fieldref and the parts of a time start a chain.
	return conflict(has(transformClass, anchorClass, casedClass, regexClass, regexFlagClass, cidrClass, compareClass, timeClass, existsClass, fieldrefClass, expandClass))
}

var utf16Dialects = map[string]bool{"wide": true, "utf16be": true, "utf16": true}

// transformConflict names what keeps a transform from its place: encodings
// work on plain text, so nothing that adds wildcards may stand before them.
func transformConflict(before []Modifier, m Modifier, has func(...modifierClass) string) string {
	if other := has(regexClass, cidrClass, compareClass, timeClass, existsClass, fieldrefClass); other != "" {
		return other
	}
	if m.Name == "windash" {
		return ""
	}
	if other := has(anchorClass, casedClass); other != "" {
		return other
	}
	for _, b := range before {
		switch {
		case utf16Dialects[m.Name] && utf16Dialects[b.Name],
			m.Name == "base64" && b.Name == "base64offset",
			m.Name == "base64offset" && b.Name == "base64",
			utf16Dialects[m.Name] && strings.HasPrefix(b.Name, "base64"):
			return b.Name
		}
	}
	return ""
}

func (p *parser) checkKeywordChain(item *Item) {
	if !item.Keywords() {
		return
	}
	for _, m := range item.Modifiers {
		switch modifierClasses[m.Name] {
		case existsClass, fieldrefClass, timeClass:
			p.errorf("value/modifier-conflict", m.Span, "modifier "+m.Name+" needs a field name",
				"write the name of a field before the first |")
		}
	}
}
