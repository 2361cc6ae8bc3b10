package feedback

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/socctl/socctl/feedback/internal/jsontree"
	"github.com/socctl/socctl/rules"
)

// Limits of a record.
const (
	MaxRecord = 64 << 10 // bytes of a line
	MaxText   = 4 << 10  // bytes of a text
	MaxEvents = 256      // fingerprints of events, and items of any list

	maxDepth = 16 // of nesting, under ext
)

// problem is what is wrong at a byte of a line.
type problem struct {
	at                  int
	code, message, help string
}

// Decode reads verdicts, one a line, from a file that was read. Empty lines count
// for nothing. What is wrong with a line is told with its place, and the line is
// left out. A last line without an end may be half of one: torn is its length,
// and it is read only if it is whole.
func Decode(file *rules.File) (verdicts []Verdict, torn int, diags rules.Diagnostics) {
	rest := bytes.TrimPrefix(file.Source, []byte("\ufeff")) // some editors write it
	for line := 1; len(rest) > 0; line++ {
		text, after, ended := bytes.Cut(rest, []byte("\n"))
		rest = after
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		span := func(from, to int) rules.Span { return lineSpan(file, line, text, from, to) }
		v, bad := decodeLine(text)
		if bad == nil {
			v.Span = span(0, len(text))
			verdicts = append(verdicts, v)
			continue
		}
		if !ended && bad.code == "verdict/not-json" {
			torn = len(text)
			diags = append(diags, rules.Diagnostic{Code: "verdict/half-written", Severity: rules.Warning, Span: span(0, len(text)),
				Message: "the last line is not whole: whoever wrote it was interrupted", Help: "nobody was told that it is stored; the next verdict that is added removes it"})
			continue
		}
		diags = append(diags, rules.Diagnostic{Code: bad.code, Severity: rules.Error, Span: span(bad.at, bad.at+1), Message: bad.message, Help: bad.help})
	}
	return verdicts, torn, diags
}

// lineSpan is the region of a line from one byte to another.
func lineSpan(file *rules.File, line int, text []byte, from, to int) rules.Span {
	column := func(at int) int { return 1 + utf8.RuneCount(text[:min(at, len(text))]) }
	return rules.Span{File: file, Start: rules.Position{Line: line, Column: column(from)}, End: rules.Position{Line: line, Column: column(to)}}
}

// DecodeRecord reads one record. The error is a rules.Diagnostic with a place
// within the text.
func DecodeRecord(text []byte) (Verdict, error) {
	v, bad := decodeLine(text)
	if bad == nil {
		return v, nil
	}
	return v, rules.Diagnostic{Code: bad.code, Severity: rules.Error, Span: lineSpan(nil, 1, text, bad.at, bad.at+1), Message: bad.message, Help: bad.help}
}

func decodeLine(text []byte) (v Verdict, bad *problem) {
	if len(text) > MaxRecord {
		return v, &problem{0, "verdict/too-long", fmt.Sprintf("the line has %d bytes", len(text)), fmt.Sprintf("a record has at most %d", MaxRecord)}
	}
	root, broken := jsontree.Parse(text, maxDepth)
	if broken != nil {
		return v, &problem{broken.At, "verdict/not-json", broken.Message, helpFor(text)}
	}
	d := decoder{text: text}
	d.verdict(&root, &v)
	if d.bad == nil {
		d.identity(&root, &v)
	}
	return v, d.bad
}

// helpFor says what to do about a line that is no JSON.
func helpFor(text []byte) string {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			return "a merge left it: keep the verdicts of both sides and remove this line; verdicts/*.ndjson merge=union in .gitattributes does so by itself"
		}
	}
	return "write one JSON object a line"
}

// decoder turns values into a record and remembers the first problem.
type decoder struct {
	text []byte
	bad  *problem
}

func (d *decoder) fail(at int, code, message, help string) {
	if d.bad == nil {
		d.bad = &problem{at, code, message, help}
	}
}

// fields are what an object may have.
type fields map[string]func(v *jsontree.Value)

