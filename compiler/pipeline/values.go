package pipeline

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/socctl/socctl/rules"
)

// valueChange changes the values of detection items one by one.
type valueChange struct {
	// change returns what becomes of a value; ok is false if it stays and does
	// not count as processed.
	change func(r *run, it *item, v value) (out []value, ok bool)
}

func (c valueChange) apply(r *run) {
	r.eachItem(func(it *item) *node {
		var values []value
		processed, bytes := false, 0
		for _, v := range it.values {
			out, ok := c.change(r, it, v)
			if !ok {
				out = []value{v}
			}
			processed = processed || ok
			for _, o := range out {
				for _, p := range o.text {
					bytes += len(p.text)
				}
			}
			values = append(values, out...)
			if !r.grow(max(0, len(out)-1), 0) {
				return nil
			}
		}
		if !processed || !r.grow(0, bytes) {
			return nil
		}
		it.values, it.changed = values, true
		return leaf(it)
	})
}

// textChange is a valueChange of texts only.
func textChange(change func(r *run, v value) []value) transformation {
	return valueChange{func(r *run, _ *item, v value) ([]value, bool) {
		if v.kind != textValue {
			return nil, false
		}
		out := change(r, v)
		return out, out != nil
	}}
}

func parseReplaceString(ps *params) transformation {
	re := ps.compileRegex(ps.text("regex"), false)
	replacement := ps.required("replacement")
	skip, interpret := ps.boolean("skip_special"), ps.boolean("interpret_special")
	if re == nil || replacement == nil {
		return nil
	}
	t := ps.parseTemplate(ps.asText("replacement", replacement), re)
	replace := func(s string) string { return replaceAll(re, t, s) }
	return valueChange{func(_ *run, _ *item, v value) ([]value, bool) {
		if v.kind == numberValue { // a number becomes a string in any case
			v.text = literalText(numberText(v.scalar))
			v.kind, v.changed = textValue, true
		}
		switch {
		case v.kind != textValue:
			return nil, false
		case !skip:
			return []value{v.changeText(replacePlain(re, t, v.text))}, true
		case !interpret:
			return []value{v.changeText(v.text.mapLiterals(replace))}, true
		}
		var out text
		for _, p := range v.text {
			if p.kind != literal {
				out = append(out, p)
				continue
			}
			for _, q := range parseText(replace(p.text)) {
				out.push(q)
			}
		}
		return []value{v.changeText(out)}, true
	}}
}

func replaceAll(re *regexp.Regexp, t template, s string) string {
	var b strings.Builder
	at := 0
	for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[at:m[0]] + t.expand(s, m))
		at = m[1]
	}
	return b.String() + s[at:]
}

// replacePlain replaces in how pySigma writes a string, where wildcards and
// placeholders are characters too. What no match touches stays as it is; what a
// match yields is read again.
func replacePlain(re *regexp.Regexp, t template, in text) text {
	p := plainReplacer{placeholders: in.has(placeholder)}
	plain := in.plain()
	p.split(in)
	at := 0
	for _, m := range re.FindAllStringSubmatchIndex(plain, -1) {
		p.keep(plain, at, m[0])
		p.pending.WriteString(t.expand(plain, m))
		at = m[1]
	}
	p.keep(plain, at, len(plain))
	p.flush()
	p.out.push(part{literal, p.literal.String()})
	return p.out
}

type plainReplacer struct {
	placeholders bool
	atoms        []atom
	next         int             // first atom that keep has not passed
	pending      strings.Builder // to be read again
	literal      strings.Builder // taken over
	out          text
}

// atom is a character or special part of a text and where plain writes it.
type atom struct {
	part     part
	from, to int
}

func (p *plainReplacer) split(in text) {
	at := 0
	add := func(pt part) {
		n := len(pt.plain())
		p.atoms = append(p.atoms, atom{pt, at, at + n})
		at += n
	}
	for _, pt := range in {
		if pt.kind != literal {
			add(pt)
			continue
		}
		for i := range len(pt.text) {
			add(part{literal, pt.text[i : i+1]})
		}
	}
}

// keep takes over what stands between two offsets of the plain text. Of an atom
// that a match took a piece of, the rest is read again.
func (p *plainReplacer) keep(plain string, from, to int) {
	for p.next < len(p.atoms) && p.atoms[p.next].to <= from {
		p.next++
	}
	for i := p.next; i < len(p.atoms) && p.atoms[i].from < to; i++ {
		a := p.atoms[i]
		if a.from >= from && a.to <= to {
			p.flush()
			p.take(a.part)
			continue
		}
		p.pending.WriteString(plain[max(a.from, from):min(a.to, to)])
	}
}

// take takes over a part. Literals come in pieces.
func (p *plainReplacer) take(pt part) {
	if pt.kind == literal {
		p.literal.WriteString(pt.text)
		return
	}
	p.out.push(part{literal, p.literal.String()})
	p.literal.Reset()
	p.out.push(pt)
}

