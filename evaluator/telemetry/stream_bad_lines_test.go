package telemetry_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// programOf compiles the detection of one rule for any logsource.
func programOf(t testing.TB, detections ...string) (*compiler.Program, *rules.Set) {
	t.Helper()
	files := fstest.MapFS{}
	for i, d := range detections {
		files[fmt.Sprintf("%02d.yml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "title: R%d\nlogsource: {product: p}\ndetection:\n  s: %s\n  condition: s\n", i, d)}
	}
	set, diags := rules.Load(files)
	p, problems := compiler.Compile(set, compiler.Options{})
	if err := append(diags, problems...).Err(); err != nil {
		t.Fatal(err)
	}
	return p, set
}

// normaliser is made once, since it takes its time.
var normaliser = sync.OnceValue(func() *telemetry.Normaliser { return telemetry.NewNormaliser(nil) })

// evaluated is a whole run of a stream over an input: what becomes of each record,
// and each problem, in order.
type evaluated struct {
	stream *telemetry.Stream
	record func(r telemetry.Record, matches []evaluator.Match)
	bad    func(p *telemetry.Problem)
}

func (e *evaluated) run(t testing.TB, in io.Reader, o telemetry.ReadOptions) {
	t.Helper()
	o.Stdin = in
	for r, err := range telemetry.Read(t.Context(), []string{"-"}, o) {
		e.one(t, r, err)
	}
}

func (e *evaluated) one(t testing.TB, r telemetry.Record, err error) {
	t.Helper()
	if err == nil {
		var matches []evaluator.Match
		if matches, _, err = e.stream.Match(r); err == nil {
			e.record(r, matches)
			return
		}
		if errors.Is(err, telemetry.ErrNotPlain) {
			for r, err := range e.stream.Reread(r) {
				e.one(t, r, err)
			}
			return
		}
	}
	var p *telemetry.Problem
	if !errors.As(err, &p) {
		t.Fatal(err)
	}
	e.bad(p)
}

// badLines lists the records that a rule matches, by their member n, and the
// places of problems.
func badLines(t *testing.T, in io.Reader, o telemetry.ReadOptions) string {
	t.Helper()
	p, _ := programOf(t, "{n|gte: 0}")
	var out []string
	run := evaluated{stream: telemetry.NewStream(normaliser(), evaluator.New(p, evaluator.IgnoreLogsource()))}
	run.record = func(_ telemetry.Record, matches []evaluator.Match) {
		event, err := run.stream.Event()
		if err != nil {
			t.Fatal(err)
		}
		n, _ := event.Field("n")
		if len(matches) != 1 {
			out = append(out, "unmatched")
			return
		}
		out = append(out, n.Text())
	}
	run.bad = func(p *telemetry.Problem) { out = append(out, fmt.Sprintf("!%d:%d@%d", p.Line, p.Column, p.Offset)) }
	run.run(t, in, o)
	return strings.Join(out, " ")
}

// lines joins lines that begin with a record each, which makes what comes behind
// it be left unread.
func lines(all ...string) string {
	return "{\"n\":0}\n" + strings.Join(all, "\n") + "\n{\"n\":8}\n{\"n\":9}\n"
}

func utf16Of(s string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

// Whatever a line holds that is no record is reported with its place, and the
// records around it are evaluated.
func TestStreamOnBadLines(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"a":[`, 5000)
	for _, test := range []struct{ name, in, want string }{
		{"one", lines(`{"n":}`), "0 !2:6@13 8 9"},
		// The last but two lines are an empty object.
		{"several", lines(`{"n":}`, `{"n":1]`, `{"n" 1}`, `nonsense`, `{"n":"}`, `{"n":1}`, `{`, `}`, `{"n":2}`), "0 !2:6@13 !3:7@21 !4:6@28 !5:2@32 !6:8@47 1 unmatched 2 8 9"},
		{"first lines", "x\n{\"n\":\n{\"n\":1}\n{\"n\":2}\n", "!1:1@0 !2:1@2 1 2"},
		{"cut at the end", "{\"n\":0}\n{\"n\":1}\n{\"n\":2,\"b\":\"x", "0 1 !3:14@29"},
		{"cut at the end of a line", "{\"n\":0}\n{\"n\":1}\n{\"n\":2,\"b\":\n", "0 1 !4:1@28"},
		{"NUL line", lines("\x00\x00\x00\x00", `{"n":1}`), "0 !2:1@8 1 8 9"},
		{"NUL before a record", lines("\x00\x00{\"n\":1}", `{"n":2}`), "0 !2:1@8 2 8 9"},
		{"NUL behind a record", lines("{\"n\":1}\x00\x00", `{"n":2}`), "0 1 !2:8@15 2 8 9"},
		{"NUL in a string", lines("{\"n\":1,\"a\":\"\x00\"}", `{"n":2}`), "0 !2:13@20 2 8 9"},
		{"NUL in a name", lines("{\"n\":1,\"\x00\":1}", `{"n":2}`), "0 !2:9@16 2 8 9"},
		{"NUL to the end", lines() + strings.Repeat("\x00", 5000), "0 8 9 !5:1@25"},
		{"byte order mark", "\ufeff" + lines(`{"n":1}`), "0 1 8 9"},
		// As files have them that were put together.
		{"byte order mark within", lines("\ufeff{\"n\":1}", `{"n":2}`), "0 1 2 8 9"},
		{"byte order marks anywhere between", lines("\ufeff{\"n\":1}\ufeff", "\ufeff", "\ufeff \ufeff{\"n\":2}\ufeff{\"n\":3}", "\ufeff["+`{"n":4},`+"\ufeff"+`{"n":5}`+"\ufeff]", `{"n":6}`), "0 1 2 3 4 5 6 8 9"},
		{"byte order mark in the record before", lines(`{"n":1,`, "\ufeff{\"n\":2}", `{"n":3}`), "0 !3:1@16 3 8 9"},
		{"byte order mark before a bad line", lines("\ufeff{\"n\":}", `{"n":2}`), "0 !2:9@16 2 8 9"},
		{"byte order mark in a record", lines("{\ufeff\"n\":1}", `{"n":2}`), "0 !2:2@9 2 8 9"},
		{"half a byte order mark", lines("\xef\xbb{\"n\":1}", `{"n":2}`), "0 !2:1@8 2 8 9"},
		{"half a byte order mark at the end", lines("\xef\xbb") + "\xef\xbb", "0 !2:1@8 8 9 !5:1@27"},
		// What a line is short of is missed on the next one.
		{"CRLF", strings.ReplaceAll(lines(`{"n":1}`, `{"n":`, `{"n":2}`), "\n", "\r\n"), "0 1 !5:1@34 2 8 9"},
		{"CR", strings.ReplaceAll(lines(`{"n":1}`, `{"n":2}`), "\n", "\r"), "0 1 2 8 9"},
		{"UTF-16", utf16Of(lines(`{"n":1}`, `{"n":}`, `{"n":2}`), false), "0 1 !3:6@21 2 8 9"},
		{"UTF-16, big endian", utf16Of(lines(`{"n":1}`, `{"n":}`, `{"n":2}`), true), "0 1 !3:6@21 2 8 9"},
		{"UTF-16 cut in a character", utf16Of(lines(`{"n":1}`), false) + "{", "0 1 8 9 !5:1@32"},
		{"two in a line", lines(`{"n":1}{"n":2} {"n":3}`, `{"n":4}`), "0 1 2 3 4 8 9"},
		{"two in a line, the second bad", lines(`{"n":1}{"n":}`, `{"n":2}`), "0 1 !2:13@20 2 8 9"},
		{"two in a line, the first bad", lines(`{"n":}{"n":1}`, `{"n":2}`), "0 !2:6@13 2 8 9"},
		// Brackets and commas that follow a bad line count as a part of it.
		{"lone brackets", lines(`]`, `}`, `]]]]`, `{"n":1}`, `]`, `{"n":2}]`, `{"n":3}`), "0 !2:1@8 1 !6:1@25 2 !7:8@34 3 8 9"},
		{"list not closed", lines(`[`, `{"n":1}`, `{"n":2}`), "0 1 !4:1@18 2 8 9"},
		{"comma", lines(`,`, `{"n":1},`, `{"n":2}`), "0 !2:1@8 1 !3:8@17 2 8 9"},
		{"deep", lines(deep+strings.Repeat("]}", 5000), `{"n":1}`), "0 !2:1@8 1 8 9"},
		{"deep, not closed", lines(deep, `{"n":1}`), "0 !2:1@8 1 8 9"},
		{"deep lists", lines(strings.Repeat("[", 10_000), `{"n":1}`), "0 !2:2@9 1 8 9"},
		{"deep lists, closed", lines(strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000), `{"n":1}`), "0 !2:2@9 1 8 9"},
		{"deep in a record", lines(`{"n":1,"a":`+deep+"1"+strings.Repeat("]}", 5000)+"}", `{"n":2}`), "0 !2:1@8 2 8 9"},
		{"deep, twice", lines(deep+strings.Repeat("]}", 5000), deep, `{"n":1}`), "0 !2:1@8 !3:1@40009 1 8 9"},
		{"closing brackets", lines(strings.Repeat("}", 10_000), `{"n":1}`), "0 !2:1@8 1 8 9"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, raw := range []bool{true, false} {
				for name, in := range map[string]io.Reader{"whole": strings.NewReader(test.in), "bytes": iotest.OneByteReader(strings.NewReader(test.in))} {
					if got := badLines(t, in, telemetry.ReadOptions{Raw: raw}); got != test.want {
						t.Errorf("raw %v, %s: got  %s\nwant %s", raw, name, got, test.want)
					}
				}
			}
		})
	}
}

// Random rubbish between records costs no record, and no line of it goes without
// a report.
func TestStreamOnRubbish(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 9))
	const alphabet = "{}[]\":,\\ \t\x00\xff\xfe\xc3n01-eEtfu"
	for range 300 {
		var in strings.Builder
		var want []string
		bad := 0
		for i := range 40 {
			if i > 0 && i < 38 && r.IntN(3) == 0 {
				in.WriteByte('~') // what starts with a space or a bracket may continue the line before
				for range r.IntN(30) {
					in.WriteByte(alphabet[r.IntN(len(alphabet))])
				}
				in.WriteString("!\n") // no line that ends so is JSON
				bad++
				continue
			}
			fmt.Fprintf(&in, "{\"n\":%d}\n", i)
			want = append(want, fmt.Sprint(i))
		}
		var got []string
		problems := 0
		for _, part := range strings.Fields(badLines(t, strings.NewReader(in.String()), telemetry.ReadOptions{Raw: true})) {
			if part[0] == '!' {
				problems++
			} else {
				got = append(got, part)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || problems < bad {
			t.Fatalf("%q: %d lines are bad, %d problems; records (- want, + got):\n%s", in.String(), bad, problems, diff)
		}
	}
}