// object reads an object of known members.
func (d *decoder) object(v *jsontree.Value, what string, known fields, required ...string) {
	if v.Kind != jsontree.Object {
		d.fail(v.At, "verdict/wrong-type", what+" must be an object, found "+string(v.Kind), "")
		return
	}
	for i := range v.Members {
		m := &v.Members[i]
		read, ok := known[m.Name]
		switch {
		case !ok:
			names := make([]string, 0, len(known))
			for name := range known {
				names = append(names, name)
			}
			slices.Sort(names)
			help := "known are " + strings.Join(names, ", ")
			if near := rules.Nearest(m.Name, names); near != "" {
				help = "did you mean " + near + "?"
			}
			d.fail(m.At, "verdict/unknown-key", fmt.Sprintf("%s has no member %q", what, m.Name), help+"; what is your own stands under ext")
		case m.Value.Kind != jsontree.Null:
			read(&m.Value)
		case slices.Contains(required, m.Name):
			d.fail(m.Value.At, "verdict/wrong-type", m.Name+" of "+what+" is null", "")
		}
	}
	for _, name := range required {
		if v.Member(name) == nil {
			d.fail(v.At, "verdict/missing-field", what+" has no "+name, "")
		}
	}
}

// str reads a text.
func (d *decoder) str(to *string) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		switch {
		case v.Kind != jsontree.String:
			d.fail(v.At, "verdict/wrong-type", "a text is expected, found "+string(v.Kind), "")
		case len(v.Text) > MaxText:
			d.fail(v.At, "verdict/too-long", fmt.Sprintf("a text has %d bytes", len(v.Text)), fmt.Sprintf("at most %d are stored; keep longer ones elsewhere and name them as evidence", MaxText))
		}
		*to = v.Text
	}
}

// required reads a text that is not empty.
func (d *decoder) name(to *string) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		if d.str(to)(v); *to == "" {
			d.fail(v.At, "verdict/wrong-type", "a text is expected, found an empty one", "")
		}
	}
}

var hashes = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// IsHash reports whether a text is a fingerprint or a hash as records have them.
func IsHash(text string) bool { return hashes.MatchString(text) }

// hash reads a hash in hexadecimal.
func (d *decoder) hash(to *string) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		if d.str(to)(v); !hashes.MatchString(*to) {
			d.fail(v.At, "verdict/wrong-hash", fmt.Sprintf("%.80q is no fingerprint", *to), "it is sha256: and 64 hexadecimal digits in lower case, as eval prints it")
		}
	}
}

// time reads a time of RFC 3339.
func (d *decoder) time(to *time.Time) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		var text string
		d.str(&text)(v)
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil || at.Year() < 1970 || at.Year() > 9999 {
			d.fail(v.At, "verdict/wrong-time", fmt.Sprintf("%.80q is no time", text), "write it as 2026-05-04T10:11:12Z")
			return
		}
		*to = at.UTC()
	}
}

func (d *decoder) optionalTime(to **time.Time) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		var at time.Time
		d.time(&at)(v)
		*to = &at
	}
}

// oneOf reads one of some texts.
func oneOf[T ~string](d *decoder, to *T, allowed ...T) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		var text string
		d.str(&text)(v)
		if *to = T(text); slices.Contains(allowed, *to) {
			return
		}
		names := make([]string, len(allowed))
		for i, a := range allowed {
			names[i] = string(a)
		}
		help := "allowed are " + strings.Join(names, ", ")
		if near := rules.Nearest(text, names); near != "" {
			help = "did you mean " + near + "?"
		}
		d.fail(v.At, "verdict/unknown-value", fmt.Sprintf("%.80q is not allowed here", text), help)
	}
}

// list reads a list.
func (d *decoder) list(least int, each func(v *jsontree.Value)) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		switch {
		case v.Kind != jsontree.Array:
			d.fail(v.At, "verdict/wrong-type", "a list is expected, found "+string(v.Kind), "")
		case len(v.Items) < least:
			d.fail(v.At, "verdict/wrong-type", "the list is empty", "")
		case len(v.Items) > MaxEvents:
			d.fail(v.At, "verdict/too-long", fmt.Sprintf("the list has %d items", len(v.Items)), fmt.Sprintf("a list has at most %d", MaxEvents))
		}
		for i := range v.Items {
			each(&v.Items[i])
		}
	}
}

// raw takes an object over as it is.
func (d *decoder) raw(to *json.RawMessage) func(*jsontree.Value) {
	return func(v *jsontree.Value) {
		if v.Kind != jsontree.Object {
			d.fail(v.At, "verdict/wrong-type", "ext must be an object, found "+string(v.Kind), "")
		}
		*to = json.RawMessage(bytes.Clone(d.text[v.At:v.End]))
	}
}