// flush reads what is pending.
func (p *plainReplacer) flush() {
	if p.pending.Len() == 0 {
		return
	}
	t := parsePlain(p.pending.String())
	if p.placeholders {
		t = t.withPlaceholders()
	}
	for _, part := range t {
		p.take(part)
	}
	p.pending.Reset()
}

func parseMapString(ps *params) transformation {
	mapping := ps.mapping("mapping")
	return textChange(func(_ *run, v value) []value {
		m, ok := mapping[v.text.plain()]
		if !ok {
			return nil
		}
		out := []value{}
		for _, s := range m.to {
			out = append(out, v.changeText(parseText(s.Text)))
		}
		return out
	})
}

func parseCase(ps *params) transformation {
	change := map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "snake_case": snakeCase}[ps.one("method", "lower", "upper", "snake_case")]
	return textChange(func(_ *run, v value) []value { return []value{v.changeText(v.text.mapLiterals(change))} })
}

// snakeCase puts an underscore before every capital letter of ASCII but the
// first character, and makes all letters small.
func snakeCase(s string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}

func parseSetValue(ps *params) transformation {
	s := ps.anyScalar("value")
	switch force := ps.one("force_type", "", "str", "num"); {
	case force == "":
	case s.Kind == rules.BoolScalar || s.Kind == rules.NullScalar:
		ps.errorf("pipeline/invalid-value", s.Span, "force_type needs a string or a number as value, found "+s.Kind.String(), "")
	case force == "str":
		if s.Kind != rules.StringScalar {
			s.Text, s.Kind = numberText(s), rules.StringScalar
		}
	default:
		number, ok := toNumber(s.Text)
		if !ok {
			ps.errorf("pipeline/invalid-value", s.Span, "value "+s.Text+" is no number", "")
		}
		s.Text, s.Kind = number.Text, number.Kind
	}
	return valueChange{func(_ *run, _ *item, v value) ([]value, bool) { return []value{v.changeScalar(s)}, true }}
}

// toNumber reads a number as Python's float does, but for underscores.
func toNumber(s string) (rules.Scalar, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(s, "xXpP_") {
		return rules.Scalar{}, false
	}
	plain := rules.NewPlainScalar(strings.TrimSpace(s))
	if plain.Kind != rules.IntScalar && plain.Kind != rules.FloatScalar {
		return rules.Scalar{}, false
	}
	return rules.NewPlainScalar(numberText(plain)), true
}

func parseConvertType(ps *params) transformation {
	ps.required("target_type")
	if ps.one("target_type", "str", "num") == "num" {
		return valueChange{textToNumber}
	}
	return valueChange{func(_ *run, _ *item, v value) ([]value, bool) {
		if v.kind != numberValue {
			return nil, false
		}
		s := v.scalar
		s.Text, s.Kind = escapeWildcards.Replace(numberText(s)), rules.StringScalar
		return []value{v.changeScalar(s)}, true
	}}
}

func textToNumber(r *run, _ *item, v value) ([]value, bool) {
	if v.kind != textValue {
		return nil, false
	}
	s, ok := toNumber(v.text.plain())
	if !ok {
		r.errorf("pipeline/value-conversion", v.scalar.Span, "the value "+shorten(v.text.plain())+" cannot be made a number", "")
		return nil, false
	}
	return []value{v.changeScalar(s)}, true
}

// parseRegexChange reads the transformation of strings into regular expressions.
// A string is compared as a whole, so the expression is anchored, but for
// keywords; pySigma leaves that to the query language. A string that matters
// case-sensitively stays so.
func parseRegexChange(ps *params) transformation {
	method := ps.one("method", "ignore_case_brackets", "ignore_case_flag", "plain")
	return valueChange{func(r *run, it *item, v value) ([]value, bool) {
		switch {
		case v.kind != textValue:
			return nil, false
		case len(v.text) == 0:
			return []value{v}, true
		case v.text.has(placeholder):
			r.errorf("pipeline/placeholder", v.scalar.Span, "a placeholder cannot become a regular expression", "replace placeholders before")
			return nil, false
		}
		expr := regexOf(v.text, method == "ignore_case_brackets" && !v.cased)
		if it.field != "" {
			expr = "^" + expr + "$"
		}
		flags := []string{}
		if method == "ignore_case_flag" && !v.cased {
			flags = append(flags, "i")
		}
		if v.text.wildcards() {
			flags = append(flags, "s") // a wildcard matches line breaks too
		}
		return []value{v.changeRegex(expr, flags...)}, true
	}}
}

func regexOf(t text, brackets bool) string {
	var b strings.Builder
	for _, p := range t {
		switch p.kind {
		case anyRun:
			b.WriteString(".*")
		case anyOne:
			b.WriteString(".")
		default:
			for _, c := range p.text {
				if lower, upper := unicode.ToLower(c), unicode.ToUpper(c); brackets && lower != upper {
					b.WriteString("[" + string(lower) + string(upper) + "]")
				} else {
					b.WriteString(regexp.QuoteMeta(string(c)))
				}
			}
		}
	}
	return b.String()
}
