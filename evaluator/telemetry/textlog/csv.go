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
	row     strings.Builder // one whose quotes are not closed yet
}

func newCSV(o *Options) parser { return &csv{asked: o.Format != nil, second: o.Second} }

// claims takes the first line of a source if it looks like a header, and then
// all lines that no other format takes.
func (p *csv) claims(line string) bool {
	if p.fields != nil {
		return p.inRow() || len(splitDelimited(line, p.comma)) == len(p.fields) || endsInQuotes(line, p.comma, false)
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
	return next != "" && (len(splitDelimited(next, comma)) == len(splitDelimited(line, comma)) || endsInQuotes(next, comma, false))
}

// inRow reports whether the next line continues a row, whatever is on it.
func (p *csv) inRow() bool { return p.row.Len() > 0 }

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
	if open := endsInQuotes(line, p.comma, p.inRow()); open || p.inRow() {
		if p.inRow() {
			p.row.WriteByte('\n')
		}
		p.row.WriteString(line)
		if open && p.row.Len() < maxRow {
			return nil
		}
		line = p.row.String()
		p.row.Reset()
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
	if !p.inRow() {
		return
	}
	line := p.row.String()
	p.row.Reset()
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
	end := closingQuote(s[1:])
	if end < 0 {
		return strings.ReplaceAll(s[1:], `""`, `"`), "", false
	}
	behind, rest, more := strings.Cut(s[end+2:], string(comma))
	return strings.ReplaceAll(s[1:end+1], `""`, `"`) + behind, rest, more
}

// closingQuote returns the place of the quote that ends s, which stands in quotes; -1 if
// none does. Two in a row do not.
func closingQuote(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '"':
		case i+1 < len(s) && s[i+1] == '"':
			i++
		default:
			return i
		}
	}
	return -1
}

// endsInQuotes reports whether a line of a row ends within the quotes of a column; it
// may start within them. Only at its start can a column open quotes: 5" is no such one.
func endsInQuotes(line string, comma byte, inside bool) bool {
	for {
		if !inside && strings.HasPrefix(line, `"`) {
			line, inside = line[1:], true
		}
		if inside {
			end := closingQuote(line)
			if end < 0 {
				return true
			}
			line, inside = line[end+1:], false
		}
		next := strings.IndexByte(line, comma)
		if next < 0 {
			return false
		}
		line = line[next+1:]
	}
}

// columnName names a column that has no name, for example "column_3" for index 2.
func columnName(i int) string { return fmt.Sprintf("column_%d", i+1) }
