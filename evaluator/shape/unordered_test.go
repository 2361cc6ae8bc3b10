package shape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shuffled writes a record with the members of all its objects in another order.
func shuffled(t testing.TB, dice *rand.Rand, record []byte) []byte {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(record))
	start, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	switch start {
	case json.Delim('{'):
		for d.More() {
			from := d.InputOffset()
			if _, err := d.Token(); err != nil {
				t.Fatal(err)
			}
			name := bytes.TrimLeft(record[from:d.InputOffset()], ", \t\r\n")
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				t.Fatal(err)
			}
			parts = append(parts, string(name)+":"+string(shuffled(t, dice, value)))
		}
		dice.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return []byte("{" + strings.Join(parts, ",") + "}")
	case json.Delim('['):
		for d.More() {
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				t.Fatal(err)
			}
			parts = append(parts, string(shuffled(t, dice, value)))
		}
		return []byte("[" + strings.Join(parts, ",") + "]")
	}
	return record
}

// members writes a record with the members of its objects sorted by their names,
// and the kinds of leaves instead of their texts; false if a name occurs twice or
// is not written as it is.
func members(v any, into *strings.Builder) bool {
	switch v := v.(type) {
	case ordered:
		names := slices.Clone(v)
		slices.SortFunc(names, func(a, b member) int { return strings.Compare(a.name, b.name) })
		into.WriteByte('{')
		for i, m := range names {
			if i > 0 && names[i-1].name == m.name {
				return false
			}
			fmt.Fprintf(into, "%q", m.name)
			if !members(m.value, into) {
				return false
			}
		}
		into.WriteByte('}')
	case []any:
		into.WriteByte('[')
		for _, item := range v {
			if !members(item, into) {
				return false
			}
			into.WriteByte(',')
		}
		into.WriteByte(']')
	case nil:
		into.WriteString("null")
	default:
		fmt.Fprintf(into, "%T", v)
	}
	return true
}

type (
	member struct {
		name  string
		value any
	}
	ordered []member
)

func parse(t testing.TB, d *json.Decoder) any {
	t.Helper()
	token, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch token {
	case json.Delim('{'):
		out := ordered{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, member{name.(string), parse(t, d)})
		}
		_, _ = d.Token()
		return out
	case json.Delim('['):
		out := []any{}
		for d.More() {
			out = append(out, parse(t, d))
		}
		_, _ = d.Token()
		return out
	}
	return token
}

// Records are recognised whatever the order of their members, and no others.
func TestUnorderedKnowsMembers(t *testing.T) {
	t.Parallel()
	u, s := NewUnordered(Options{}), NewScanner(Options{})
	ids, back := map[string]int{}, map[int]string{}
	known := 0
	for seed := range uint64(20_000) {
		dice := rand.New(rand.NewPCG(seed, 5))
		g := &generator{structure: rand.New(rand.NewPCG(seed%3001, 0)), texts: rand.New(rand.NewPCG(seed, 1))}
		record := g.record()
		if json.Valid(record) && bytes.IndexByte(record, 0xff) < 0 {
			record = shuffled(t, dice, record)
		}
		if _, _, err := s.Scan(record); err != nil {
			t.Fatal(err)
		}
		id, leaves, order := u.Recognise(record)
		var key strings.Builder
		single := members(parse(t, json.NewDecoder(bytes.NewReader(record))), &key) && !bytes.Contains(record, []byte(`\u0061":`)) && !bytes.Contains(record, []byte(`q\"{":`))
		if !single || bytes.Contains(record, []byte(`"\u0061"`)) || bytes.Contains(record, []byte(`q\"{"`)) {
			continue // which may be recognised or not
		}
		if id == Unknown {
			t.Fatalf("%s is not recognised", record)
		}
		known++
		if before, ok := ids[key.String()]; ok && before != id {
			t.Fatalf("%s has id %d, before %d", record, id, before)
		}
		if before, ok := back[id]; ok && before != key.String() {
			t.Fatalf("%s has id %d of %s", record, id, before)
		}
		ids[key.String()], back[id] = id, key.String()
		_, written, err := NewScanner(Options{}).Scan(record)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range leaves {
			if diff := cmp.Diff(written[order[i]], l); diff != "" {
				t.Fatalf("%s: leaf %d is not leaf %d as written: %s", record, i, order[i], diff)
			}
		}
		if len(leaves) != len(written) {
			t.Fatalf("%s has %d leaves, want %d", record, len(leaves), len(written))
		}
	}
	if known < 5000 || len(ids) < 200 {
		t.Errorf("only %d records recognised, of %d kinds", known, len(ids))
	}
}

