package evtx_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/reference"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/evaluator/telemetry/evtx"
	"github.com/socctl/socctl/rules"
)

// detections look at values of every type, and at any value.
var detections = []string{
	"{a|contains: mimi}", "{a: MIMIKATZ}", "{a|cased|endswith: Katz}", "{a|re: 'k.tz$'}", "{a: ''}", "{a: null}", "{a|exists: true}", "{b|exists: false}", "{a|contains: 'é'}", "{a|contains: \"\U0001f600\"}", "{a|contains: \"\ufffd\"}",
	"{b: 4096}", "{b|gte: 100}", "{b|lt: 0}", "{b: '0x1000'}", "{b|startswith: '0x'}", "{b: true}", "{b: 'true'}", "{b|contains: '1601-01'}", "{b: 'S-1-5-18'}", "{b|cidr: 10.0.0.0/8}", "{b: '{00112233-4455-6677-8899-AABBCCDDEEFF}'}", "{b|endswith: 'EEFF}'}",
	"{a|fieldref: b}", "{a|fieldref|contains: c}", "{c|fieldref: a}", "{Channel: Security, a: '*'}", "{Channel|startswith: Own, c|contains: a}", "{EventID: 1, c: 1}", "{Provider_Name: 'P-Own'}",
	"['mimikatz']", "['s-1-5-18']", "['eeff}']", "['sekurlsa']", "['8899-aabb']", "['1601-01-01']", "{Data: x}", "{Data|contains: mimi}",
}

func le(n uint64, size int) []byte { return binary.LittleEndian.AppendUint64(nil, n)[:size] }

type maker struct{ *rand.Rand }

func (m maker) text() string {
	pieces := []string{"mimi", "MIMI", "katz", "Katz", "\u212aatz", "\u017fekurlsa", "sekurlsa", "S-1-5-18", "é", "\U0001f600", "\ufffd", "a", "x", "10.1.2.3", "\x00", "4096", "0x1000", "{", " "}
	out := ""
	for range m.IntN(4) {
		out += pieces[m.IntN(len(pieces))]
	}
	return out
}

// value returns a value of a random type, of which some are as long as their types
// are not.
func (m maker) value(name string) evtx.Field {
	guid := []byte{0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}
	n := []uint64{0, 1, 10, 4096, 1 << 31, math.MaxUint64}[m.IntN(6)]
	f := [...]evtx.Field{
		evtx.NewField(name, evtx.String, evtx.Wide(m.text())), evtx.NewField(name, evtx.String, evtx.Wide(m.text())), evtx.NewField(name, evtx.String, append(evtx.Wide(m.text()), make([]byte, m.IntN(4))...)),
		evtx.NewField(name, evtx.String, evtx.Wide([]string{"mimikatz", "MIMIKATZ", "a", "1"}[m.IntN(4)])),
		evtx.NewField(name, evtx.Uint32, le(n, 4)), evtx.NewField(name, evtx.Int64, le(n, 8)), evtx.NewField(name, evtx.Hex64, le(n, 8)), evtx.NewField(name, evtx.Bool, le(n&1, 4)),
		evtx.NewField(name, evtx.GUID, guid), evtx.NewField(name, evtx.SID, []byte{1, 1, 0, 0, 0, 0, 0, 5, byte(18 + m.IntN(2)), 0, 0, 0}), evtx.NewField(name, evtx.Time, le(n, 8)), evtx.NewField(name, evtx.Binary, guid[:m.IntN(16)]),
		evtx.NewField(name, evtx.ANSI, []byte(m.text())), evtx.NewField(name, evtx.ANSI, []byte{0xe9, 0xff}), evtx.NewField(name, evtx.Real, le(math.Float64bits(float64(n)/2), 8)), evtx.NewField(name, evtx.Array, evtx.Wide("mimikatz\x00x\x00")), {},
	}[m.IntN(17)]
	if m.IntN(12) == 0 {
		return evtx.NewField(name, evtx.GUID, guid[:m.IntN(16)])
	}
	return f
}

