package telemetry

import (
	"fmt"
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
	}
	text, ok := transformText(s, value)
	if !ok || text == value.Text() {
		return value, ok
	}
	return evaluator.StringValue(text), true
}

// sourceField reads a native field; null, empty and skipped values are none.
func (v *viewEvent) sourceField(s *logsource.Source, name string) (evaluator.Value, bool) {
	value, ok := v.event.Field(name)
	if !ok || value.IsNull() {
		return value, false
	}
	if value.Kind() == evaluator.String && value.Text() == "" {
		return value, false
	}
	return value, len(s.Skip) == 0 || !containsFold(s.Skip, value.Text())
}

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
		return text, true
	case logsource.StripPrefix:
		if len(text) >= len(s.With) && strings.EqualFold(text[:len(s.With)], s.With) {
			return text[len(s.With):], true
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
		texts[i] = value.Text()
	}
	return evaluator.StringValue(strings.Join(texts, separator)), true
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

// hashPart finds NAME=… in a list with commas.
func hashPart(list, name string) (string, bool) {
	for part := range strings.SplitSeq(list, ",") {
		key, value, ok := strings.Cut(part, "=")
		if ok && strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value), true
		}
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

func appendLeaves(leaves []evaluator.Value, v evaluator.Value, name string) []evaluator.Value {
	for _, m := range v.Members() {
		if m.Name == name {
			leaves = append(leaves, m.Value)
			continue
		}
		leaves = appendLeaves(leaves, m.Value, name)
	}
	for _, item := range v.Items() {
		leaves = appendLeaves(leaves, item, name)
	}
	return leaves
}

// pair finds the value of the object in a list whose name, key or displayName
// is that one.
func pair(list evaluator.Value, name string) (evaluator.Value, bool) {
	for _, item := range list.Items() {
		if item.Kind() == evaluator.List {
			if found, ok := pair(item, name); ok {
				return found, true
			}
			continue
		}
		for _, key := range [...]string{"name", "key", "displayName"} {
			if found, ok := item.Member(key); !ok || !strings.EqualFold(found.Text(), name) {
				continue
			}
			for _, holder := range [...]string{"value", "newValue", "multiValue", "boolValue", "intValue"} {
				if value, ok := item.Member(holder); ok {
					return value, true
				}
			}
		}
	}
	return evaluator.Value{}, false
}

// registryPath joins key and value name, and abbreviates the root as users do.
func (v *viewEvent) registryPath(s *logsource.Source) (evaluator.Value, bool) {
	key, ok := v.sourceField(s, s.From[0])
	if !ok {
		return key, false
	}
	text := registryKey(key.Text())
	for _, name := range s.From[1:] {
		if value, ok := v.sourceField(s, name); ok {
			text += `\` + value.Text()
		}
	}
	return evaluator.StringValue(text), true
}

func registryKey(key string) string {
	for _, root := range [...]struct{ kernel, short string }{
		{`\REGISTRY\MACHINE`, "HKLM"}, {`\REGISTRY\USER`, "HKU"},
	} {
		n := len(root.kernel)
		if len(key) >= n && strings.EqualFold(key[:n], root.kernel) && (len(key) == n || key[n] == '\\') {
			return currentControlSet(root.short + key[n:])
		}
	}
	return key
}

func currentControlSet(key string) string {
	const prefix = `HKLM\SYSTEM\ControlSet00`
	n := len(prefix)
	if len(key) > n && strings.EqualFold(key[:n], prefix) && (len(key) == n+1 || key[n+1] == '\\') {
		return `HKLM\System\CurrentControlSet` + key[n+1:]
	}
	return key
}

// registryData writes data as Sysmon does, by the type ids of audit events.
func (v *viewEvent) registryData(s *logsource.Source) (evaluator.Value, bool) {
	value, ok := v.sourceField(s, s.From[0])
	if !ok || len(s.From) < 2 {
		return value, ok
	}
	kind, _ := v.event.Field(s.From[1])
	text := value.Text()
	switch kind.Text() {
	case "%%1875": // REG_BINARY
		text = "Binary Data"
	case "%%1876": // REG_DWORD
		if n, err := strconv.ParseUint(decimal(text), 10, 32); err == nil {
			text = fmt.Sprintf("DWORD (0x%08x)", n)
		}
	case "%%1883": // REG_QWORD
		if n, err := strconv.ParseUint(decimal(text), 10, 64); err == nil {
			text = fmt.Sprintf("QWORD (0x%08x-0x%08x)", n>>32, n&0xffffffff)
		}
	}
	return evaluator.StringValue(text), true
}
