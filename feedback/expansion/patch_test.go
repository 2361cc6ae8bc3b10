package expansion

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/feedback/proposal"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
	"github.com/socctl/socctl/rules/logsource"
)

// ruleOf compiles one rule.
func ruleOf(t testing.TB, text string) (*compiler.Program, *compiler.Rule) {
	t.Helper()
	docs, diags := rules.Parse("r.yml", []byte(text))
	if err := diags.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	set := &rules.Set{}
	for _, d := range docs {
		set.Add(d)
	}
	set.Link()
	p, diags := compiler.Compile(set, compiler.Options{})
	if err := diags.Err(); err != nil || len(p.Rules) == 0 {
		t.Fatalf("%v\n%s", err, text)
	}
	return p, p.Rules[0]
}

// missOf is a near miss by the nth item of a rule, or by a value of it.
func missOf(r *compiler.Rule, nth int, value string) *near {
	var items []*compiler.Expr
	var walk func(e *compiler.Expr)
	walk = func(e *compiler.Expr) {
		if e.Item != nil {
			items = append(items, e)
			return
		}
		for _, a := range e.Args {
			walk(a)
		}
	}
	walk(r.Expr)
	n := &near{rule: r, flip: flip{part: items[nth], item: items[nth]}}
	for _, a := range items[nth].Args {
		if value != "" && a.Value != nil && a.Value.Text == value {
			n.part = a
		}
	}
	return n
}

const head = "title: t\nlogsource: {product: windows}\ndetection:\n"

func TestPatches(t *testing.T) {
	for _, c := range []struct {
		name      string
		detection string
		item      int
		value     string // that is removed
		add       []string
		replaces  int
		want      string // of the detection, or the error
	}{
		{"a value becomes a list, and keeps its comment", "    s:\n        A: x # why\n        B: y\n    condition: s\n", 0, "", []string{"z"}, -1,
			"    s:\n        A:\n            - x # why\n            - 'z'\n        B: y\n    condition: s\n"},
		{"of a list of maps", "    s:\n        - A: x\n          B: y\n    condition: s\n", 0, "", []string{"z"}, -1,
			"    s:\n        - A: ['x', 'z']\n          B: y\n    condition: s\n"},
		{"a value with an anchor", "    s:\n        A: &a x\n        B: *a\n    condition: s\n", 0, "", []string{"z"}, -1, "error: " + errElsewhere.Error()},
		{"a list gets longer", "    s:\n        A|contains:\n            - x # one\n            - y # two\n            # end\n    condition: s\n", 0, "", []string{"z", "w"}, -1,
			"    s:\n        A|contains:\n            - x # one\n            - y # two\n            - 'z'\n            - 'w'\n            # end\n    condition: s\n"},
		{"a list in brackets", "    s:\n        A: ['x', \"y\"] # c\n    condition: s\n", 0, "", []string{"z"}, -1, "    s:\n        A: ['x', \"y\", 'z'] # c\n    condition: s\n"},
		{"a map in braces", "    s: {A: it's, B: 1}\n    condition: s\n", 0, "", []string{"z"}, -1, "    s: {A: ['it''s', 'z'], B: 1}\n    condition: s\n"},
		{"a value is replaced", "    s:\n        A|endswith:\n            - '\\a\\x.exe' # c\n            - y\n    condition: s\n", 0, "", []string{`\x.exe`}, 0,
			"    s:\n        A|endswith:\n            - '\\x.exe' # c\n            - y\n    condition: s\n"},
		{"no final line break", "    s:\n        A:\n            - x\n    condition: s", 0, "", []string{"z"}, -1, "    s:\n        A:\n            - x\n            - 'z'\n    condition: s"},
		{"carriage returns", "    s:\r\n        A: x\r\n        B: y\r\n    condition: s\r\n", 0, "", []string{"z"}, -1, "    s:\r\n        A:\r\n            - x\r\n            - 'z'\r\n        B: y\r\n    condition: s\r\n"},
		{"a block of lines", "    s:\n        A: |\n            x\n    condition: s\n", 0, "", []string{"z"}, -1, "error: " + errBlock.Error()},
		{"a value of all", "    s:\n        A|contains|all:\n            - x\n            - y # c\n            - z\n    condition: s\n", 0, "z", nil, -1, "    s:\n        A|contains|all:\n            - x\n            - y # c\n    condition: s\n"},
		{"a value of all with a comment", "    s:\n        A|contains|all:\n            - x\n            - y # c\n    condition: s\n", 0, "y", nil, -1, "error: " + errLayout.Error()},
		{"a value of all in brackets", "    s:\n        A|contains|all: [x, y, z]\n    condition: s\n", 0, "y", nil, -1, "    s:\n        A|contains|all: [x, z]\n    condition: s\n"},
		{"the first value of all in brackets", "    s:\n        A|contains|all: [x, y, z]\n    condition: s\n", 0, "x", nil, -1, "    s:\n        A|contains|all: [y, z]\n    condition: s\n"},
		{"an item", "    s:\n        A:\n            - x\n            - y\n        B: z\n    condition: s\n", 0, "", nil, -1, "    s:\n        B: z\n    condition: s\n"},
		{"the only item", "    s:\n        A: x\n    condition: s\n", 0, "", nil, -1, "error: " + errAlone.Error()},
		{"an item behind a dash", "    s:\n        - A: x\n          B: y\n    condition: s\n", 0, "", nil, -1, "error: " + errLayout.Error()},
		{"an item with a comment", "    s:\n        A: x # why\n        B: y\n    condition: s\n", 0, "", nil, -1, "error: " + errLayout.Error()},
	} {
		_, r := ruleOf(t, head+c.detection)
		n := missOf(r, c.item, c.value)
		var e edit
		var err error
		switch {
		case c.add != nil:
			e, err = n.withValues(c.add, c.replaces)
		case c.value != "":
			e, err = n.withoutValue()
		default:
			e, err = n.withoutItem()
		}
		got := ""
		if err != nil {
			got = "error: " + err.Error()
		} else {
			got = strings.TrimPrefix(e.applied(n.file().Source), head)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (- want, + got):\n%s", c.name, diff)
		}
	}
}

