package textlog

import (
	"errors"
	"fmt"
	"strings"

	"github.com/socctl/socctl/evaluator"
)

// w3c reads W3C extended logs: IIS, Exchange, proxies. A #Fields line names the
// columns; it may come again with others. Exchange separates by commas.
// https://www.w3.org/TR/WD-logfile.html
type w3c struct {
	fields []string
	comma  bool
	date   string // of lines that have only a time
}

func newW3C(*Options) parser { return &w3c{} }

var directives = [...]string{"#Software:", "#Version:", "#Fields:", "#Date:", "#Start-Date:", "#End-Date:", "#Remark:", "#Log-type:"}

// claims takes directives, and after a #Fields line what has as many columns.
func (p *w3c) claims(line string) bool {
	if line[0] == '#' {
		for _, d := range directives {
			if len(line) >= len(d) && strings.EqualFold(line[:len(d)], d) {
				return true
			}
		}
		return false
	}
	return p.fields != nil && line[0] != '{' && p.columns(line) == len(p.fields)
}

func (p *w3c) columns(line string) int {
	if p.comma {
		return len(splitDelimited(line, ','))
	}
	_, n := p.reading(line)
	return n
}

// reading returns how the columns of a line are told apart, and how many they are. By
// the standard, two quotes in a text stand for one; some write \" though.
func (p *w3c) reading(line string) (r w3cReading, n int) {
	if n = r.count(line); n != len(p.fields) {
		if escaped := (w3cReading{escaped: true}); escaped.count(line) == len(p.fields) {
			return escaped, len(p.fields)
		}
	}
	return r, n
}

// w3cReading reads the columns of one line.
type w3cReading struct {
	escaped  bool // a backslash protects a quote
	unclosed bool // a quote was found open up to the end of the line: so are all behind it
}

func (r w3cReading) count(line string) (n int) {
	for rest := strings.TrimLeft(line, " \t"); rest != ""; n++ {
		_, rest = r.cut(rest)
	}
	return n
}

// cut reads a column, which may be in quotes with blanks in it.
func (r *w3cReading) cut(s string) (value, rest string) {
	if s[0] == '"' && !r.unclosed {
		quoted := cutDoubled
		if r.escaped {
			quoted = func(s string) (string, string, bool) { return cutQuoted(s, unescapeQuoted) }
		}
		value, rest, ok := quoted(s)
		if ok {
			return value, strings.TrimLeft(rest, " \t")
		}
		r.unclosed = true
	}
	return cutWord(s)
}

// cutDoubled reads a text in quotes, in which two quotes stand for one. A quote that no
// blank follows ends nothing.
func cutDoubled(s string) (value, rest string, ok bool) {
	for at := 1; ; {
		end := closingQuote(s[at:])
		if end < 0 {
			return "", s, false
		}
		end += at
		if at = end + 1; at == len(s) || s[at] == ' ' || s[at] == '\t' {
			return strings.ReplaceAll(s[1:end], `""`, `"`), s[at:], true
		}
	}
}

func (p *w3c) line(line string, emit emitter) error {
	if line[0] == '#' {
		p.directive(line)
		return nil
	}
	if p.fields == nil {
		return errors.New("line of a W3C log before its #Fields line")
	}
	if n := p.columns(line); n != len(p.fields) {
		return fmt.Errorf("line has %d columns, its #Fields line names %d", n, len(p.fields))
	}
	emit(evaluator.ObjectValue(append(p.members(line), text(original, line))...))
	return nil
}

// misfit says what is wrong with a line that it does not claim.
func (p *w3c) misfit(line string) error {
	if p.fields == nil {
		return nil
	}
	return fmt.Errorf("line has %d columns, its #Fields line names %d", p.columns(line), len(p.fields))
}

func (p *w3c) directive(line string) {
	name, value, _ := strings.Cut(line, ":")
	if strings.EqualFold(name, "#Date") || strings.EqualFold(name, "#Start-Date") {
		p.date, _ = cutWord(strings.TrimSpace(value))
		if midnight := p.date + " 00:00:00"; isoStamp(midnight) != len(midnight) {
			p.date = ""
		}
	}
	if !strings.EqualFold(name, "#Fields") {
		return
	}
	list := strings.TrimSpace(value)
	p.comma = strings.IndexByte(list, ',') >= 0
	p.fields = strings.FieldsFunc(list, func(c rune) bool { return c == ' ' || c == '\t' || c == ',' })
}

// members names the columns as rules do: cs(User-Agent) is cs-user-agent too.
// IIS writes + for blanks in what clients send.
func (p *w3c) members(line string) []evaluator.Member {
	var values []string
	if p.comma {
		values = splitDelimited(line, ',')
	} else {
		r, _ := p.reading(line)
		for rest := strings.TrimLeft(line, " \t"); rest != ""; {
			var value string
			value, rest = r.cut(rest)
			values = append(values, value)
		}
	}
	members := make([]evaluator.Member, 0, len(values)+2)
	for i, name := range p.fields {
		members = appendColumn(members, w3cName(name), values[i])
	}
	return appendDateTime(members, p.date)
}

func (p *w3c) flush(emitter) {}

// w3cName writes cs(User-Agent) as cs-user-agent.
func w3cName(name string) string {
	prefix, header, ok := strings.Cut(name, "(")
	if !ok || !strings.HasSuffix(header, ")") {
		return name
	}
	return strings.ToLower(prefix + "-" + strings.TrimSuffix(header, ")"))
}

func appendColumn(members []evaluator.Member, name, value string) []evaluator.Member {
	switch name {
	case "cs-user-agent", "cs-referer", "cs-cookie":
		value = strings.ReplaceAll(value, "+", " ")
	case "sc-status", "sc-substatus", "sc-win32-status", "s-port", "sc-bytes", "cs-bytes", "time-taken":
		return appendNumber(members, name, value)
	}
	return appendText(members, name, value)
}

// appendDateTime joins the columns date and time, which are in UTC. Without the first,
// the date is that of the directive.
func appendDateTime(members []evaluator.Member, date string) []evaluator.Member {
	var time string
	for _, m := range members {
		switch m.Name {
		case "date":
			date = m.Value.Text()
		case "time":
			time = m.Value.Text()
		}
	}
	if date == "" || time == "" {
		return members
	}
	return append(members, text("timestamp", date+"T"+time+"Z"))
}
