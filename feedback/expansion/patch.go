package expansion

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/rules"
)

// Patches change the text of a rule's file at one item and leave everything else as
// it is written, comments included. What is made is read back and compared by whoever
// asks: a patch is a text, and no promise.

// The errors say why a file cannot be changed in place.
var (
	errElsewhere = errors.New("the part does not stand in the file as it was read: an alias or a pipeline made it")
	errAlone     = errors.New("nothing would be left of the selection")
	errLayout    = errors.New("the part does not stand on lines of its own")
	errBlock     = errors.New("the value is a block of several lines")
)

// edit replaces bytes of a file.
type edit struct {
	from, to int
	text     string
}

func (e edit) applied(source []byte) string {
	return string(source[:e.from]) + e.text + string(source[e.to:])
}

// edited makes several edits of one file, none of which touches what another one does.
func edited(source []byte, edits ...edit) (string, error) {
	edits = slices.SortedFunc(slices.Values(edits), func(a, b edit) int { return cmp.Compare(b.from, a.from) })
	out := string(source)
	for i, e := range edits {
		if i > 0 && e.to > edits[i-1].from {
			return "", errLayout
		}
		out = e.applied([]byte(out))
	}
	return out, nil
}

// standing reports whether a value of an item stands in the file behind the item's
// key. That of an alias stands where its anchor does.
func standing(v rules.Scalar, item *rules.Item, file *rules.File) bool {
	if file == nil || v.Span.File != file || !v.Span.Known() || item.Key.Span.File != file || !item.Key.Span.Known() {
		return false
	}
	_, key := item.Key.Span.Offsets()
	from, to := v.Span.Offsets()
	_, end := item.Span.Offsets()
	return key <= from && from <= to && to <= end
}

func (n *near) file() *rules.File { return n.rule.Source.Span.File }

// withValues returns an edit that adds values to the item, or puts the one that there
// is in the place of a value that it says less than.
func (n *near) withValues(patterns []string, replaces int) (edit, error) {
	item, file := n.item.Item, n.file()
	for _, v := range item.Values {
		if !standing(v, item, file) {
			return edit{}, errElsewhere
		}
		if strings.ContainsAny(v.Span.Text(), "\r\n") {
			return edit{}, errBlock
		}
	}
	texts := make([]string, len(patterns))
	for i, p := range patterns {
		if texts[i] = p; !n.besideNumbers(p) {
			texts[i] = proposal.Scalar(p)
		}
	}
	if replaces >= 0 {
		from, to := item.Values[replaces].Span.Offsets()
		return edit{from, to, texts[0]}, nil
	}
	last := item.Values[len(item.Values)-1]
	from, to := last.Span.Offsets()
	line := lineAt(file.Source, from)
	switch before := string(file.Source[line.start:from]); {
	case !item.List && strings.TrimLeft(before, " ") == item.Key.Span.Text()+": ":
		return n.listed(from, texts, line), nil
	case !item.List:
		if _, key := item.Key.Span.Offsets(); strings.Trim(string(file.Source[key:from]), " ") != ":" {
			return edit{}, errElsewhere // an anchor, which names the one value
		}
		return edit{from, to, "[" + inFlow(last) + ", " + strings.Join(texts, ", ") + "]"}, nil
	case strings.Trim(before, " ") == "-":
		lead := line.ending() + before
		return edit{line.end, line.end, lead + strings.Join(texts, lead)}, nil
	}
	if behind := bytes.TrimLeft(file.Source[to:], " \r\n"); len(behind) == 0 || behind[0] != ']' && behind[0] != ',' {
		return edit{}, errLayout
	}
	return edit{to, to, ", " + strings.Join(texts, ", ")}, nil
}

// listed makes a list of a single value that stands behind its key. A comment behind
// the value stays with it.
func (n *near) listed(from int, texts []string, line fileLine) edit {
	key, _ := n.item.Item.Key.Span.Offsets()
	indent := line.ending() + strings.Repeat(" ", key-line.start+4) + "- "
	rest := string(line.source[from:line.end])
	return edit{from - 1, line.end, indent + rest + indent + strings.Join(texts, indent)}
}