// FuzzPatch: a value that was added to any item of a rule is there when the rule is
// read again, behind all that were there before.
func FuzzPatch(f *testing.F) {
	f.Add(head+"    s:\n        A: x # why\n        B: y\n    condition: s\n", "z")
	f.Add(head+"    s:\n        - A|contains: ['x', y]\n        - {B: \"q\"}\n    condition: s\n", "'*?\\")
	f.Add(head+"    s: {A: it's, B: 1}\n    condition: s\n", "a: b")
	f.Add(head+"    s:\r\n        A:\r\n            - &a x\r\n        B: *a\r\n    condition: s\r\n", "\x00\u202e")
	f.Fuzz(func(t *testing.T, text, value string) {
		docs, diags := rules.Parse("r.yml", []byte(text))
		if diags.Err() != nil || len(docs) != 1 || len(text) > 2000 {
			return
		}
		set := &rules.Set{}
		set.Add(docs[0])
		set.Link()
		p, diags := compiler.Compile(set, compiler.Options{})
		if diags.Err() != nil || len(p.Rules) != 1 {
			return
		}
		nodes := 0
		p.Rules[0].Expr.Each(func(*compiler.Expr) { nodes++ })
		if nodes > 50 {
			return
		}
		for i, item := range itemsOf(p.Rules[0].Source) {
			n := &near{rule: p.Rules[0], flip: flip{item: &compiler.Expr{Item: item}}}
			if _, ok := widenable(item); !ok {
				continue
			}
			pattern := tuning.NewLiteral("A", compiler.Whole, strings.ToValidUTF8(value, "?")).Pattern()
			e, err := n.withValues([]string{pattern}, -1)
			if err != nil {
				continue
			}
			after := e.applied(n.file().Source)
			again, diags := rules.Parse("r.yml", []byte(after))
			if diags.Err() != nil || len(again) != 1 {
				continue // whoever asks reads it again, and refuses it
			}
			r, is := again[0].(*rules.Rule)
			if !is || len(itemsOf(r)) <= i {
				t.Fatalf("%q\nbecame\n%q", text, after)
			}
			got := itemsOf(r)[i]
			if len(got.Values) != len(item.Values)+1 || got.Values[len(got.Values)-1].Text != pattern || got.Values[0].Text != item.Values[0].Text {
				t.Fatalf("%q\nbecame\n%q", text, after)
			}
		}
	})
}

func itemsOf(r *rules.Rule) []*rules.Item {
	var out []*rules.Item
	var walk func(b *rules.Block)
	walk = func(b *rules.Block) {
		if b == nil {
			return
		}
		out = append(out, b.Items...)
		for _, a := range b.Any {
			walk(a)
		}
	}
	for _, s := range r.Detection.Selections {
		walk(s.Body)
	}
	return out
}

// fields is an event.
type fields map[string]string

// Field implements evaluator.Event.
func (f fields) Field(name string) (evaluator.Value, bool) {
	v, ok := f[name]
	return evaluator.StringValue(v), ok
}

// FuzzDraft: whatever a value is made of, the drafted rule matches what its clause
// does.
func FuzzDraft(f *testing.F) {
	for _, v := range []string{`C:\x\*?.exe`, "a'b: #", "\x00\u202e", "%x%", `\\\*`, "- [", "ä\ufffd"} {
		f.Add(v, uint8(0), v+"x")
		f.Add(v, uint8(3), "x"+v)
	}
	f.Fuzz(func(t *testing.T, value string, anchor uint8, other string) {
		value, other = strings.ToValidUTF8(value, "?"), strings.ToValidUTF8(other, "?")
		if value == "" || len(value) > 500 {
			return
		}
		c := tuning.Clause{tuning.NewLiteral("CommandLine", compiler.Anchor(anchor%4), value), tuning.NewLiteral("CommandLine", compiler.Anywhere, "x")}
		d := &document{clause: c, source: logsource.Logsource{Category: "process_creation", Product: "windows"}, events: 1, in: &Input{Owner: other}}
		p, r, err := d.compiled()
		if err != nil {
			t.Fatalf("%v\n%s", err, d)
		}
		ev := evaluator.New(p)
		for _, text := range []string{value, value + "x", "x" + value, other, strings.ToUpper(value) + "X"} {
			if got, want := ev.Holds(r.Expr, fields{"CommandLine": text}), c.Matches(map[string]string{"CommandLine": text}); got != want {
				t.Fatalf("%s\n%q: the rule says %v, the clause %v", d, text, got, want)
			}
		}
	})
}

// Scalars and titles that a draft is made of are one line of what can be seen.
func TestTitlesCanBeRead(t *testing.T) {
	for _, v := range []string{"a\nb", strings.Repeat("long ", 60), "\x1b[0m", "\u202e"} {
		d := &document{clause: tuning.Clause{tuning.NewLiteral("Image", compiler.AtEnd, v)}, in: &Input{}}
		if title := d.title(); len([]rune(title)) > maxTitle || strings.ContainsAny(proposal.Scalar(title), "\n\x1b\u202e") {
			t.Errorf("%q", title)
		}
	}
	if !slices.Contains(routing, "EventID") {
		t.Error("drafts without a category need the event id")
	}
}
