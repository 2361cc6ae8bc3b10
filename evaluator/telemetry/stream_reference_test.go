package telemetry_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// judges are a stream and the plainest evaluator of the same rules, which look at
// events themselves and not at views.
type judges struct {
	stream *telemetry.Stream
	rules  []*reference.Rule
}

func newJudges(t testing.TB, detections ...string) *judges {
	t.Helper()
	p, set := programOf(t, detections...)
	j := &judges{stream: telemetry.NewStream(normaliser(), evaluator.New(p, evaluator.IgnoreLogsource()))}
	for _, rule := range set.Rules {
		prepared, err := reference.Prepare(rule, nil)
		if err != nil {
			t.Fatal(err)
		}
		j.rules = append(j.rules, prepared)
	}
	return j
}

// expected are the titles of the rules that an event matches.
func (j *judges) expected(event evaluator.Event) []string {
	var titles []string
	for i, rule := range j.rules {
		if rule.Match(event) {
			titles = append(titles, fmt.Sprint("R", i))
		}
	}
	return titles
}

func (j *judges) match(t testing.TB, r telemetry.Record) []string {
	t.Helper()
	matches, _, err := j.stream.Match(r)
	if err != nil {
		t.Fatalf("%.500q: %v", r.Raw, err)
	}
	var titles []string
	for _, m := range matches {
		titles = append(titles, m.Rule.Title)
	}
	return titles
}

// check compares what a stream says of a record in JSON, as it stands and as a
// value, with what the reference says of the event that Read makes of it.
func (j *judges) check(t testing.TB, text string) (matched bool) {
	t.Helper()
	for r, err := range telemetry.Read(t.Context(), []string{"-"}, telemetry.ReadOptions{Format: "json", Stdin: strings.NewReader(text)}) {
		if err != nil {
			t.Fatalf("%.500q: %v", text, err)
		}
		want := j.expected(normaliser().Event(r))
		if diff := cmp.Diff(want, j.match(t, telemetry.Record{Source: r.Source, Raw: []byte(text)})); diff != "" {
			t.Fatalf("%.2000q as it stands (- reference, + stream):\n%s", text, diff)
		}
		if diff := cmp.Diff(want, j.match(t, r)); diff != "" {
			t.Fatalf("%.2000q as a value (- reference, + stream):\n%s", text, diff)
		}
		matched = want != nil
	}
	return matched
}

// Bytes that are no UTF-8, in names and values, are to a stream what they are to
// the reference: each one a U+FFFD.
func TestStreamOnInvalidUTF8(t *testing.T) {
	t.Parallel()
	j := newJudges(t, "{a: '\ufffd'}", "{a|contains: '\ufffd\ufffd'}", "{a|startswith: 'x\ufffd'}", "{a|endswith: '\ufffdé'}", "{'a\ufffd': 'x'}", "{'\ufffd': 'x*'}", "{'\ufffd.\ufffd': '?'}",
		"{a|re: '^.$'}", "{a|re: '\ufffd{2}'}", "{a|cased|contains: 'K\ufffd'}", "{a|contains: 'k'}", "{'a\ufffd|exists': false}", "['x\ufffdx']", "['mimi\ufffd']", "['\ufffd']", "{a: 'é'}", "{a|contains|windash: '-\ufffd'}",
		"{a|fieldref: 'a\ufffd'}", "{'\ufffd|fieldref|contains': a}", "{a: '\ufffd?'}", "{a: '*'}", "{a: ''}")
	r := rand.New(rand.NewPCG(21, 22))
	pieces := []string{"\xff", "\xfe", "\x80", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\xaf", "\ufffd", `\ud800`, `\ufffd`, `\udc00\ud800`, "é", "x", "a", "K", "\u212a", "\u017f", "-", "mimi", `\n`, `\\`}
	text := func(n int) string {
		var b strings.Builder
		for range r.IntN(n) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		return b.String()
	}
	names := []string{"a", "a\xff", "\xff", "\x80", "a\ufffd", `a\ud800`, "\xfe", "b"}
	matched := 0
	for range 20_000 {
		var members []string
		for range 1 + r.IntN(4) {
			name, value := names[r.IntN(len(names))], `"`+text(4)+`"`
			if r.IntN(4) == 0 {
				value = `{"` + names[r.IntN(len(names))] + `":` + value + `}`
			}
			members = append(members, `"`+name+`":`+value)
		}
		if j.check(t, "{"+strings.Join(members, ",")+"}") {
			matched++
		}
	}
	t.Logf("%d of 20000 match, %+v", matched, j.stream.Statistics())
	if matched < 10_000 {
		t.Error("too few match")
	}
}
