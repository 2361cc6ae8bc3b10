package shape

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
)

// TestDamagedRecords changes some bytes of generated records: what is left is
// accepted if encoding/json does, with the same leaves, by scanners that know
// the record as it was, with more room or less.
func TestDamagedRecords(t *testing.T) {
	t.Parallel()
	scanners := []*Scanner{NewScanner(Options{}), NewScanner(Options{MaxNodes: 300}), NewScanner(Options{MaxNodes: 1})}
	const marks = "{}[]\",:\\x0 \n\x00\x1f\xc3\xa9-.eutfn\x7f\x80"
	sound := 0
	for i := range uint64(damages) {
		g := &generator{structure: rand.New(rand.NewPCG(i%1000, 2)), texts: rand.New(rand.NewPCG(i, 3))}
		record := g.record()
		s := scanners[i%3]
		check(t, s, record)
		for range 1 + g.chance(3) {
			record[g.chance(len(record))] = marks[g.chance(len(marks))]
		}
		if g.chance(4) == 0 {
			record = record[:g.chance(len(record))]
		}
		check(t, s, record)
		var syntax *SyntaxError
		if _, _, err := s.Scan(record); err == nil {
			sound++
		} else if !errors.As(err, &syntax) || syntax.Offset > len(record) || json.Valid(append(record[:syntax.Offset:syntax.Offset], "!"...)) {
			t.Fatalf("%q: %v", record, err)
		}
	}
	if sound == 0 {
		t.Error("nothing but damage")
	}
}
