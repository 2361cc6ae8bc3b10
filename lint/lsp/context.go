package lsp

import (
	"strings"

	"github.com/socctl/socctl/rules"
)

// spot is where the cursor stands in YAML, told from the lines alone, so that it
// holds while the text is no YAML: which keys lead there, and what of the line
// is before the cursor.
type spot struct {
	path    []string // keys above, outermost first
	key     string   // of the line, if the cursor stands in its value or in an item of its list
	word    string   // what is typed: of the key or of the value, up to the cursor
	column  int      // byte of the line where word begins
	inKey   bool     // word is, or may become, a key
	inItem  bool     // the line is an item of a list
	comment string   // from the hash of a comment up to the cursor; "" outside of one
	quoted  bool     // a quote is open in front of word
}

// spotAt tells where the byte at of a line, counted from 1, stands.
func spotAt(f *rules.File, line, at int) spot {
	text := f.Line(line)
	at = min(at, len(text))
	before := text[:at]
	var s spot
	if hash := commentStart(before); hash >= 0 {
		s.comment = before[hash:]
		s.column = at
		return s
	}
	indent := len(before) - len(strings.TrimLeft(before, " "))
	rest := before[indent:]
	for strings.HasPrefix(rest, "- ") || rest == "-" {
		s.inItem = true
		skip := 1 + len(rest[1:]) - len(strings.TrimLeft(rest[1:], " "))
		indent, rest = indent+skip, rest[skip:]
	}
	lead := len(text) - len(strings.TrimLeft(text, " "))
	s.path = keysAbove(f, line, min(lead, at), s.inItem)
	s.column, s.word, s.inKey = indent, rest, true
	if key, value, ok := cutKey(rest); ok {
		s.inKey, s.key = false, key
		s.word = strings.TrimLeft(value, " ")
		s.column = at - len(s.word)
	}
	s.openFlow()
	if s.word != "" && (s.word[0] == '\'' || s.word[0] == '"') {
		s.quoted, s.word, s.column = true, s.word[1:], s.column+1
	}
	return s
}

// openFlow looks into a map or list in braces or brackets that is open on the line.
func (s *spot) openFlow() {
	for s.word != "" && (s.word[0] == '{' || s.word[0] == '[') {
		opened := s.word[0]
		cut := strings.LastIndexAny(s.word, "{[,") + 1
		if opened == '{' && s.key != "" {
			s.path = append(s.path[:len(s.path):len(s.path)], s.key)
			s.key = ""
		}
		rest := s.word[cut:]
		s.column += cut + len(rest) - len(strings.TrimLeft(rest, " "))
		s.word = strings.TrimLeft(rest, " ")
		s.inKey = opened == '{'
		if key, value, ok := cutKey(s.word); ok && s.inKey {
			s.inKey, s.key = false, key
			value = strings.TrimLeft(value, " ")
			s.column += len(s.word) - len(value)
			s.word = value
		} else {
			s.inItem = s.inItem || opened == '['
			return
		}
	}
}

// commentStart returns where a comment begins, -1 without one. A hash counts
// behind a blank, and outside of quotes.
func commentStart(text string) int {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '\'' || c == '"') && (i == 0 || strings.IndexByte(" [{,:", text[i-1]) >= 0):
			quote = c
		case c == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t'):
			return i
		}
	}
	return -1
}

// cutKey splits a line at the colon behind its key.
func cutKey(text string) (key, value string, ok bool) {
	for i := 0; i < len(text); i++ {
		if text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ') {
			return strings.Trim(text[:i], `'"`), text[i+1:], true
		}
	}
	return "", "", false
}

// keysAbove returns the keys under which a line of some indentation stands. An
// item of a list may stand as far left as the key that holds it.
func keysAbove(f *rules.File, line, indent int, item bool) []string {
	var keys []string
	limit := indent
	if item {
		limit++
	}
	for n := line - 1; n >= 1 && limit > 0; n-- {
		text := f.Line(n)
		trimmed := strings.TrimLeft(text, " ")
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		if strings.HasPrefix(text, "---") {
			break
		}
		column := len(text) - len(trimmed)
		if column >= limit {
			continue
		}
		limit = column
		nested := false
		for strings.HasPrefix(trimmed, "- ") {
			inner := strings.TrimLeft(trimmed[1:], " ")
			column += len(trimmed) - len(inner)
			trimmed, nested = inner, true
		}
		if key, _, ok := cutKey(trimmed); ok && column < indent {
			keys = append([]string{key}, keys...)
		}
		if nested {
			limit++ // the key of the list may stand right above the dash
		}
	}
	return keys
}

// value returns what stands behind a key below others, told from the lines of
// the document in which a line lies.
func value(f *rules.File, line int, above, key string) string {
	from, to := bounds(f, line)
	in := false
	for n := from; n <= to; n++ {
		text := f.Line(n)
		trimmed := strings.TrimLeft(text, " ")
		k, v, ok := cutKey(trimmed)
		switch {
		case !ok:
		case len(text) == len(trimmed):
			in = k == above
			if flow := strings.Trim(strings.TrimSpace(v), "{}"); in && flow != "" {
				for part := range strings.SplitSeq(flow, ",") {
					if k, v, ok := cutKey(strings.TrimSpace(part)); ok && k == key {
						return plain(v)
					}
				}
			}
		case in && k == key:
			return plain(v)
		}
	}
	return ""
}

// plain returns a value without comment and quotes.
func plain(v string) string {
	if hash := commentStart(v); hash >= 0 {
		v = v[:hash]
	}
	return strings.Trim(strings.TrimSpace(v), `'"`)
}

// bounds returns the first and last line of the document in which a line lies.
func bounds(f *rules.File, line int) (from, to int) {
	from, to = 1, f.Lines()
	for n := min(line, to); n >= 1; n-- {
		if strings.HasPrefix(f.Line(n), "---") {
			from = n + 1
			break
		}
	}
	for n := line + 1; n <= to; n++ {
		if strings.HasPrefix(f.Line(n), "---") {
			return from, n - 1
		}
	}
	return from, to
}

// childKeys returns the keys right below one at the left margin.
func childKeys(f *rules.File, line int, above string) []string {
	from, to := bounds(f, line)
	var keys []string
	in, indent := false, 0
	for n := from; n <= to; n++ {
		text := f.Line(n)
		trimmed := strings.TrimLeft(text, " ")
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		column := len(text) - len(trimmed)
		k, _, ok := cutKey(trimmed)
		switch {
		case column == 0:
			in, indent = ok && k == above, 0
		case in && indent == 0:
			indent = column
			fallthrough
		case in && column == indent && ok:
			if ok && column == indent {
				keys = append(keys, k)
			}
		}
	}
	return keys
}
