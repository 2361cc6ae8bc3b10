package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/shape"
)

// agreement reads a log and renders each record in two more ways: with the
// general renderer and with the reference. All three must agree on the value,
// or that there is none.
type agreement struct {
	reader    Reader
	lazy      Reader // leaves records unrendered
	renderer  Renderer
	general   decoder
	reference *binXML
	records   int
	planned   int // records that a plan rendered
	left      int // records that were left unrendered
}

func (a *agreement) check(t testing.TB, data []byte) {
	t.Helper()
	if a.reference == nil {
		a.reference, a.lazy.Unrendered = newBinXML(), true
	}
	left := a.leave(t, data)
	chunk := int64(-1)
	a.reader.Read(bytes.NewReader(data), func(record Record, err error) bool {
		offset := record.Offset
		if err != nil {
			var damage *Damage
			if !errors.As(err, &damage) || !strings.HasPrefix(damage.Err.Error(), "event record ") {
				return true
			}
			offset = damage.Offset
		}
		if n := (offset - headerBlock) / chunkSize; n != chunk {
			chunk = n
			a.general.reset(a.reader.chunk)
			a.reference.reset(a.reader.chunk)
		}
		at := int((offset - headerBlock) % chunkSize)
		a.compare(t, at, record, err)
		if err == nil {
			if len(left) == 0 || left[0] != record.Value.Text() {
				t.Fatalf("record at 0x%x:\ngot  %s\nleft unrendered %.1s", at, record.Value.Text(), left)
			}
			left = left[1:]
		}
		return true
	})
	if len(left) > 0 {
		t.Fatalf("%d more records are left unrendered", len(left))
	}
}

// leave reads a log without rendering its records, renders each of them behind, and
// compares the texts of its leaves, and their beginnings, with those of a trace.
func (a *agreement) leave(t testing.TB, data []byte) (texts []string) {
	t.Helper()
	a.lazy.Read(bytes.NewReader(data), func(record Record, err error) bool {
		u := record.Unrendered
		switch {
		case err != nil:
		case u == nil:
			texts = append(texts, record.Value.Text())
		default:
			v := a.renderer.Value(u)
			texts = append(texts, v.Text())
			a.leaves(t, u)
			a.paths(t, u, v, v, nil)
			if a.left++; a.left%3 > 0 {
				u.Release() // others keep their memory
			}
		}
		return true
	})
	return texts
}

// paths compares what is at all paths of a record, and at some that lead nowhere.
func (a *agreement) paths(t testing.TB, u *Unrendered, whole, v evaluator.Value, path []string) {
	t.Helper()
	for _, at := range [][]string{path, append(path[:len(path):len(path)], "nowhere")} {
		want, ok := whole.At(at...)
		if ok = ok && want.Kind() != evaluator.List && want.Kind() != evaluator.Object; !ok {
			want = evaluator.StringValue("")
		}
		if got, found := u.TextAt(at); found != ok || got != want.Text() {
			t.Fatalf("at %q of %s there is %q, %v, want %q, %v", at, whole.Text(), got, found, want.Text(), ok)
		}
	}
	for _, m := range v.Members() {
		a.paths(t, u, whole, m.Value, append(path[:len(path):len(path)], m.Name))
	}
}

