package textlog

import (
	"fmt"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// csv reads tables whose first line names the columns, separated by commas,
// semicolons, tabs or bars. Quotes are those of RFC 4180; a line break in quotes
// continues the row.
type csv struct {
	asked   bool
	second  func() string
	started bool
	fields  []string
	comma   byte
	open    string // a row whose quotes are not closed yet
}

func newCSV(o *Options) parser { return &csv{asked: o.Format != nil, second: o.Second} }

// claims takes the first line of a source if it looks like a header, and then
// all lines that no other format takes.
func (p *csv) claims(line string) bool {
	if p.fields != nil {
		return p.open != "" || len(splitDelimited(line, p.comma)) == len(p.fields) || unclosed(line)
	}
	if p.started || p.second == nil {
		return false
	}
	p.started = true
	comma := delimiter(line)
	if comma == 0 || !isTableHeader(line, comma) {
		return false
	}
	next := p.second()
	return next != "" && (len(splitDelimited(next, comma)) == len(splitDelimited(line, comma)) || unclosed(next))
}

// misfit says what is wrong with a line that it does not claim.
func (p *csv) misfit(line string) error {
	if p.fields == nil {
		return nil
	}
	return fmt.Errorf("row has %d columns, the header names %d", len(splitDelimited(line, p.comma)), len(p.fields))
}

// maxRow bounds a row over several lines.
const maxRow = 1 << 20

func (p *csv) line(line string, emit emitter) error {
	if p.fields == nil {
		return p.header(line)
	}
	if p.open != "" {
		line = p.open + "\n" + line
		p.open = ""
	}
	if unclosed(line) && len(line) < maxRow {
		p.open = line
		return nil
	}
	values := splitDelimited(line, p.comma)
	if len(values) > len(p.fields) {
		return fmt.Errorf("row has %d columns, the header names %d", len(values), len(p.fields))
	}
	members := make([]evaluator.Member, 0, len(values)+1)
	for i, value := range values {
		members = appendText(members, p.fields[i], value)
	}
	emit(evaluator.ObjectValue(append(members, text(original, line))...))
	return nil
}

func (p *csv) header(line string) error {
	p.comma = delimiter(line)
	if p.comma == 0 {
		p.comma = ','
	}
	line = strings.TrimPrefix(line, "\ufeff")
	seen := map[string]bool{}
	for i, name := range splitDelimited(line, p.comma) {
		name = strings.TrimSpace(name)
		if name == "" || seen[name] {
			name = columnName(i)
		}
		seen[name] = true
		p.fields = append(p.fields, name)
	}
	return nil
}

func (p *csv) flush(emit emitter) {
	if p.open == "" {
		return
	}
	line := p.open
	p.open = ""
	members := make([]evaluator.Member, 0, len(p.fields)+1)
	for i, value := range splitDelimited(line, p.comma) {
		if i < len(p.fields) {
			members = appendText(members, p.fields[i], value)
		}
	}
	emit(evaluator.ObjectValue(append(members, text(original, line))...))
}

// delimiter returns the sign that a header is separated by, 0 if there is none.
func delimiter(line string) byte {
	var best byte
	most := 0
	for _, c := range []byte{',', ';', '\t', '|'} {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// isTableHeader reports whether all columns are names, each another.
func isTableHeader(line string, comma byte) bool {
	seen := map[string]bool{}
	for _, name := range splitDelimited(strings.TrimPrefix(line, "\ufeff"), comma) {
		name = strings.TrimSpace(name)
		if name == "" || len(name) > 64 || seen[name] || !isLetter(name[0]) && name[0] != '_' && name[0] != '@' ||
			strings.ContainsAny(name, `=:{}"<>`) {
			return false
		}
		seen[name] = true
	}
	return len(seen) >= 2
}

// splitDelimited splits a row; columns may be in quotes, in which two quotes
// stand for one.
func splitDelimited(line string, comma byte) []string {
	if strings.IndexByte(line, '"') < 0 {
		return strings.Split(line, string(comma))
	}
	var values []string
	for {
		value, rest, more := cutColumn(line, comma)
		values = append(values, value)
		if !more {
			return values
		}
		line = rest
	}
}

func cutColumn(s string, comma byte) (value, rest string, more bool) {
	if !strings.HasPrefix(s, `"`) {
		return strings.Cut(s, string(comma))
	}
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		behind, rest, more := strings.Cut(s[i+1:], string(comma))
		return strings.ReplaceAll(s[1:i], `""`, `"`) + behind, rest, more
	}
	return strings.ReplaceAll(s[1:], `""`, `"`), "", false
}

// unclosed reports whether a row ends in quotes.
func unclosed(line string) bool { return strings.Count(line, `"`)%2 == 1 }

// columnName names a column that has no name, for example "column_3" for index 2.
func columnName(i int) string { return fmt.Sprintf("column_%d", i+1) }
