package telemetry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/socctl/socctl/evaluator"
)

// TestJSONStreams lists what a stream yields: records as they are, problems as
// line:column: message. A test passes only if it gives the same result when
// the input arrives byte by byte.
func TestJSONStreams(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"empty", "", ``},
		{"space", " \n\t\r\n", ``},
		{"one per line", "{\"a\":1}\n{\"b\":2}\r\n\n{\"c\":3}", `{"a":1} {"b":2} {"c":3}`},
		{"in a row", `{"a":1}{"b":2} {"c":3}`, `{"a":1} {"b":2} {"c":3}`},
		{"pretty", "{\n  \"a\": [\n    1\n  ]\n}\n{\n  \"b\": {\n  }\n}\n", `{"a":[1]} {"b":{}}`},
		{"byte order mark", "\xef\xbb\xbf{\"a\":1}", `{"a":1}`},
		{"array", "[{\"a\":1},\n {\"b\":2}]", `{"a":1} {"b":2}`},
		{"empty array", `[]{"a":1}`, `{"a":1}`},
		{"arrays", "[{\"a\":1}]\n[{\"b\":2}]\n", `{"a":1} {"b":2}`},
		{"envelopes", "{\"Records\":[{\"a\":1},2,{\"b\":2}]}\n{\"records\":[]}{\"Records\":[{}],\"x\":1}{\"Records\":1}",
			`{"a":1} 1:1: record 1 of the envelope is a number, want an object {"b":2} {"Records":[{}],"x":1} {"Records":1}`},
		{"names repeated", `{"a":1,"a":2}`, `{"a":1,"a":2}`},
		{"numbers", `{"a":18446744073709551616,"b":-0,"c":1e3,"d":1.50}`, `{"a":18446744073709551616,"b":-0,"c":1000,"d":1.5}`},
		{"escapes", `{"\u0061":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}`, `{"a":"\"\\/\u0008\u000c\n\r\té😀"}`},
		{"lone surrogates", `{"a":"\ud83d\u0061\ude00\ud83d\ud83d\ude00\ud83d"}`, `{"a":"�a��😀�"}`},
		{"not UTF-8", "{\"a\":\"x\xff\xfe\xe2\x82y\"}", `{"a":"x����y"}`},
		{"depth 128", strings.Repeat(`{"a":`, 128) + "1" + strings.Repeat("}", 128), strings.Repeat(`{"a":`, 128) + "1" + strings.Repeat("}", 128)},

		{"bad line", "{\"a\":1}\n{\"b\":x}\n{\"c\":3}\n", `{"a":1} 2:6: unexpected 'x', want a value {"c":3}`},
		{"bad first line", "{\"b\" 2}\n{\"c\":3}\n", `1:6: unexpected '2', want ':' after a member name {"c":3}`},
		{"bad string", "{\"a\":\"x\ty\"}\n{\"c\":3}", `1:8: unexpected '\t' in a string; write it as an escape {"c":3}`},
		{"bad escape", `{"a":"\x"}`, `1:8: unknown escape \'x'`},
		{"bad \\u", `{"a":"\u12g4"}`, `1:11: unexpected 'g' in a \u escape, want four hex digits`},
		{"bad number", `{"a":-x}`, `1:7: unexpected 'x', want a digit`},
		{"leading zero", `{"a":01}`, `1:7: unexpected '1', want ',' or '}' after a member`},
		{"trailing comma", `{"a":1,}`, `1:8: unexpected '}', want a member name in double quotes`},
		{"line cut", "{\"a\":1}\n{\"b\":{\"x\"\n{\"c\":3}\n{\"d\":4}\n",
			`{"a":1} 3:1: unexpected '{', want ':' after a member name (in the value that starts at 2:1) {"c":3} {"d":4}`},
		{"line cut behind a colon", "{\"b\":{\"x\":\n{\"c\":3}\n{\"d\":4}\n",
			`3:1: unexpected '{', want ',' or '}' after a member (in the value that starts at 1:1) {"c":3} {"d":4}`},
		{"line cut in a string", "{\"b\":\"x\n{\"c\":3}\n", `1:8: unexpected end of line in a string; write it as an escape {"c":3}`},
		{"last line cut", "{\"a\":1}\n{\"b\":", `{"a":1} 2:6: input ends inside a value`},
		{"last but one and last line cut", "{\"a\":[\n{\"b\":2},\n{\"b\":", `3:6: input ends inside a value (in the value that starts at 1:1) {"b":2} 2:8: unexpected ',', want a value 3:6: input ends inside a value`},
		{"rubbish behind", "{\"a\":1} x\n{\"b\":2}\n", `{"a":1} 1:9: unexpected 'x', want a value {"b":2}`},
		{"pretty, broken", "{\n  \"a\": {\n    x\n  }\n}\n{\n  \"b\": 2\n}\n",
			`3:5: unexpected 'x', want a member name in double quotes (in the value that starts at 1:1) {"b":2}`},
		{"pretty, broken at the start", "{ x\n  \"a\": {\n  }\n}\n{\n  \"b\": 2\n}\n",
			`1:3: unexpected 'x', want a member name in double quotes {"b":2}`},
		{"indented lines", "  {\"a\":x}\n  {\"b\":2}\n", `1:8: unexpected 'x', want a value {"b":2}`},
		{"array, broken", "[\n  {\"a\":1},\n  {\"b\":x},\n  {\"c\":3}\n]\n{\"d\":4}\n",
			`{"a":1} 3:8: unexpected 'x', want a value {"c":3} {"d":4}`},
		{"array, pretty, broken", "[\n  {\n    \"a\": x\n  },\n  {\n    \"c\": 3\n  }\n]\n",
			`3:10: unexpected 'x', want a value (in the value that starts at 2:3) {"c":3}`},
		{"array on one line, broken", "[{\"a\":1},{x},{\"c\":3}]\n{\"d\":4}\n", `{"a":1} 1:11: unexpected 'x', want a member name in double quotes {"d":4}`},
		{"array without comma", "[{\"a\":1}\n{\"b\":2}]", `{"a":1} 2:1: ',' is missing between array elements {"b":2}`},
		{"array not closed", "[{\"a\":1},\n", `{"a":1} 2:1: input ends inside an array: ']' is missing`},
		{"closed twice", "[{\"a\":1}]]\n{\"b\":2}", `{"a":1} 1:10: unexpected ']', want a value {"b":2}`},
		{"array of others", `[1,"x",[{"a":1}],{"b":2}]`, `1:2: found a number, want an object 1:4: found a string, want an object 1:8: found a list, want an object {"b":2}`},
		{"scalars", "1\nnull\n\"x\"\n{\"a\":1}", `1:1: found a number, want an object 2:1: found a null, want an object 3:1: found a string, want an object {"a":1}`},
		{"text", "2026-04-17 started\n{\"a\":1}\n", `1:1: this line is no JSON object {"a":1}`},
		{"text in brackets", "[2026-04-17] started\n{\"a\":1}\n{\"b\":2}\n", `1:2: found a number, want an object 1:6: unexpected '-', want ',' or ']' after an array element {"a":1} {"b":2}`},
		{"envelope cut", `{"Records":[{"a":1},{"b":2},{"c":`, `{"a":1} {"b":2} 1:34: input ends inside a value`},
		{"envelope cut between records", `{ "records" : [{"a":1},`, `{"a":1} 1:24: input ends inside an array: ']' is missing`},
		{"envelope not closed", `{"Records":[{"a":1}]`, `{"a":1} 1:21: input ends inside an envelope: '}' is missing`},
		{"envelope, broken", "{\"Records\":[\n{\"a\":1},\n{\"b\":x},\n{\"c\":3}\n]}\n{\"d\":4}}", `{"a":1} 3:6: unexpected 'x', want a value {"c":3} {"d":4} 6:8: unexpected '}', want a value`},
		{"envelope cut, and another", "{\"Records\":[{\"a\":1},{\"b\"\n{\"Records\":[{\"c\":3}]}\n", `{"a":1} 2:1: unexpected '{', want ':' after a member name (in the value that starts at 1:21) {"c":3}`},
		{"too deep", strings.Repeat(`{"a":`, 129) + "1" + strings.Repeat("}", 129) + "\n{\"b\":2}",
			`1:1: record of 775 bytes is nested deeper than 128 levels {"b":2}`},
		{"too deep and cut", strings.Repeat(`[{"a":`, 129) + "\n{\"b\":2}", `1:2: record of 774 bytes is nested deeper than 128 levels (it is not closed before the next record starts) {"b":2}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, in := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in)), iotest.DataErrReader(strings.NewReader(test.in))} {
				if got := transcript(t, ReadOptions{Format: "json", Stdin: in}); got != test.want {
					t.Errorf("got  %s\nwant %s", got, test.want)
				}
			}
		})
	}
}

// transcript reads standard input and lists what comes out in order.
func transcript(t testing.TB, o ReadOptions) string {
	t.Helper()
	var out []string
	next := 0
	for r, err := range Read(t.Context(), []string{"-"}, o) {
		if err != nil {
			out = append(out, strings.TrimPrefix(err.Error(), "-:"))
			continue
		}
		if r.Index != next || r.Source != "-" {
			t.Errorf("record %d of %q, want %d", r.Index, r.Source, next)
		}
		next++
		out = append(out, r.Value.Text())
	}
	return strings.Join(out, " ")
}

func TestJSONGivesUpOnText(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("this is no JSON\n", 5000)
	got := strings.Split(transcript(t, ReadOptions{Format: "json", Stdin: strings.NewReader(text)}), ": gave up:")
	if len(got) != 2 || strings.Count(got[0], "unexpected") != giveUpAfter {
		t.Errorf("got %d problems and then %q", strings.Count(got[0], "unexpected"), got[1:])
	}
}

// repeat is a reader of n times the same byte.
type repeat struct {
	b byte
	n int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := min(r.n, len(p))
	if n == 0 {
		return 0, io.EOF
	}
	for i := range n {
		p[i] = r.b
	}
	r.n -= n
	return n, nil
}

// TestJSONSizeLimit feeds records far beyond the limit; memory stays bounded
// and the record behind is read.
func TestJSONSizeLimit(t *testing.T) {
	const huge = 40 << 20 // behaves as any larger one, which only takes longer
	text := strings.NewReader
	for _, test := range []struct {
		name string
		in   []io.Reader
		want string
	}{
		{"string", []io.Reader{text("{\"a\":1}\n{\"b\":\""), &repeat{'x', huge}, text("\"}\n{\"c\":3}\n")},
			`{"a":1} 2:1: record of 41943048 bytes exceeds the limit of 1048576; raise the limit (--max-record) or split the record {"c":3}`},
		{"space", []io.Reader{text(`{"b":`), &repeat{' ', huge}, text("1}{\"c\":3}\n")},
			`1:1: record of 41943047 bytes exceeds the limit of 1048576; raise the limit (--max-record) or split the record {"c":3}`},
		{"string not closed", []io.Reader{text(`{"b":"`), &repeat{'x', huge}, text("\n{\"c\":3}\n")},
			`1:1: record of 41943046 bytes exceeds the limit of 1048576; raise the limit (--max-record) or split the record (it is not closed before the next record starts) {"c":3}`},
		{"list not closed", []io.Reader{text(`{"b":[`), &repeat{' ', huge}, text("\n{\"c\":3}\n")},
			`1:1: record of 41943047 bytes exceeds the limit of 1048576; raise the limit (--max-record) or split the record (it is not closed before the next record starts) {"c":3}`},
		{"number", []io.Reader{&repeat{'1', huge}, text("\n{\"c\":3}\n")},
			`1:1: record of 41943040 bytes exceeds the limit of 1048576; raise the limit (--max-record) or split the record {"c":3}`},
		{"no JSON", []io.Reader{&repeat{'x', huge}, text("\n{\"c\":3}\n")}, `1:1: unexpected 'x', want a value {"c":3}`},
		{"end of input", []io.Reader{text(`{"b":"`), &repeat{'x', huge}},
			`1:1: record of 41943046 bytes exceeds the limit of 1048576; raise the limit (--max-record) or split the record`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := transcript(t, ReadOptions{Format: "json", Stdin: io.MultiReader(test.in...), MaxRecord: 1 << 20})
			runtime.ReadMemStats(&after)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
				t.Errorf("allocates %d bytes", used)
			}
		})
	}
}