// inFlow writes a value such that it can stand in brackets.
func inFlow(s rules.Scalar) string {
	if s.Quoted() || s.Kind != rules.StringScalar {
		return s.Span.Text()
	}
	return proposal.Scalar(s.Text)
}

// withoutValue returns an edit that removes the value of an item that wants all of
// several.
func (n *near) withoutValue() (edit, error) {
	item, file := n.item.Item, n.file()
	at := -1
	for i := range item.Values {
		if !standing(item.Values[i], item, file) {
			return edit{}, errElsewhere
		}
		if &item.Values[i] == n.part.Value {
			at = i
		}
	}
	if at < 0 || len(item.Values) < 2 {
		return edit{}, errAlone
	}
	from, to := item.Values[at].Span.Offsets()
	if line, alone := ownLines(file.Source, from, to); alone {
		return edit{line.start, line.next, ""}, nil
	}
	if at == 0 {
		next, _ := item.Values[1].Span.Offsets()
		return comma(file.Source, to, next, edit{from, next, ""})
	}
	_, before := item.Values[at-1].Span.Offsets()
	return comma(file.Source, before, from, edit{before, to, ""})
}

// comma returns an edit if nothing but a comma stands between two values.
func comma(source []byte, from, to int, e edit) (edit, error) {
	if strings.Trim(string(source[from:to]), " \r\n") != "," {
		return edit{}, errLayout
	}
	return e, nil
}

// withoutItem returns an edit that removes the item from its selection.
func (n *near) withoutItem() (edit, error) {
	item, file := n.item.Item, n.file()
	for _, v := range item.Values {
		if !standing(v, item, file) {
			return edit{}, errElsewhere
		}
	}
	siblings := 0
	for _, s := range n.rule.Source.Detection.Selections {
		siblings = max(siblings, beside(s.Body, item))
	}
	if siblings < 2 {
		return edit{}, errAlone
	}
	from, to := item.Span.Offsets()
	line, alone := ownLines(file.Source, from, to)
	if !alone || strings.Trim(string(file.Source[line.start:from]), " ") != "" || bytes.Contains(file.Source[from:to], []byte("#")) && bytes.Contains(file.Source[from:to], []byte("\n")) {
		return edit{}, errLayout
	}
	return edit{line.start, line.next, ""}, nil
}

// beside counts the items of the map that an item is in.
func beside(b *rules.Block, item *rules.Item) int {
	if b == nil {
		return 0
	}
	for _, i := range b.Items {
		if i == item {
			return len(b.Items)
		}
	}
	n := 0
	for _, a := range b.Any {
		n = max(n, beside(a, item))
	}
	return n
}

// fileLine is where a line of a file begins and ends, and the next one begins.
type fileLine struct {
	source           []byte
	start, end, next int
}

func lineAt(source []byte, at int) fileLine {
	l := fileLine{source: source, start: bytes.LastIndexByte(source[:at], '\n') + 1, end: len(source), next: len(source)}
	if i := bytes.IndexByte(source[at:], '\n'); i >= 0 {
		l.end, l.next = at+i, at+i+1
	}
	if l.end > at && source[l.end-1] == '\r' {
		l.end--
	}
	return l
}

// ending is what ends lines in the file.
func (l fileLine) ending() string {
	if bytes.Contains(l.source, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

// ownLines returns the lines of a region if nothing else stands on them but the dash
// of a list.
func ownLines(source []byte, from, to int) (fileLine, bool) {
	first, last := lineAt(source, from), lineAt(source, max(from, to-1))
	before, behind := strings.Trim(string(source[first.start:from]), " "), strings.Trim(string(source[to:last.end]), " \t")
	first.end, first.next = last.end, last.next
	return first, (before == "" || before == "-") && behind == ""
}
