package proposal

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/backtest"
	"github.com/socctl/socctl/feedback/tuning"
	"github.com/socctl/socctl/rules"
)

const demo = `title: 'It''s "odd": # [x] {y} *'
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
logsource: {category: process_creation, product: windows}
detection:
    selection: {Image|contains: '*'}
    condition: selection
`

func compiled(t testing.TB, sources ...string) *compiler.Program {
	t.Helper()
	set := &rules.Set{}
	for _, s := range sources {
		docs, diags := rules.Parse("r.yml", []byte(s))
		if diags.Count(rules.Error) > 0 || len(docs) != 1 {
			t.Fatalf("%s\n%v", s, diags)
		}
		set.Add(docs[0])
	}
	if diags := set.Link(); diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	p, diags := compiler.Compile(set, compiler.Options{})
	if diags.Count(rules.Error) > 0 {
		t.Fatal(diags)
	}
	return p
}

// fields is an event.
type fields map[string]string

// Field implements evaluator.Event.
func (f fields) Field(name string) (evaluator.Value, bool) {
	v, ok := f[name]
	return evaluator.StringValue(v), ok
}

// TestDocumentMeansItsClause: whatever characters values have, the document hides
// what the clause matches and nothing else.
func TestDocumentMeansItsClause(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{`\`, `\\`, "*", "?", "'", `"`, "a", "B", " ", "\n", "\t", "ä", "\u202e", "#", ": ", "{", "%", "\x00", "😀"}
	word := func() string {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			b.WriteString(alphabet[random.IntN(len(alphabet))])
		}
		return b.String()
	}
	rule := compiled(t, demo).Rules[0]
	anchors := []compiler.Anchor{compiler.Whole, compiler.AtStart, compiler.AtEnd, compiler.Anywhere}
	for range 500 {
		value := word()
		clause := tuning.Clause{tuning.NewLiteral("ParentImage", anchors[random.IntN(4)], value)}
		d := &document{rule: rule, clause: clause, tier: tuning.B, owner: word(), evidence: "merkle:0", now: time.Unix(1_800_000_000, 0)}
		ev := evaluator.New(compiled(t, demo, d.String()))
		for _, parent := range []string{value, "x" + value, value + "x", "x" + value + "x", strings.ToUpper(value), strings.ReplaceAll(value, "*", "zz"), strings.ReplaceAll(value, "?", "z"), strings.ReplaceAll(value, `\`, ""), "x"} {
			event := map[string]string{"Image": "i", "ParentImage": parent}
			if hidden := len(ev.Match(fields(event))) == 0; hidden != clause.Matches(event) {
				t.Fatalf("%s\nParentImage %q: hidden %v, clause says %v", d, parent, hidden, clause.Matches(event))
			}
		}
	}
}

func TestIDsAreOfVersion5(t *testing.T) {
	id := idOf("r", "c")
	if id != idOf("r", "c") || id == idOf("r", "d") || len(id) != 36 || id[14] != '5' || !strings.ContainsRune("89ab", rune(id[19])) {
		t.Errorf("id %s", id)
	}
}

// TestRate: a filter states how many events a day it hides if a week is recorded, and
// else nothing, which filter check then learns by itself.
func TestRate(t *testing.T) {
	r := compiled(t, demo).Rules[0]
	for days, want := range map[int]string{0: "", 6: "", 7: "    rate: 14.3\n", 100: "    rate: 1\n"} {
		ground := backtest.NewGround()
		for d := range days {
			ground.Days[backtest.Day(d)] = &backtest.Span{Events: 1}
		}
		e := &Evidence{grounds: map[backtest.Logsource]*backtest.Ground{backtest.LogsourceOf(r): ground}}
		d := &document{rule: r, clause: tuning.Clause{tuning.NewLiteral("User", compiler.Whole, "x")}, tier: tuning.B, owner: "o", now: time.Unix(0, 0), rate: e.rate(r, 100)}
		text := d.String()
		if strings.Contains(text, "rate:") != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%d days: %s", days, text)
		}
	}
}

// FuzzDocument: whatever stands in an event, a rule and a name, the filter and its test
// are read back as one document that hides what the clause matches.
func FuzzDocument(f *testing.F) {
	f.Add("ParentImage", `C:\Program Files\x\*.exe`, "det-eng", uint8(0))
	f.Add("ParentImage", "'\n--- \nfilter: {rules: any}", "a: b # c\n- d", uint8(3))
	f.Add("Payload", "\x00\u202e\u2028{{}}\t%", "", uint8(1))
	docs, _ := rules.Parse("r.yml", []byte(demo))
	set := &rules.Set{}
	set.Add(docs[0])
	set.Link()
	p, _ := compiler.Compile(set, compiler.Options{})
	f.Fuzz(func(t *testing.T, field, value, owner string, anchor uint8) {
		if value == "" || !utf8.ValidString(value) || !utf8.ValidString(owner) || !name.MatchString(field) {
			return // the lattice makes none of these, and JSON holds none
		}
		l := tuning.NewLiteral(field, compiler.Anchor(anchor%4), value)
		d := &document{rule: p.Rules[0], clause: tuning.Clause{l}, tier: tuning.B, owner: owner, evidence: "merkle:0", now: time.Unix(1_800_000_000, 0)}
		ev := evaluator.New(compiled(t, demo, d.String()))
		event := map[string]string{"Image": "i", field: value}
		if len(ev.Match(fields(event))) != 0 {
			t.Errorf("%s\ndoes not hide %q", d, value)
		}
	})
}

var name = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)