func (m maker) log() []byte {
	b := evtx.NewLog([]string{"Security", "Own", "Microsoft-Windows-Sysmon/Operational"}[m.IntN(3)])
	names := []string{"a", "b", "c", ""}
	for b.Size() < 40<<10 {
		var fields []evtx.Field
		for range m.IntN(4) {
			fields = append(fields, m.value(names[m.IntN(len(names))]))
		}
		b.Add(fields...)
	}
	return b.File()
}

// Records that are left as they stand in a log match what the reference says of the
// events that are made of them, whatever the types of their values.
func TestStreamOnRandomLogs(t *testing.T) {
	t.Parallel()
	rounds := 400
	if testing.Short() {
		rounds = 100
	}
	files := fstest.MapFS{}
	for i, d := range detections {
		files[fmt.Sprintf("%02d.yml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "title: R%d\nlogsource: {product: p}\ndetection:\n  s: %s\n  condition: s\n", i, d)}
	}
	set, diags := rules.Load(files)
	p, problems := compiler.Compile(set, compiler.Options{})
	if err := append(diags, problems...).Err(); err != nil {
		t.Fatal(err)
	}
	var expected []*reference.Rule
	for _, rule := range set.Rules {
		prepared, err := reference.Prepare(rule, nil)
		if err != nil {
			t.Fatal(err)
		}
		expected = append(expected, prepared)
	}
	n := telemetry.NewNormaliser(nil)
	stream := telemetry.NewStream(n, evaluator.New(p, evaluator.IgnoreLogsource()))
	m := maker{rand.New(rand.NewPCG(5, 6))}
	left, matched := 0, map[string]int{}
	for range rounds {
		for r, err := range telemetry.Read(t.Context(), []string{"-"}, telemetry.ReadOptions{Unrendered: true, Format: "evtx", Stdin: bytes.NewReader(m.log())}) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Size() > 0 {
				left++
			}
			found, _, err := stream.Match(r)
			if err != nil {
				t.Fatal(err)
			}
			event := n.Event(r.Rendered())
			var got, want []string
			for _, f := range found {
				got = append(got, f.Rule.Title)
				matched[f.Rule.Title]++
			}
			for i, rule := range expected {
				if rule.Match(event) {
					want = append(want, fmt.Sprint("R", i))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s (- reference, + stream):\n%s", event.Record().Value.Text(), diff)
			}
			r.Release()
		}
	}
	t.Logf("%d records left as they were, %+v", left, stream.Statistics())
	if left < 10*rounds {
		t.Errorf("%d records were left as they are in %d logs", left, rounds)
	}
	for i := range detections {
		if matched[fmt.Sprint("R", i)] == 0 {
			t.Errorf("nothing matches %s", detections[i])
		}
	}
}

// Records that several goroutines evaluate and release, in whatever order, while more
// are read, are what they are to one who reads alone.
func TestUnrenderedInParallel(t *testing.T) {
	t.Parallel()
	m := maker{rand.New(rand.NewPCG(9, 10))}
	dir := t.TempDir()
	for i := range 40 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.evtx", i)), m.log(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type numbered struct {
		number int
		record telemetry.Record
	}
	work := make(chan numbered, 200)
	var mu sync.Mutex
	got := map[int]string{}
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			var kept []numbered
			flush := func() {
				for _, k := range kept {
					text := k.record.Rendered().Value.Text()
					k.record.Release()
					mu.Lock()
					got[k.number] = text
					mu.Unlock()
				}
				kept = kept[:0]
			}
			for w := range work {
				if kept = append(kept, w); len(kept) > 20 {
					flush()
				}
			}
			flush()
		})
	}
	n, largest := 0, 0
	for r, err := range telemetry.Read(t.Context(), []string{dir}, telemetry.ReadOptions{Unrendered: true}) {
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, r.Size())
		work <- numbered{n, r}
		n++
	}
	close(work)
	workers.Wait()
	if largest < 64<<10 {
		t.Errorf("no record counts the memory of its chunk: %d bytes at most", largest)
	}
	i := 0
	for r, err := range telemetry.Read(t.Context(), []string{dir}, telemetry.ReadOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if want := r.Value.Text(); got[i] != want {
			t.Fatalf("record %d of %s is %s, want %s", r.Index, r.Source, got[i], want)
		}
		i++
	}
	if i != n || n < 1000 {
		t.Errorf("%d records, %d of one who reads alone", n, i)
	}
}
