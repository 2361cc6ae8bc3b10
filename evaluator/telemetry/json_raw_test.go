package telemetry

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
)

// plainNormaliser is made once, since it takes its time.
var plainNormaliser = NewNormaliser(nil)

// readLines lists the records and problems of an input; records that are left
// unread are read by a stream.
func readLines(t *testing.T, input string, raw bool) []string {
	t.Helper()
	return readIn(t, strings.NewReader(input), raw)
}

func readIn(t *testing.T, input io.Reader, raw bool) []string {
	t.Helper()
	s := NewStream(plainNormaliser, evaluator.New(&compiler.Program{}))
	var out []string
	index := 0
	take := func(r Record, err error) {
		var p *Problem
		if errors.As(err, &p) {
			out = append(out, fmt.Sprintf("%d:%d @%d %v", p.Line, p.Column, p.Offset, p.Err))
			return
		}
		out = append(out, fmt.Sprintf("#%d %s", index, r.Value.Text()))
		index++
	}
	for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: input, Raw: raw, Format: "json"}) {
		if r.Raw == nil {
			take(r, err)
			continue
		}
		_, _, err := s.Match(r)
		if err == nil {
			v, _, err := s.decoder.decode(r.Raw, true)
			r.Value = v
			take(r, err)
			continue
		}
		for r, err := range s.Reread(r) {
			take(r, err)
		}
	}
	return out
}

// Records that are left unread are those that are read otherwise, with the same
// problems at the same places, whatever is wrong with lines.
func TestRawRecords(t *testing.T) {
	t.Parallel()
	lines := []string{`{"a":1}`, `{"a":"x\u0041","b":[1,2,{"c":null}]}`, `  {"b":{}}  `, `{"Records":[{"r":1},{"r":2}]}`, `{"message":"m","subscription":"s"}`,
		`{"a":1}{"b":2}`, `{"a":}`, `{"a":"`, `{"a":[{"x":1}`, `]}`, `}`, `{`, `"a":1`, `,{"a":1}`, `[{"a":1},`, `{"a":2}]`, ``, `text`, `{"a":1},`, `{"a":1} x`, `[`, `]`, `{"a":"\ud800"}`,
		`{"detail":{"d":1},"detail-type":"AWS API Call via CloudTrail"}`, `{"a":nul}`, "{\"a\":\"\x01\"}", "{\"a\":\"\xff\"}", `null`, `{"a":1e400}`, `{"hits":{"hits":[{"_source":{"x":1},"_index":"i"}]}}`}
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		var b bytes.Buffer
		good := r.IntN(3)
		for range 1 + r.IntN(12) {
			line := lines[r.IntN(3)]
			if r.IntN(3) > good {
				line = lines[r.IntN(len(lines))]
			}
			b.WriteString(line)
			b.WriteString([]string{"\n", "\n", "\n", "\r\n", " \n\n"}[r.IntN(5)])
		}
		input := b.String()
		if diff := cmp.Diff(readLines(t, input, false), readLines(t, input, true)); diff != "" {
			t.Fatalf("%q (- read, + left unread):\n%s", input, diff)
		}
	}
}

// A service may hand over a text of its own, which stands in no source, and ask for its
// records whatever Match has said: it gets what reading the text yields.
func TestRereadOwnText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"a":1}`, `{"a":`, `{"a":1} {"b":2}`, `{"a":1} x`, `{"Records":[{"r":1},{"r":2}]}`, `{"Records":[{"r":1},`, `[{"a":1},{"a":2}]`, `[{"a":1}`, "{\"a\":1}\n{\"b\":\n{\"c\":3}\n",
		" \n{\"a\":1}\n", "\xef\xbb\xbf{\"a\":1}", `text`, `7`, `}`, ` `, ``, strings.Repeat("[", 2000), strings.Repeat("}\n", 200)} {
		var want, got []string
		take := func(to *[]string, r Record, err error) {
			if len(*to) > 300 {
				t.Fatalf("%q has no end: %q", text, (*to)[300])
			}
			var p *Problem
			if errors.As(err, &p) {
				*to = append(*to, fmt.Sprintf("%d:%d @%d %v", p.Line, p.Column, p.Offset, p.Err))
				return
			}
			*to = append(*to, fmt.Sprintf("#%d %s", r.Index, r.Value.Text()))
		}
		for r, err := range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: strings.NewReader(text), Format: "json"}) {
			take(&want, r, err)
		}
		s := NewStream(plainNormaliser, evaluator.New(&compiler.Program{}))
		_, _, _ = s.Match(Record{Raw: []byte(text)})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for r, err := range s.Reread(Record{Raw: []byte(text)}) {
				take(&got, r, err)
			}
		}()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Fatalf("reading %q again does not end", text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (- read, + read again):\n%s", text, diff)
		}
	}
}

// What Match refused is no event, nor is what was never given to it: nothing tells an
// identity, even if a part of the text could be a record.
func TestRefusedText(t *testing.T) {
	t.Parallel()
	check := func(s *Stream, what string) {
		if id, err := s.Identity(); err == nil {
			t.Errorf("%s is %s", what, id.Fingerprint)
		}
		if e, err := s.Event(); err == nil {
			t.Errorf("%s is %v", what, e)
		}
	}
	for _, known := range []bool{false, true} {
		s := NewStream(plainNormaliser, evaluator.New(&compiler.Program{}))
		check(s, "nothing")
		for _, text := range []string{"", `{"a":`, `{"a":1} {"b":2}`, `{"Records":[{"r":1},{"r":2}]}`, `[{"a":1}]`, `[{"a":1}]`, `7`} {
			if known {
				if _, _, err := s.Match(Record{Raw: []byte(`{"z":1}`)}); err != nil {
					t.Fatal(err)
				}
			}
			if _, _, err := s.Match(Record{Raw: []byte(text)}); !errors.Is(err, ErrNotPlain) {
				t.Errorf("Match(%q) says %v", text, err)
			}
			check(s, text)
		}
	}
}
