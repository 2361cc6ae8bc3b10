package telemetry

import (
	"fmt"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	jsonshape "github.com/socctl/socctl/evaluator/shape"
)

// memoryColumn is a column of a batch in memory.
type memoryColumn struct {
	kind  jsonshape.Kind
	n     uint32
	dict  *evaluator.Dictionary
	code  map[string]uint32
	codes []uint32
	grams *evaluator.Grams
}

func (c *memoryColumn) Kind() jsonshape.Kind                       { return c.kind }
func (c *memoryColumn) Number() uint32                             { return c.n }
func (c *memoryColumn) Dictionary() (*evaluator.Dictionary, error) { return c.dict, nil }

func (c *memoryColumn) AppendCodes(to []uint32, rows []int32) ([]uint32, error) {
	for _, row := range rows {
		to = append(to, c.codes[row])
	}
	return to, nil
}

// Grams are those of all texts, although columns of so few would not have any.
func (c *memoryColumn) Grams() *evaluator.Grams {
	if c.grams == nil {
		c.grams = evaluator.NewGrams()
		for _, text := range c.dict.Texts {
			c.grams.Add(text)
		}
	}
	return c.grams
}

func (c *memoryColumn) add(text string) {
	c.grams = nil
	code, ok := c.code[text]
	if !ok {
		code = uint32(len(c.dict.Texts))
		c.code[text] = code
		c.dict.Texts = append(c.dict.Texts, text)
	}
	c.codes = append(c.codes, code)
}

// memoryBatch is records of one shape.
type memoryBatch struct {
	columns []*memoryColumn
	values  []evaluator.Value
}

// batches sorts records by their shapes.
type batches struct {
	structures structures
	byShape    map[int]*memoryBatch
}

// add adds a record; false if its shape is not known.
func (b *batches) add(v evaluator.Value) bool {
	id := b.structures.take(v)
	if id < 0 {
		return false
	}
	if b.byShape == nil {
		b.byShape = map[int]*memoryBatch{}
	}
	m := b.byShape[id]
	if m == nil {
		m = &memoryBatch{columns: make([]*memoryColumn, len(b.structures.leaves))}
		for i, l := range b.structures.leaves {
			if l.Kind > jsonshape.Bool {
				continue
			}
			m.columns[i] = &memoryColumn{kind: l.Kind, dict: &evaluator.Dictionary{}, code: map[string]uint32{}}
		}
		b.byShape[id] = m
	}
	m.values = append(m.values, v)
	for i, l := range b.structures.leaves {
		if m.columns[i] != nil {
			m.columns[i].add(string(b.structures.data[l.Start:l.End]))
		}
	}
	return true
}

// match matches all batches, and returns what each value matched, in no order.
func (b *batches) match(t *testing.T, records *evaluator.Records, n *Normaliser) map[string]int {
	t.Helper()
	out, values := map[string]int{}, map[*evaluator.Batch][]evaluator.Value{}
	var all []*evaluator.Batch
	columns := uint32(0)
	for id, m := range b.byShape {
		batch := &evaluator.Batch{Shape: id, Event: func(row int, trace *evaluator.Trace) (evaluator.Routed, error) {
			v := m.values[row]
			if trace != nil {
				v = trace.Value(v)
			}
			return n.Event(Record{Source: "x", Value: v}), nil
		}}
		for _, c := range m.columns {
			if c == nil {
				batch.Leaves = append(batch.Leaves, nil)
				continue
			}
			c.n = columns
			columns++
			batch.Leaves = append(batch.Leaves, c)
		}
		for row := range m.values {
			batch.Rows = append(batch.Rows, int32(row))
		}
		values[batch] = m.values
		all = append(all, batch)
	}
	err := records.MatchBatches(all, nil, func(b *evaluator.Batch, row int, matches []evaluator.Match, stopped []evaluator.Suppression) {
		out[batchLine(values[b][row], matches, stopped)]++
	})
	if err != nil {
		t.Fatal(err)
	}
	b.byShape = nil
	return out
}

func batchLine(v evaluator.Value, matches []evaluator.Match, stopped []evaluator.Suppression) string {
	var b strings.Builder
	for _, m := range matches {
		fmt.Fprintf(&b, "%s %s;", m.Rule.Hash, m.View)
	}
	for _, s := range stopped {
		fmt.Fprintf(&b, "not %s %s;", s.Rule.Hash, s.View)
	}
	return b.String() + v.Text()
}

// A batch of recorded events matches what the events match.
func TestBatchOnCorpus(t *testing.T) {
	t.Parallel()
	p, _ := compiler.Compile(corpus.Rules(t), compiler.Options{})
	n := NewNormaliser(nil)
	records, plain := evaluator.New(p).Records(), evaluator.New(p)
	events, matched := 0, 0
	var b batches
	for _, folder := range []string{"evtx/EVTX-ATTACK-SAMPLES", "evtx/DeepBlueCLI", "sigma/regression_data", "windows-json", "network", "web", "cloud"} {
		want := map[string]int{}
		check := func() {
			got := b.match(t, records, n)
			for line, count := range want {
				if got[line] != count {
					t.Fatalf("%s: %d times, want %d: %.3000s", folder, got[line], count, line)
				}
			}
			if len(got) != len(want) {
				for line := range got {
					if want[line] == 0 {
						t.Fatalf("%s: %d different matches, want %d; not wanted: %.3000s", folder, len(got), len(want), line)
					}
				}
			}
			clear(want)
		}
		read := 0
		for record, err := range Read(t.Context(), []string{corpus.Path(t, folder)}, ReadOptions{}) {
			if err != nil {
				continue
			}
			if read++; read > 6000 && read%17 != 0 {
				continue
			}
			if !b.add(record.Value) {
				continue
			}
			events++
			matches := plain.Match(n.Event(Record{Source: "x", Value: record.Value}))
			if len(matches)+len(plain.Suppressed()) > 0 {
				want[batchLine(record.Value, matches, plain.Suppressed())]++
				matched++
			}
			if len(b.byShape) > 0 && events%5000 == 0 {
				check()
			}
		}
		check()
	}
	t.Logf("%d events, %d match, %+v", events, matched, records.Statistics())
	if events < 10_000 || matched < 1000 {
		t.Errorf("%d events, of which %d match", events, matched)
	}
}
