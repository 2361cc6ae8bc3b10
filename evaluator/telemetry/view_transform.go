package telemetry

import (
	"path"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/rules/logsource"
)

// fromSource makes the value of one source. False means that the source has
// none, so the next one is tried.
func (v *viewEvent) fromSource(s *logsource.Source) (evaluator.Value, bool) {
	switch s.Transform {
	case logsource.Join:
		return v.join(s)
	case logsource.RegistryPath:
		return v.registryPath(s)
	case logsource.RegistryData:
		return v.registryData(s)
	case logsource.Hashes:
		return v.hashes(s)
	}
	value, ok := v.sourceField(s, s.From[0])
	if !ok || s.Transform == logsource.Copy {
		return value, ok
	}
	switch s.Transform {
	case logsource.Leaves:
		leaves := appendLeaves(nil, value, s.With)
		return evaluator.ListValue(leaves...), leaves != nil
	case logsource.Pair:
		return pair(value, s.With)
	case logsource.Item:
		return item(value, s.With)
	}
	return transformed(s, value)
}

// transformed applies a transform of texts, to a list element by element.
// Elements that yield no value are left out.
func transformed(s *logsource.Source, value evaluator.Value) (evaluator.Value, bool) {
	if value.Kind() == evaluator.List {
		var items []evaluator.Value
		for _, item := range value.Items() {
			if made, ok := transformed(s, item); ok {
				items = append(items, made)
			}
		}
		return evaluator.ListValue(items...), items != nil
	}
	text, ok := transformText(s, value)
	if !ok || text == value.Text() {
		return value, ok
	}
	return evaluator.StringValue(text), true
}

// sourceField reads a native field; null, empty and skipped values are none.
func (v *viewEvent) sourceField(s *logsource.Source, name string) (evaluator.Value, bool) {
	value, ok := v.origin(name)
	if !ok || value.IsNull() {
		return value, false
	}
	if value.Kind() == evaluator.String && value.Derive(isEmpty) != "" {
		return value, false
	}
	return value, len(s.Skip) == 0 || !containsFold(s.Skip, value.Text())
}

// isEmpty yields a text that is empty where its own is not.
var isEmpty = evaluator.NewDerivation(1, func(text string) string {
	if text == "" {
		return "empty"
	}
	return ""
})

// transformText applies the transforms that work on one text.
func transformText(s *logsource.Source, value evaluator.Value) (string, bool) {
	text := value.Text()
	switch s.Transform {
	case logsource.Decimal:
		return decimal(text), true
	case logsource.LowerHex:
		return lowerHex(text, value.Kind()), true
	case logsource.Lower:
		return strings.ToLower(text), true
	case logsource.Enum:
		for _, entry := range s.Table {
			if strings.EqualFold(entry.From, text) {
				return entry.To, true
			}
		}
		return text, s.With != "only"
	case logsource.StripPrefix:
		if len(text) >= len(s.With) && strings.EqualFold(text[:len(s.With)], s.With) {
			return text[len(s.With):], true
		}
		return text, true
	case logsource.After:
		if at := strings.LastIndex(text, s.With); at >= 0 {
			text = text[at+len(s.With):]
		}
		return text, true
	case logsource.Hash:
		return hashPart(text, s.With)
	case logsource.URLPath:
		target, _ := splitURL(text)
		return target, true
	case logsource.URLQuery:
		_, query := splitURL(text)
		return query, query != ""
	case logsource.URLExtension:
		target, _ := splitURL(text)
		extension := strings.TrimPrefix(path.Ext(target), ".")
		return extension, extension != ""
	}
	return text, true
}

func (v *viewEvent) join(s *logsource.Source) (evaluator.Value, bool) {
	separator := s.With
	if separator == "" {
		separator = `\`
	}
	texts := make([]string, len(s.From))
	for i, name := range s.From {
		value, ok := v.sourceField(s, name)
		if !ok {
			return value, false
		}
		texts[i] = joined(value, separator)
	}
	return evaluator.StringValue(strings.Join(texts, separator)), true
}

// joined returns the text of a value, of a list those of its elements.
func joined(v evaluator.Value, separator string) string {
	if v.Kind() != evaluator.List {
		return v.Text()
	}
	texts := make([]string, len(v.Items()))
	for i, item := range v.Items() {
		texts[i] = item.Text()
	}
	return strings.Join(texts, separator)
}

func decimal(text string) string {
	digits, ok := cutHexPrefix(text)
	if !ok {
		return text
	}
	n, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return text
	}
	return strconv.FormatUint(n, 10)
}

func lowerHex(text string, kind evaluator.Kind) string {
	if digits, ok := cutHexPrefix(text); ok {
		return "0x" + strings.ToLower(digits)
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil && kind == evaluator.Number {
		return "0x" + strconv.FormatUint(n, 16)
	}
	return text
}

func cutHexPrefix(text string) (string, bool) {
	if len(text) > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') {
		return text[2:], true
	}
	return "", false
}

// splitURL returns path and query of a URL or request target. It splits by
// hand because attackers' URLs are often not well-formed.
func splitURL(text string) (target, query string) {
	if scheme := strings.Index(text, "://"); scheme >= 0 && !strings.ContainsAny(text[:scheme], "/?#") {
		host := text[scheme+3:]
		i := strings.IndexAny(host, "/?#")
		if i < 0 {
			return "/", ""
		}
		text = host[i:]
	}
	text, _, _ = strings.Cut(text, "#")
	target, query, _ = strings.Cut(text, "?")
	return target, query
}
