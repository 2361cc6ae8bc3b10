package lint

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/rules"
)

// A comment of the form
//
//	# socctl:ignore CHECK[,CHECK…] [until=YYYY-MM-DD] -- REASON
//
// ignores findings of these checks: behind a key or a value, those of its line
// and of what the key holds; on a line of its own, those of what follows;
// before the first key of a document, those of the whole document. Without a
// reason it has no effect.

// directive is one such comment for one check.
type directive struct {
	check  string // as written
	reason string
	until  time.Time
	span   rules.Span // of the check's name
	whole  rules.Span // of the comment
	from   int        // first line that it covers
	to     int        // last line that it covers
	used   bool
	broken string // what is wrong with the comment; "" if nothing is
}

const directiveWord = "socctl:ignore"

var directivePattern = regexp.MustCompile(`^#\s*` + directiveWord + `\b(.*?)(?:\s+--\s*(.*))?$`)

// directives reads the comments of all files.
func (d *driver) directives() {
	d.inline = map[*rules.File][]*directive{}
	for i, s := range d.corpus.Subjects {
		file := s.Header.Span.File
		if file == nil || i > 0 && d.corpus.Subjects[i-1].Header.Span.File == file || !bytes.Contains(file.Source, []byte(directiveWord)) {
			continue
		}
		d.inline[file] = fileDirectives(file, d.corpus.Subjects[i:])
	}
}

// fileDirectives reads the comments of one file, whose documents come first.
func fileDirectives(file *rules.File, subjects []*Subject) []*directive {
	var scalars, entries []rules.Span
	var first []int // lines of the first keys of the documents
	var last []int  // last lines of the documents
	for _, s := range subjects {
		if s.Header.Span.File != file {
			break
		}
		if n := s.Header.Node; n != nil && len(n.Entries) > 0 {
			walkNode(n, &scalars, &entries)
			first = append(first, n.Entries[0].Key.Span.Start.Line)
			last = append(last, n.Span.End.Line)
		}
	}
	var out []*directive
	for line := 1; line <= file.Lines(); line++ {
		text := file.Line(line)
		at := strings.Index(text, directiveWord)
		if at < 0 {
			continue
		}
		hash := strings.LastIndexByte(text[:at], '#')
		if hash < 0 || hash > 0 && text[hash-1] != ' ' && text[hash-1] != '\t' || inside(scalars, rules.Position{Line: line, Column: len([]rune(text[:hash])) + 1}) {
			continue
		}
		own := strings.TrimSpace(text[:hash]) == ""
		from, to := line, line
		if own {
			from = nextLine(file, line)
			to = from
		}
		if n := slices.Index(first, from); own && n >= 0 {
			to = last[n]
		} else {
			for _, e := range entries {
				if e.Start.Line == from {
					to = max(to, e.End.Line)
				}
			}
		}
		out = append(out, parseDirective(file, line, hash, text[hash:], from, to)...)
	}
	return out
}

// nextLine returns the next line that holds more than a comment.
func nextLine(file *rules.File, line int) int {
	for n := line + 1; n <= file.Lines(); n++ {
		if text := strings.TrimSpace(file.Line(n)); text != "" && text[0] != '#' && text != "---" {
			return n
		}
	}
	return line
}

// walkNode collects the places of scalars, and of entries of maps and lists.
func walkNode(n *rules.Node, scalars, entries *[]rules.Span) {
	switch n.Kind {
	case rules.ScalarNode:
		*scalars = append(*scalars, n.Scalar.Span)
	case rules.ListNode:
		for _, item := range n.Items {
			*entries = append(*entries, item.Span)
			walkNode(item, scalars, entries)
		}
	default:
		for _, e := range n.Entries {
			*scalars = append(*scalars, e.Key.Span)
			span := e.Key.Span
			if span.End.Before(e.Value.Span.End) {
				span.End = e.Value.Span.End
			}
			*entries = append(*entries, span)
			walkNode(e.Value, scalars, entries)
		}
	}
}

func inside(spans []rules.Span, p rules.Position) bool {
	return slices.ContainsFunc(spans, func(s rules.Span) bool { return !p.Before(s.Start) && p.Before(s.End) })
}

func parseDirective(file *rules.File, line, hash int, comment string, from, to int) []*directive {
	start := lineOffset(file, line) + hash
	m := directivePattern.FindStringSubmatchIndex(comment)
	base := directive{whole: file.Span(start, start+len(comment)), from: from, to: to}
	if m == nil {
		return nil
	}
	names := comment[m[2]:m[3]]
	if m[4] >= 0 {
		base.reason = strings.TrimSpace(comment[m[4]:m[5]])
	}
	if i := strings.Index(names, "until="); i >= 0 {
		day := strings.TrimSpace(names[i+len("until="):])
		var err error
		if base.until, err = time.Parse(time.DateOnly, day); err != nil {
			base.broken = "until= needs a day as YYYY-MM-DD, found " + day
		}
		names = names[:i]
	}
	var out []*directive
	at := m[2]
	for name := range strings.SplitSeq(names, ",") {
		d := base
		d.check = strings.TrimSpace(name)
		lead := len(name) - len(strings.TrimLeft(name, " \t"))
		d.span = file.Span(start+at+lead, start+at+lead+len(d.check))
		at += len(name) + 1
		if d.check == "" {
			d.span = d.whole
		}
		out = append(out, &d)
	}
	return out
}

func lineOffset(file *rules.File, line int) int {
	from, _ := rules.Span{File: file, Start: rules.Position{Line: line, Column: 1}, End: rules.Position{Line: line, Column: 1}}.Offsets()
	return from
}

// ignoreByComment marks a finding that a comment of its file ignores.
func (d *driver) ignoreByComment(f *Finding) {
	for _, c := range d.inline[f.Span.File] {
		if f.Span.Start.Line < c.from || f.Span.Start.Line > c.to || c.reason == "" || c.broken != "" || d.expired(c.until) {
			continue
		}
		if check := d.known.Find(c.check); check != nil && check.Name == f.Code || matchesCheck(c.check, f.Code) {
			c.used = true
			f.Suppression = &Suppression{Kind: ByComment, Reason: c.reason, Span: c.whole}
		}
	}
}