// TestLargeEnvelope: an envelope that is larger than a record may be is read, record by record,
// whether it is in memory as a whole or not.
func TestLargeEnvelope(t *testing.T) {
	t.Parallel()
	for _, n := range []int{20, 100_000} {
		in := `{"Records":[` + strings.Repeat(`{"a":"12"},`, n) + "{\"a\":\"1234567890\"}]}\n{\"b\":1}\n"
		want := strings.Repeat(`{"a":"12"} `, n) + fmt.Sprintf(`1:%d: record of 18 bytes exceeds the limit of 12; raise the limit (--max-record) or split the record {"b":1}`, 13+11*n)
		if got := transcript(t, ReadOptions{Format: "json", Stdin: strings.NewReader(in), MaxRecord: 12}); got != want {
			t.Errorf("%d records: got %.300s", n, got)
		}
	}
}

// TestJSONSmallLimit checks that the limit is exact and independent of buffers.
func TestJSONSmallLimit(t *testing.T) {
	t.Parallel()
	in := "{\"a\":\"12\"}\n{\"a\":\"123\"}\n{\"a\":\"12\"}\n"
	want := `{"a":"12"} 2:1: record of 11 bytes exceeds the limit of 10; raise the limit (--max-record) or split the record {"a":"12"}`
	if got := transcript(t, ReadOptions{Format: "json", Stdin: strings.NewReader(in), MaxRecord: 10}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestJSONWindow moves records across the edges of the window, and checks that
// positions stay right.
func TestJSONWindow(t *testing.T) {
	t.Parallel()
	for _, size := range []int{firstWindow - 20, firstWindow - 1, firstWindow, 3*firstWindow + 7} {
		line := fmt.Sprintf(`{"a":"%s"}`, strings.Repeat("x", size))
		in := strings.Repeat(line+"\n", 5) + "!\n" + line
		records, problems := readAll(t, ReadOptions{Format: "json", Stdin: strings.NewReader(in)}, "-")
		if len(records) != 6 || len(problems) != 1 || problems[0].Line != 6 || problems[0].Column != 1 || problems[0].Offset != int64(5*len(line)+5) {
			t.Errorf("size %d: %d records, problems %v", size, len(records), problems)
		}
	}
}

func TestJSONBrokenInput(t *testing.T) {
	t.Parallel()
	bad := errors.New("the disk is on fire")
	for in, want := range map[string]string{
		"{\"a\":1}\n":        `{"a":1} 2:1: the disk is on fire`,
		"{\"a\":1}\n{\"b\":": `{"a":1} 2:6: the disk is on fire`,
	} {
		got := transcript(t, ReadOptions{Format: "json", Stdin: io.MultiReader(strings.NewReader(in), iotest.ErrReader(bad))})
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// FuzzJSON compares the decoder with encoding/json: the same texts are JSON
// and they have the same value, but for nesting beyond the limit here.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e+3,true,false,null,"x\u00e9\ud83d\ude00\ud800\n"],"b":{}}`, `[]`, `"\ud800\udc00\ud800"`, "\"\xff\xe2\x82\"",
		`01`, `-`, `1.`, `1e`, `{"a":1,}`, `[1,]`, `{"a" 1}`, `nul`, ` 1 `, `{"a":1}{}`, "\"\x1f\"", `"\u12"`, `"\ud800\u"`, `{"a":1,"a":2}`, ``,
	} {
		f.Add([]byte(seed))
	}
	var w words
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &jsonDecoder{words: &w}
		v, n, err := d.decode(data, true)
		if err == nil && skipSpace(data, n) != len(data) {
			err = errors.New("more behind the value")
		}
		var deep *depthError
		if errors.As(err, &deep) {
			t.Skip()
		}
		if _, short, shortErr := d.decode(data, false); shortErr != errShort && (shortErr == nil) != (err == nil || n > 0) && short == n {
			t.Errorf("%q: %v at the end, %v before it", data, err, shortErr)
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var std any
		if valid := json.Valid(data); valid != (err == nil) {
			t.Fatalf("%q: valid for encoding/json: %v, here: %v", data, valid, err)
		}
		if err == nil && decoder.Decode(&std) == nil {
			if got, want := canonical(v), canonical(evaluator.ValueOf(std)); got != want {
				t.Errorf("%q: got %s, want %s", data, got, want)
			}
		}
		readBytes(t, data) // in a stream: no panic, and it ends
	})
}

// canonical prints a value with members as a Go map would have them.
func canonical(v evaluator.Value) string {
	var toAny func(v evaluator.Value) any
	toAny = func(v evaluator.Value) any {
		switch v.Kind() {
		case evaluator.Object:
			m := map[string]any{}
			for _, member := range v.Members() {
				m[member.Name] = toAny(member.Value)
			}
			return m
		case evaluator.List:
			items := []any{}
			for _, item := range v.Items() {
				items = append(items, toAny(item))
			}
			return items
		}
		return v.Kind().String() + " " + v.Text()
	}
	text, err := json.Marshal(toAny(v))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// TestJSONLosesOnlyTheBrokenLine breaks one line of many at random, or cuts it
// short; every other line is still read, in order, and the damage is reported
// unless what is left is a record.
func TestJSONLosesOnlyTheBrokenLine(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	const marks = `{}[]",:\x0 `
	for range 5000 {
		lines := make([]string, 6)
		for i := range lines {
			lines[i] = fmt.Sprintf(`{"n":%d,"a":["x\\",{"b":"y"}],"c":null}`, i)
		}
		broken := random.IntN(len(lines))
		line := []byte(lines[broken])
		for range 1 + random.IntN(3) {
			line[random.IntN(len(line))] = marks[random.IntN(len(marks))]
		}
		if random.IntN(2) == 0 {
			line = line[:random.IntN(len(line))]
		}
		lines[broken] = string(line)
		records, problems := readBytes(t, []byte(strings.Join(lines, "\n")+"\n"))
		for i, want := range lines {
			if i != broken && !slices.Contains(records, want) {
				t.Fatalf("line %d of %q is lost; problems %v", i+1, lines, problems)
			}
		}
		if len(problems) == 0 && len(records) < len(lines) && len(bytes.TrimSpace(line)) > 0 {
			t.Fatalf("%q is lost silently", line)
		}
	}
}
