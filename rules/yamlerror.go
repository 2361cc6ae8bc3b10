package rules

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

var (
	yamlLine      = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError reports an error of the YAML parser. What the parser says of the
// place is a line at best, and not always the right one.
func (p *parser) syntaxError(err error) {
	message, line := err.Error(), 1
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message = m[2]
		line, _ = strconv.Atoi(m[1])
	}
	line = p.errorLine(message, line)
	at, help := p.lineSpan(line), p.yamlHelp(message, line)
	switch m := unknownAnchor.FindStringSubmatch(message); {
	case m != nil:
		message, help = "unknown anchor "+quote(m[1]), "an anchor must stand before its aliases; quote a value that begins with *"
		at = p.aliasSpan(m[1], at)
	case message == "control characters are not allowed":
		at, help = p.controlCharacter(at), "remove it, or escape it in double quotes"
	case help == escapeHelp:
		at = p.escapeSpan(line, at)
	}
	p.errorf("schema/yaml-syntax", at, message, help)
}

// errorLine corrects the line that yaml.v3 reports. Its scanner counts from 1,
// its parser from 0, and within a block the parser tells where the block starts.
func (p *parser) errorLine(message string, line int) int {
	switch message {
	case tabInIndentation:
		return p.indentedByTab(line)
	case "did not find expected key", "did not find expected '-' indicator":
		return p.firstLineWith(message, line+1)
	case "did not find expected ',' or ']'", "did not find expected ',' or '}'", "did not find expected node content",
		"did not find expected <document start>", "found undefined tag handle", "found duplicate %YAML directive",
		"found duplicate %TAG directive", "found incompatible YAML document":
		return line + 1
	}
	return line
}

const tabInIndentation = "found a tab character that violates indentation"

// indentedByTab returns the first line from one on that a tab indents.
func (p *parser) indentedByTab(from int) int {
	for line := from; line <= len(p.file.starts); line++ {
		text := p.file.Line(line)
		if strings.ContainsRune(text[:len(text)-len(strings.TrimLeft(text, " \t"))], '\t') {
			return line
		}
	}
	return from
}

// maxRetries is the size of a file, in bytes, up to which the line of an error
// is found by reading parts of it.
const maxRetries = 1 << 20

// firstLineWith returns the first line up to which reading the file gives the
// same error.
func (p *parser) firstLineWith(message string, fallback int) int {
	if len(p.file.Source) > maxRetries {
		return fallback
	}
	starts := p.file.starts
	n := sort.Search(len(starts)-1, func(i int) bool {
		err := p.readUpTo(starts[i+1])
		return err != nil && strings.HasSuffix(err.Error(), message)
	})
	return n + 1
}

func (p *parser) readUpTo(end int) error {
	dec := yaml.NewDecoder(bytes.NewReader(asVersion11(p.file.Source[:end])))
	for {
		var y yaml.Node
		if err := p.decode(dec, &y); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// lineSpan returns the text of a line without the white space before it.
func (p *parser) lineSpan(line int) Span {
	line = max(1, min(line, len(p.file.starts)))
	text := p.file.Line(line)
	column := 1 + len(text) - len(strings.TrimLeft(text, " \t"))
	return Span{p.file, Position{line, column}, Position{line, max(column, 1+utf8.RuneCountInString(text))}}
}

// aliasSpan returns the first place that looks like an alias of that name.
func (p *parser) aliasSpan(name string, fallback Span) Span {
	alias := regexp.MustCompile(`(?:^|[\s\[,])(\*` + regexp.QuoteMeta(name) + `)(?:[\s\],}:]|$)`)
	if m := alias.FindSubmatchIndex(p.file.Source); m != nil {
		return p.file.span(m[2], m[3])
	}
	return fallback
}

func (p *parser) controlCharacter(fallback Span) Span {
	i := bytes.IndexFunc(p.file.Source, func(r rune) bool {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == 0x85:
			return false
		}
		return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff
	})
	if i < 0 {
		return fallback
	}
	_, size := utf8.DecodeRune(p.file.Source[i:])
	return p.file.span(i, i+size)
}

// unique drops repetitions: what an alias or a global document stands for is
// checked wherever it is used, but is one place.
func (ds Diagnostics) unique() Diagnostics {
	type key struct {
		code, message string
		start, end    Position
	}
	seen := make(map[key]bool, len(ds))
	return slices.DeleteFunc(ds, func(d Diagnostic) bool {
		k := key{d.Code, d.Message, d.Span.Start, d.Span.End}
		dup := seen[k]
		seen[k] = true
		return dup
	})
}
