package telemetry_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// maxPerByte is how many bytes of memory a byte of a record may cost in all, from
// reading it to its matches, garbage included: the window grows by doubling, and
// the texts of a record are unescaped and folded.
const maxPerByte = 32

// maxPerListed is the same for a list of nothing but digits.
const maxPerListed = 96

// largeRecord is a record with one very long value: a head, so many times the same
// text, a tail.
func largeRecord(head, text, tail string, size int) io.Reader {
	var parts []io.Reader
	block := strings.Repeat(text, 1<<16/len(text))
	parts = append(parts, strings.NewReader(`{"n":1}`+"\n"+`{"n":2}`+"\n"+`{"n":3,"a":"`+head))
	for ; size > 0; size -= len(block) {
		parts = append(parts, strings.NewReader(block))
	}
	return io.MultiReader(append(parts, strings.NewReader(tail+`"}`+"\n"+`{"n":4}`+"\n"+`{"n":5}`+"\n"))...)
}

// A very long value is searched like any other, whatever it consists of, and the
// memory that it takes is in proportion to it.
func TestStreamOnLargeValue(t *testing.T) {
	p, _ := programOf(t, "{n: 3, a|startswith: head, a|endswith: tail, a|contains: needle}", "{n: 3, a|re: 'needle[0-9]{3}tail$'}", "{n: 3} ", "['needle123']", "{a|contains: haystack}", "{a|contains: 'x\ufffd'}", "{a|contains: 'é'}")
	for _, test := range []struct{ name, text, want string }{
		{"letters", "haystac", "[R0 R1 R2 R3]"},
		{"almost", "needl", "[R0 R1 R2 R3]"},
		{"escapes", `\n\"`, "[R0 R1 R2 R3]"},
		{"spelled", `\u00e9`, "[R0 R1 R2 R3 R6]"},
		{"wide", "é", "[R0 R1 R2 R3 R6]"},
		{"no UTF-8", "x\xff", "[R0 R1 R2 R3 R5]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out []string
			run := evaluated{stream: telemetry.NewStream(normaliser(), evaluator.New(p, evaluator.IgnoreLogsource()))}
			run.record = func(r telemetry.Record, matches []evaluator.Match) {
				var titles []string
				for _, m := range matches {
					titles = append(titles, m.Rule.Title)
				}
				out = append(out, fmt.Sprint(r.Index, titles))
			}
			run.bad = func(p *telemetry.Problem) { t.Error(p) }
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			run.run(t, largeRecord("head", test.text, "needle123tail", largeValue), telemetry.ReadOptions{Raw: true, MaxRecord: 2 * largeValue})
			runtime.ReadMemStats(&after)
			if got, want := strings.Join(out, " "), "0 [] 1 [] 2 "+test.want+" 3 [] 4 []"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			used := int(after.TotalAlloc - before.TotalAlloc)
			t.Logf("%.1f bytes for each", float64(used)/largeValue)
			if used > maxPerByte*largeValue+(16<<20) {
				t.Errorf("takes %d bytes", used)
			}
		})
	}
}

// A list of the shortest values takes the most for its size: each is a value of its own.
func TestStreamOnLargeList(t *testing.T) {
	p, _ := programOf(t, "{n: 3, b: 2}")
	const size = 5 << 20
	matched := 0
	run := evaluated{stream: telemetry.NewStream(normaliser(), evaluator.New(p, evaluator.IgnoreLogsource()))}
	run.record = func(_ telemetry.Record, matches []evaluator.Match) { matched += len(matches) }
	run.bad = func(p *telemetry.Problem) { t.Error(p) }
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run.run(t, largeRecord(`","b":[`, "1,", `2],"c":"`, size), telemetry.ReadOptions{Raw: true, MaxRecord: 2 * size})
	runtime.ReadMemStats(&after)
	used := int(after.TotalAlloc - before.TotalAlloc)
	t.Logf("%.1f bytes for each", float64(used)/size)
	if matched != 1 || used > maxPerListed*size {
		t.Errorf("%d matches, takes %d bytes", matched, used)
	}
}

// One that exceeds the limit is refused with its size and its place, and without
// taking much memory, whatever it consists of; the records around it are evaluated.
func TestStreamRefusesLargeValue(t *testing.T) {
	const limit = 4 << 20
	p, _ := programOf(t, "{n|gte: 0}")
	for name, text := range map[string]string{"letters": "x", "wide": "é", "escapes": `\n\"`, "list": `x",{"b":1},"`} {
		t.Run(name, func(t *testing.T) {
			records := 0
			var problems []string
			run := evaluated{stream: telemetry.NewStream(normaliser(), evaluator.New(p, evaluator.IgnoreLogsource()))}
			run.record = func(_ telemetry.Record, matches []evaluator.Match) { records += len(matches) }
			run.bad = func(p *telemetry.Problem) { problems = append(problems, p.Error()) }
			size := 0
			head, tail := "", ""
			if name == "list" {
				head, tail = `","b":["`, `"],"c":"`
			}
			in := &counted{in: largeRecord(head, text, tail, largeValue), size: &size}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			run.run(t, in, telemetry.ReadOptions{Raw: true, MaxRecord: limit})
			runtime.ReadMemStats(&after)
			size -= len(`{"n":1}`+"\n")*4 + 1
			want := fmt.Sprintf("-:3:1: record of %d bytes exceeds the limit of %d; raise the limit (--max-record) or split the record", size, limit)
			if records != 4 || len(problems) != 1 || problems[0] != want {
				t.Errorf("%d records, problems %v, want 4 and %s", records, problems, want)
			}
			// The window, that before it, which is half as large, and those before that.
			if used := after.TotalAlloc - before.TotalAlloc; used > 2*limit+(4<<20) {
				t.Errorf("takes %d bytes", used)
			}
		})
	}
}

// counted counts what is read.
type counted struct {
	in   io.Reader
	size *int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	*c.size += n
	return n, err
}