// The same leaf of all records of an id is at the same path.
func TestUnorderedSortsLeaves(t *testing.T) {
	t.Parallel()
	u := NewUnordered(Options{})
	text := func(record string) []string {
		_, leaves, _ := u.Recognise([]byte(record))
		var out []string
		for _, l := range leaves {
			out = append(out, record[l.Start:l.End])
		}
		return out
	}
	want := []string{"1", "x", "true", "2", "3", "{}"}
	for _, record := range []string{
		`{"a":1,"b":{"c":"x","d":true},"l":[2,3,{}]}`,
		`{"l":[2,3,{}],"b":{"d":true,"c":"x"},"a":1}`,
		` { "b" : { "c" : "x" , "d" : true } , "l" : [ 2 , 3 , {} ] , "a" : 1 } `,
	} {
		if diff := cmp.Diff(want, text(record)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", record, diff)
		}
	}
}

// Where the order may count, nothing is recognised.
func TestUnorderedKnowsItsLimits(t *testing.T) {
	t.Parallel()
	for _, record := range []string{
		`{"a":1,"a":2}`, `{"a":{"b":1},"a":{"c":2}}`, `{"a":1,"\u0061":2}`, `[{"a":[]},{"a":1,"a":[]}]`, "{\"\xff\":1}", `{`, `{"a"`, `{"a":`, `[1,`, ``, `"x`,
	} {
		if id, leaves, _ := NewUnordered(Options{}).Recognise([]byte(record)); id != Unknown || leaves != nil {
			t.Errorf("%s has id %d", record, id)
		}
	}
}

// What is remembered is bounded, whatever comes.
func TestUnorderedIsBounded(t *testing.T) {
	t.Parallel()
	u := NewUnordered(Options{MaxNodes: 1000})
	for i := range 50_000 {
		_, _, _ = u.Recognise(fmt.Appendf(nil, `{"a":1,"field%d":{"x%d":"y","l":[1,2,%d]}}`, i, i%7, i))
	}
	if len(u.paths.nodes) > 1001 || len(u.shapes) > 16_000 || u.left < 0 {
		t.Errorf("%d paths, %d shapes, %d leaves left", len(u.paths.nodes), len(u.shapes), u.left)
	}
	if id, _, _ := u.Recognise([]byte(`{"field0":{"l":[1,2,0],"x0":"y"},"a":1}`)); id != 0 {
		t.Errorf("the first record has id %d now", id)
	}
}

func TestUnorderedAllocatesNothing(t *testing.T) {
	u := NewUnordered(Options{})
	record := []byte(`{"a":1,"b":{"c":"x","d":true},"l":[2,3,{}]}`)
	if n := testing.AllocsPerRun(100, func() { _, _, _ = u.Recognise(record) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzUnordered(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":[{"c":"x"},[]]}`, `{"a":1,"a":2}`, `[[1],2]`, `{"":null}`, `1`} {
		f.Add([]byte(seed))
	}
	s, u := NewScanner(Options{}), NewUnordered(Options{})
	f.Fuzz(func(t *testing.T, record []byte) {
		_, written, err := s.Scan(record)
		id, leaves, order := u.Recognise(record) // never panics, sound or not
		if err != nil || id == Unknown || written == nil {
			return
		}
		if len(leaves) != len(written) {
			t.Fatalf("%d leaves, want %d", len(leaves), len(written))
		}
		for i := range leaves {
			if leaves[i] != written[order[i]] {
				t.Fatalf("leaf %d is %v, want %v", i, leaves[i], written[order[i]])
			}
		}
	})
}
