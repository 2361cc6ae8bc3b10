package telemetry

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
)

// bites is a reader that returns as many bytes at a time as it is told to.
type bites struct {
	text string
	size func() int
}

func (b *bites) Read(p []byte) (int, error) {
	if b.text == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), max(1, b.size()))], b.text)
	b.text = b.text[n:]
	return n, nil
}

// told is what a record or a problem says, with its place.
func told(r *Record, err error) string {
	if err != nil {
		return err.Error()
	}
	at := r.place
	if r.Raw == nil {
		return fmt.Sprintf("#%d %s", r.Index, r.Value.Text())
	}
	return fmt.Sprintf("#%d %d+%d@%d %s|%s", r.Index, at.line, at.lineAt, at.offset, r.Raw, at.context)
}

// jumble is lines of JSON and of much else.
func jumble(r *rand.Rand) string {
	lines := []string{`{"a":1}`, `{"a":"x","b":[1,2,{"c":null}]}`, `  {"b":{}}  `, `{"Records":[{"r":1},{"r":2}]}`, `{"a":1}{"b":2}`, `{"a":}`, `{"a":[{"x":1}`, `]}`, `}`, `{`,
		`[{"a":1},`, `{"a":2}]`, ``, `text`, `{"a":1} x`, `[`, `]`, strings.Repeat(" ", maxBlank), `{"a":"` + strings.Repeat("y", 200) + `"}`, "\t{\"a\":4}"}
	var b strings.Builder
	good := r.IntN(4)
	for range 1 + r.IntN(30) {
		line := lines[r.IntN(2)]
		if r.IntN(4) > good {
			line = lines[r.IntN(len(lines))]
		}
		b.WriteString(line + []string{"\n", "\n", "\n", "\n", "\r\n", " \n\n"}[r.IntN(6)])
	}
	return strings.TrimSuffix(b.String(), []string{"", "\n", "}\n"}[r.IntN(3)])
}

// Lines are cut into blocks at whatever place reads end, and blocks hold what Read
// yields of the same input: the same lines raw, with the same places.
func TestBlocksHoldWhatIsRead(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 9))
	for range 1500 {
		text := jumble(r)
		sizes := []int{1, 2, 3, 7, 50, 300, 5000}
		sizes = sizes[:1+r.IntN(len(sizes))]
		options := func(seed uint64) ReadOptions {
			dice := rand.New(rand.NewPCG(seed, 1))
			return ReadOptions{Raw: true, Format: "json", MaxRecord: 150, Stdin: &bites{text, func() int { return sizes[dice.IntN(len(sizes))] }}}
		}
		seed := r.Uint64()
		var want, got []string
		for r, err := range Read(t.Context(), []string{"-"}, options(seed)) {
			want = append(want, told(&r, err))
		}
		for b := range Blocks(t.Context(), []string{"-"}, options(seed)) {
			for r, err := range b.Records() {
				got = append(got, told(r, err))
			}
			b.Release()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (- read, + in blocks):\n%s", text, diff)
		}
	}
}

// Wherever an input is cut into two reads, and into reads of whatever size, its records
// and problems are the same.
func TestBlocksCutAnywhere(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(10, 11))
	for range 6 {
		text := jumble(r)
		want := readLines(t, text, false)
		for cut := 1; cut <= len(text); cut++ {
			first := true
			halves := &bites{text, func() int {
				if first {
					first = false
					return cut
				}
				return len(text)
			}}
			pieces := &bites{text, func() int { return cut }}
			for name, in := range map[string]io.Reader{"cut once": halves, "cut again and again": pieces} {
				if diff := cmp.Diff(want, readIn(t, in, true)); diff != "" {
					t.Fatalf("%q %s at %d (- read at once, + cut):\n%s", text, name, cut, diff)
				}
			}
		}
	}
}

// What a source has said is in a block before more is asked of it.
func TestBlocksDoNotWait(t *testing.T) {
	t.Parallel()
	for format, line := range map[string]string{"json": `{"n":%d}`, "syslog": "<13>Jan  2 03:04:05 host app: %d", "": `{"n":%d}`} {
		said, seen := 0, 0
		in := readerFunc(func(p []byte) (int, error) {
			// A text log may keep a line until it knows the next.
			if said > seen+1 {
				t.Errorf("%s: asked for more behind %d records, %d are there", format, said, seen)
			}
			if said == 20 {
				return 0, io.EOF
			}
			said++
			return copy(p, fmt.Sprintf(line+"\n", said)), nil
		})
		for b := range Blocks(t.Context(), []string{"-"}, ReadOptions{Raw: true, Format: format, Stdin: in}) {
			for _, err := range b.Records() {
				if err != nil {
					t.Error(err)
				}
				seen++
			}
		}
		if seen != 20 {
			t.Errorf("%s: %d records, want 20", format, seen)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Blocks of recordings of every kind hold what Read yields, and are of a moderate size.
func TestBlocksOfRecordings(t *testing.T) {
	t.Parallel()
	sources := []string{filepath.Join("..", "..", "testdata", "recordings")}
	var want, got []string
	for r, err := range Read(t.Context(), sources, ReadOptions{}) {
		want = append(want, told(&r, err))
	}
	for b := range Blocks(t.Context(), sources, ReadOptions{}) {
		if len(b.entries) > blockRecords {
			t.Errorf("a block of %d entries", len(b.entries))
		}
		for r, err := range b.Records() {
			got = append(got, told(r, err))
		}
		b.Release()
	}
	if len(want) < 100 || !slices.Equal(want, got) {
		t.Errorf("%d records and problems, want %d, and the same", len(got), len(want))
	}
}

// Whoever breaks off gets no more.
func TestBlocksBrokenOff(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("{\"n\":1}\n", 1000)
	for after := 1; after < 15; after++ {
		in := &bites{text, func() int { return 500 }}
		n := 0
		for range Blocks(t.Context(), []string{"-", "none"}, ReadOptions{Raw: true, Stdin: in}) {
			if n++; n == after {
				break
			}
		}
		if n != after || len(in.text) == 0 {
			t.Errorf("%d blocks, want %d", n, after)
		}
	}
}

func TestBytesOfValues(t *testing.T) {
	t.Parallel()
	list := evaluator.ListValue(evaluator.StringValue("12345678"), evaluator.NullValue(), evaluator.NumberValue("1.5"))
	e := blockEntry{record: Record{Value: evaluator.ObjectValue(evaluator.Member{Name: "a", Value: list}, evaluator.Member{Name: "b", Value: list})}}
	if got, want := e.bytes(), 16+2*(16+16+3*16+8+3); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}