func (a *agreement) leaves(t testing.TB, u *Unrendered) {
	t.Helper()
	trace := evaluator.NewTrace()
	next := 0
	var walk func(v evaluator.Value)
	walk = func(v evaluator.Value) {
		for _, item := range v.Items() {
			walk(item)
		}
		for _, m := range v.Members() {
			walk(m.Value)
		}
		leaf, ok := trace.Leaf(v)
		if !ok {
			return
		}
		if leaf != next {
			t.Fatalf("leaf %d comes as number %d", leaf, next)
		}
		next++
		want := v.Text()
		if got := string(a.renderer.AppendText([]byte("x"), u, leaf, math.MaxInt)); got != "x"+want {
			t.Fatalf("leaf %d is %q, want %q", leaf, got, want)
		}
		if form := u.Leaves()[leaf].Form; form&shape.Coded != 0 && strings.Trim(strings.ToLower(want), shape.CodedCharacters) != "" {
			t.Fatalf("leaf %d is %q, which its form %#x cannot be", leaf, want, form)
		}
		most := len(want) / 2
		if got := string(a.renderer.AppendText(nil, u, leaf, most)); len(got) < most || got[:most] != want[:most] {
			t.Fatalf("%d bytes of leaf %d are %q, want those of %q", most, leaf, got, want)
		}
	}
	walk(a.renderer.Traced(u, trace))
	if next != len(u.Leaves()) {
		t.Fatalf("%d leaves of %d", next, len(u.Leaves()))
	}
}

func (a *agreement) compare(t testing.TB, at int, record Record, err error) {
	t.Helper()
	a.records++
	if !a.reader.decoder.odd {
		a.planned++
	}
	start, end := at+recordHeader, at+int(binary.LittleEndian.Uint32(a.reader.chunk[at+4:]))-4
	want, wantErr := a.reference.record(start, end)
	plain, plainErr := a.general.unplanned(start, end)
	if errors.Is(err, errBudget) || errors.Is(wantErr, errBudget) || errors.Is(plainErr, errBudget) {
		return // they count differently
	}
	if (err == nil) != (wantErr == nil) || (err == nil) != (plainErr == nil) {
		t.Fatalf("record at 0x%x: error %v, general %v, reference %v", at, err, plainErr, wantErr)
	}
	if got := record.Value.Text(); err == nil && (got != want.Text() || got != plain.Text()) {
		t.Fatalf("record at 0x%x:\ngot       %s\ngeneral   %s\nreference %s", at, got, plain.Text(), want.Text())
	}
}

// unplanned renders a record in the general way.
func (d *decoder) unplanned(start, end int) (evaluator.Value, error) {
	d.begin()
	c := cursor{chunk: d.chunk, at: start, end: end}
	c.skip(5)
	if c.overread || d.chunk[start] != tokenFragment || d.chunk[start+4] != tokenInstance {
		return d.general(start, end)
	}
	f, err := d.instance(&c, 1)
	if err != nil {
		return evaluator.Value{}, err
	}
	if !c.ended() {
		return d.general(start, end)
	}
	root, err := d.shape(walk{codes: f.template.codes}, f, 1)
	return d.rendered(root), d.overrun(err)
}

// TestAgreement compares plans, the general renderer and the reference on all
// recordings. The Reader is the same for all files, so what it remembers of one
// must not show in another.
func TestAgreement(t *testing.T) {
	var a agreement
	for _, folder := range []string{"evtx", "sigma/regression_data"} {
		for _, file := range logsBelow(t, corpus.Path(t, folder)) {
			before, plannedBefore := a.records, a.planned
			a.check(t, readFile(t, file))
			if n, planned := a.records-before, a.planned-plannedBefore; planned < n {
				t.Logf("%s: %d of %d records without a plan", filepath.Base(file), n-planned, n)
			}
		}
	}
	t.Logf("%d records, %d with a plan, %d left unrendered", a.records, a.planned, a.left)
}

// TestAgreementOnMutations does the same with bytes changed at random.
func TestAgreementOnMutations(t *testing.T) {
	files := logsBelow(t, corpus.Path(t, "sigma/regression_data"))
	random := rand.New(rand.NewPCG(3, 4))
	var a agreement
	for range 2000 {
		data := firstChunk(readFile(t, files[random.IntN(len(files))]))
		mutate(random, data)
		a.check(t, data)
	}
	t.Logf("%d records, %d with a plan, %d left unrendered", a.records, a.planned, a.left)
}

// firstChunk cuts a log behind its first chunk and zeroes the header's count.
func firstChunk(data []byte) []byte {
	return bytes.Clone(data[:min(len(data), headerBlock+chunkSize)])
}
