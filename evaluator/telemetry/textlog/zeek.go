package textlog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// zeek reads the tables of Zeek: a header of lines that start with # says what
// the columns are, and may come again. A record has the flat dotted names of
// the columns, and the path of the log as "_path", as in Zeek's JSON. Every
// column is in the record, so it has no event.original. An unset column is
// absent, an empty set is an empty list.
type zeek struct {
	header    bool
	separator string
	set       string // separator of the elements of a set
	empty     string
	unset     string
	path      string
	names     []string
	types     []string
}

func newZeek(*Options) parser { return &zeek{} }

// zeekDirectives are the words of a header.
var zeekDirectives = [...]string{"separator", "set_separator", "empty_field", "unset_field", "path", "open", "fields", "types", "close"}

func (p *zeek) claims(line string) bool {
	if line[0] == '#' {
		return p.directive(line) != ""
	}
	return p.header && strings.Contains(line, p.separator)
}

// directive returns the word of a line of the header, "" if it is none.
func (p *zeek) directive(line string) string {
	for _, word := range zeekDirectives {
		if rest, ok := strings.CutPrefix(line[1:], word); ok && (word == "separator" && strings.HasPrefix(rest, " ") || p.header && strings.HasPrefix(rest, p.separator)) {
			return word
		}
	}
	return ""
}

func (p *zeek) line(line string, emit emitter) error {
	if line[0] == '#' {
		return p.headerLine(line)
	}
	switch {
	case !p.header:
		return errors.New("a table of Zeek starts with #separator; the columns of this line are not known")
	case len(p.names) == 0:
		return errors.New("the header has no #fields; the columns of this line are not known")
	}
	cells := strings.Split(line, p.separator)
	if len(cells) != len(p.names) {
		return fmt.Errorf("found %d columns, want %d as in #fields", len(cells), len(p.names))
	}
	members := make([]evaluator.Member, 0, len(cells)+1)
	if p.path != "" {
		members = append(members, text("_path", p.path))
	}
	for i, cell := range cells {
		kind := "string"
		if i < len(p.types) {
			kind = p.types[i]
		}
		if v, set := p.cell(cell, kind); set {
			members = append(members, evaluator.Member{Name: p.names[i], Value: v})
		}
	}
	emit(evaluator.ObjectValue(members...))
	return nil
}

func (zeek) flush(emitter) {}

func (p *zeek) headerLine(line string) error {
	word := p.directive(line)
	if word == "" {
		return errors.New("unknown line in the header of a table of Zeek")
	}
	value := line[1+len(word)+1:]
	switch word {
	case "separator":
		*p = zeek{header: true, separator: unescapeZeek(strings.TrimSpace(value)), set: ",", empty: "(empty)", unset: "-"}
		if p.separator == "" {
			p.header = false
			return errors.New("#separator is empty")
		}
	case "set_separator":
		p.set = unescapeZeek(value)
	case "empty_field":
		p.empty = value
	case "unset_field":
		p.unset = value
	case "path":
		p.path = value
	case "fields":
		p.names = strings.Split(value, p.separator)
	case "types":
		p.types = strings.Split(value, p.separator)
	}
	return nil
}

// cell returns the value of a column; false if it is not set.
func (p *zeek) cell(cell, kind string) (evaluator.Value, bool) {
	if cell == p.unset {
		return evaluator.Value{}, false
	}
	element, list := strings.CutPrefix(kind, "set[")
	if !list {
		element, list = strings.CutPrefix(kind, "vector[")
	}
	if !list {
		if cell == p.empty {
			return evaluator.StringValue(""), true
		}
		return zeekScalar(cell, kind), true
	}
	var items []evaluator.Value
	if cell != p.empty && p.set != "" {
		for item := range strings.SplitSeq(cell, p.set) {
			items = append(items, zeekScalar(item, strings.TrimSuffix(element, "]")))
		}
	}
	return evaluator.ListValue(items...), true
}

func zeekScalar(cell, kind string) evaluator.Value {
	switch kind {
	case "count", "int", "port", "double", "interval", "time":
		if isDecimal(cell) {
			return evaluator.NumberValue(cell)
		}
	case "bool":
		if cell == "T" || cell == "F" {
			return evaluator.BoolValue(cell == "T")
		}
	}
	return evaluator.StringValue(unescapeZeek(cell))
}

// isDecimal reports whether s is a number as JSON writes it, without an exponent.
func isDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, fraction, dotted := strings.Cut(s, ".")
	if whole == "" || len(whole) > 1 && whole[0] == '0' || digits(whole) != len(whole) {
		return false
	}
	return !dotted || fraction != "" && digits(fraction) == len(fraction)
}

// unescapeZeek decodes \x09 and the like, and \\ for a backslash. Versions of Zeek
// that leave backslashes as they are show by one that begins neither.
func unescapeZeek(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	doubled := true
	for i := 0; i < len(s) && doubled; i++ {
		if s[i] == '\\' {
			_, size := zeekEscape(s[i:])
			doubled = size > 0
			i += size - 1
		}
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c, size := zeekEscape(s[i:])
		if size == 0 || c == '\\' && size == 2 && !doubled {
			b.WriteByte(s[i])
			continue
		}
		b.WriteByte(c)
		i += size - 1
	}
	return b.String()
}

// zeekEscape returns the byte that s starts with in escaped form, and the size of that
// form; 0 for none.
func zeekEscape(s string) (c byte, size int) {
	switch {
	case strings.HasPrefix(s, `\\`):
		return '\\', 2
	case strings.HasPrefix(s, `\x`) && len(s) >= 4:
		if n, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
			return byte(n), 4
		}
	}
	return 0, 0
}
