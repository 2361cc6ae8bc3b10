package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
)

// agreement reads a log and renders each record in two more ways: with the
// general renderer and with the reference. All three must agree on the value,
// or that there is none.
type agreement struct {
	reader    Reader
	general   decoder
	reference *binXML
	records   int
	planned   int // records that a plan rendered
}

func (a *agreement) check(t testing.TB, data []byte) {
	t.Helper()
	if a.reference == nil {
		a.reference = newBinXML()
	}
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
		return true
	})
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
	t.Logf("%d records, %d with a plan", a.records, a.planned)
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
	t.Logf("%d records, %d with a plan", a.records, a.planned)
}

// firstChunk cuts a log behind its first chunk and zeroes the header's count.
func firstChunk(data []byte) []byte {
	return bytes.Clone(data[:min(len(data), headerBlock+chunkSize)])
}
