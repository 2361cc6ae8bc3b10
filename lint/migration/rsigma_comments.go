package migration

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/socctl/socctl/rules"
)

const (
	disableWord = "rsigma-disable"
	nextLine    = "-next-line"
)

// suppression is a comment of RSigma in a rule.
type suppression struct {
	line, column int    // of the #, in code points
	next         bool   // of the next line only, else of the whole file
	names        string // as they were listed; "" is everything
}

// rsigmaComments turns comments that silence the linter into ours. One of the next
// line becomes a comment at that line, one of the whole file an entry of the
// configuration, which is about the same file.
func (r *reader) rsigmaComments(file *rules.File) {
	if !bytes.Contains(file.Source, []byte(disableWord)) {
		return
	}
	added := map[int]string{} // comments by the line that they are put behind
	for _, s := range suppressionsOf(file) {
		checks := r.silenced(file, s)
		switch {
		case len(checks) == 0:
		case !s.next:
			r.config.ignore(r.relative(file.Path), "silenced by a comment in the rule, which gives no reason", checks)
		case s.line == file.Lines() || strings.TrimSpace(file.Line(s.line+1)) == "":
			r.without(at(file, s.line, s.column, 1), "the comment silences an empty line", "remove it")
		default:
			r.behind(file, s, added, checks)
		}
	}
	if len(added) == 0 {
		return
	}
	text := rewritten(file, added)
	if !sameContent(file.Source, text) {
		r.without(at(file, 1, 1, 1), "comments of RSigma stand within a text of this file, so none of them is rewritten", "write # socctl:ignore CHECK -- REASON where it is needed")
		return
	}
	r.result.Outputs = append(r.result.Outputs, Output{Path: r.relative(file.Path), Content: text, Rewrites: true})
}

// behind puts our comment at the line that RSigma's was about.
func (r *reader) behind(file *rules.File, s suppression, added map[int]string, checks []string) {
	next := file.Line(s.line + 1)
	if commentIn(next) >= 0 || added[s.line+1] != "" {
		r.without(at(file, s.line, s.column, 1), "the line that is silenced has a comment already", "write # socctl:ignore "+strings.Join(checks, ",")+" -- REASON there")
		return
	}
	if strings.HasSuffix(strings.TrimSpace(next), ":") {
		r.different(at(file, s.line, s.column, 1), "behind a key our comment holds for all that the key holds, and not for the line alone", "")
	}
	added[s.line+1] = "  # socctl:ignore " + strings.Join(checks, ",") + " -- silenced for RSigma, which asks for no reason"
}

// silenced returns the checks of ours that a comment is about.
func (r *reader) silenced(file *rules.File, s suppression) (checks []string) {
	if s.names == "" {
		return groups()
	}
	from := strings.Index(file.Line(s.line), disableWord)
	for name := range strings.SplitSeq(s.names, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		column := from + strings.Index(file.Line(s.line)[from:], name)
		place := at(file, s.line, len([]rune(file.Line(s.line)[:column]))+1, len([]rune(name)))
		checks = append(checks, r.resolve(rules.Scalar{Text: name, Span: place}, "rsigma")...)
	}
	return checks
}

// suppressionsOf finds the comments of RSigma in a file.
func suppressionsOf(file *rules.File) (out []suppression) {
	for line := 1; line <= file.Lines(); line++ {
		text := file.Line(line)
		hash := commentIn(text)
		if hash < 0 {
			continue
		}
		rest, is := strings.CutPrefix(strings.TrimSpace(text[hash+1:]), disableWord)
		if !is {
			continue
		}
		s := suppression{line: line, column: len([]rune(text[:hash])) + 1}
		rest, s.next = strings.CutPrefix(rest, nextLine)
		if rest != "" && !strings.ContainsAny(rest[:1], " \t:") {
			continue // another word that begins alike
		}
		s.names = strings.TrimSpace(strings.TrimLeft(rest, " \t:"))
		out = append(out, s)
	}
	return out
}

// commentIn returns where a comment begins in a line, -1 if there is none. A # in
// quotes, or behind no space, begins none.
func commentIn(text string) int {
	quote := byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '\'' || c == '"') && opensQuote(text[:i]):
			quote = c
		case c == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t'):
			return i
		}
	}
	return -1
}

// opensQuote reports whether a quote behind this text opens a scalar, and is not
// a character within a plain one.
func opensQuote(before string) bool {
	before = strings.TrimRight(before, " \t")
	return before == "" || strings.ContainsAny(before[len(before)-1:], ":-,[{")
}

// rewritten is the file with comments behind some of its lines.
func rewritten(file *rules.File, added map[int]string) []byte {
	var out bytes.Buffer
	from := 0
	for line := 1; line <= file.Lines(); line++ {
		if added[line] == "" {
			continue
		}
		to, _ := at(file, line, utf8.RuneCountInString(file.Line(line))+1, 0).Offsets()
		out.Write(file.Source[from:to])
		out.WriteString(added[line])
		from = to
	}
	out.Write(file.Source[from:])
	return out.Bytes()
}

// sameContent reports whether two texts hold the same documents. What looks like a
// comment may be a line of a text, and must not be added to then.
func sameContent(a, b []byte) bool {
	before, wrong := rules.ParseNodes("", a)
	after, broken := rules.ParseNodes("", b)
	return len(wrong) == len(broken) && slices.EqualFunc(before, after, sameNode)
}

func sameNode(a, b *rules.Node) bool {
	return a.Kind == b.Kind && a.Scalar.Kind == b.Scalar.Kind && a.Scalar.Text == b.Scalar.Text &&
		slices.EqualFunc(a.Items, b.Items, sameNode) &&
		slices.EqualFunc(a.Entries, b.Entries, func(x, y rules.Entry) bool { return x.Key.Text == y.Key.Text && sameNode(x.Value, y.Value) })
}
