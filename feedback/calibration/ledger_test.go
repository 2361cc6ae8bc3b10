package calibration

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

func alerts(from, to int) []string {
	var out []string
	for n := from; n < to; n++ {
		out = append(out, fmt.Sprintf("sha256:%04d", n))
	}
	return out
}

func sequence(clause string, alerts []string) Sequence {
	return Sequence{Error: 0.05, Tests: []Test{{clause, alerts}}}
}

// TestAlertsTestOnce: what tested one exclusion counts for no other, and for the same
// one again.
func TestAlertsTestOnce(t *testing.T) {
	ledger := New(nil)
	run := func(day int, s Sequence) (counted int) {
		r := ledger.Rule("r", now.AddDate(0, 0, day))
		for i, of := range r.Counted(s) {
			s.Tests[i].Alerts = of
			counted += len(of)
		}
		r.Spend(s)
		var all []Record
		for _, old := range ledger.records {
			all = append(all, *old)
		}
		ledger = New(append(all, r.Added()...))
		return counted
	}
	for i, tt := range []struct {
		s    Sequence
		want int
	}{
		{sequence("a", alerts(0, 60)), 60},  // the first run
		{sequence("a", alerts(0, 60)), 60},  // the same once more
		{sequence("b", alerts(0, 60)), 0},   // another on the same alerts
		{sequence("b", alerts(0, 100)), 40}, // and on those that are new
		{sequence("a", alerts(0, 60)), 60},  // the first is as it was
		{sequence("a", alerts(0, 110)), 70}, // and goes on, without what b has spent
		{sequence("a", alerts(0, 40)), 0},   // but not with some taken away
		{sequence("c", alerts(105, 120)), 10},
		{Sequence{Error: 0.05, Tests: []Test{{"a", alerts(0, 60)}, {"d", alerts(200, 210)}}}, 70}, // a sequence that was tested up to a, and now further
		{Sequence{Error: 0.05, Tests: []Test{{"d", alerts(200, 210)}, {"a", alerts(0, 60)}}}, 0},  // the other way round it is another
		{Sequence{Error: 0.01, Tests: []Test{{"a", alerts(0, 60)}}}, 60},                          // who allows less error asks for more
		{Sequence{Error: 0.06, Tests: []Test{{"a", alerts(0, 60)}}}, 0},                           // and who allows more gets nothing
	} {
		if got := run(i, tt.s); got != tt.want {
			t.Errorf("run %d: %d alerts count, want %d", i, got, tt.want)
		}
	}
	if r := ledger.Rule("other", now); r.Tests() != 0 || r.Opened("sha256:0000") {
		t.Error("another rule has tested nothing")
	}
	if r := ledger.Rule("r", now); !r.Opened("sha256:0000") || r.Opened("sha256:0150") || r.Spent("sha256:0150") {
		t.Error("what was tested is not what is told")
	}
}

// TestSecondRunAddsNothing: the same run again leaves the ledger as it is.
func TestSecondRunAddsNothing(t *testing.T) {
	s := sequence("a", alerts(0, 9))
	first := New(nil).Rule("r", now)
	first.Spend(s)
	if first.Spend(s); len(first.Added()) != 1 {
		t.Fatalf("added %v", first.Added())
	}
	second := New(first.Added()).Rule("r", now.AddDate(0, 0, 1))
	if second.Spend(s); len(second.Added()) != 0 || second.Tests() != 1 || !second.Spent("sha256:0003") {
		t.Errorf("the second run adds %v", second.Added())
	}
}

// TestRepeatedTuningStaysHonest tunes the same alerts again and again, each time with
// another exclusion, of which every one hides more attacks than the bound says. With
// the ledger that comes out wrongly as seldom as if it had been done once.
func TestRepeatedTuningStaysHonest(t *testing.T) {
	const worlds, runs, needed, risk = 200, 12, 59, 0.055
	random := rand.New(rand.NewPCG(3, 2026))
	naive, honest := 0, 0
	for range worlds {
		ledger, fooled, wrong := New(nil), false, false
		for n := range runs {
			of := alerts(0, 60) // as the alerts of each exclusion differ, their labels do
			lost := false
			for range of {
				lost = lost || random.Float64() < risk
			}
			r := ledger.Rule("r", now)
			s := sequence(fmt.Sprint(n), of)
			s.Tests[0].Alerts = r.Counted(s)[0]
			fooled = fooled || !lost
			wrong = wrong || !lost && len(s.Tests[0].Alerts) >= needed
			r.Spend(s)
			ledger = New(append(slices.Collect(all(ledger)), r.Added()...))
		}
		if fooled {
			naive++
		}
		if wrong {
			honest++
		}
	}
	if naive < worlds/5 {
		t.Errorf("without a ledger only %d of %d worlds go wrong: the test shows nothing", naive, worlds)
	}
	if honest > worlds*9/100 { // 5 %, and what chance adds in 200 worlds
		t.Errorf("with a ledger %d of %d worlds go wrong", honest, worlds)
	}
	t.Logf("certified wrongly: without a ledger %d, with one %d of %d worlds", naive, honest, worlds)
}

func all(l *Ledger) func(func(Record) bool) {
	return func(yield func(Record) bool) {
		for _, r := range l.records {
			if !yield(*r) {
				return
			}
		}
	}
}

func TestOrderOfLinesDoesNotMatter(t *testing.T) {
	r := New(nil).Rule("r", now)
	for n := range 20 {
		r.Spend(sequence(fmt.Sprint(n%7), alerts(3*n, 3*n+10)))
	}
	asked := []Sequence{sequence("3", alerts(0, 80)), sequence("new", alerts(0, 80)), sequence("5", alerts(45, 70))}
	var want [][][]string
	random := rand.New(rand.NewPCG(1, 1))
	for n := range 10 {
		records := append(slices.Clone(r.Added()), r.Added()[:n]...)
		random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		rule := New(records).Rule("r", now)
		var got [][][]string
		for _, s := range asked {
			got = append(got, rule.Counted(s))
		}
		if n == 0 {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" || rule.Tests() != len(r.Added()) {
			t.Fatal(diff)
		}
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.ndjson")
	r := New(nil).Rule("r", now)
	r.Spend(sequence("Image: \"<script>\n\"", alerts(0, 3)))
	r.Spend(sequence("b", alerts(3, 4)))
	l, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := Read(path)
	for _, x := range r.Added() {
		if err := l.Append(path, []Record{x}); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Append(path, r.Added()); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("a run that read the ledger before: %v", err)
	}
	l, err = Read(path)
	if err != nil || l.Rule("r", now).Tests() != 2 {
		t.Fatal(l, err)
	}
	if l, err := Read(path + ".missing"); err != nil || l.Rule("r", now).Tests() != 0 {
		t.Errorf("one that is not there: %v", err)
	}
	data, _ := os.ReadFile(path)
	good := strings.SplitAfter(string(data), "\n")[0]
	for name, tt := range map[string]struct{ text, want string }{
		"half a line":      {good + good[:40], ":2: no record"},
		"more on a line":   {strings.TrimSpace(good) + good, ":1: there is more"},
		"another schema":   {strings.Replace(good, "/v1", "/v9", 1), `schema "socctl.calibration/v9"`},
		"an unknown field": {strings.Replace(good, `"rule":`, `"rul":`, 1), "unknown field"},
		"no rule":          {strings.Replace(good, `"rule":"r"`, `"rule":""`, 1), "no rule"},
		"an error of 0":    {strings.Replace(good, "0.05", "0", 1), "between 0 and 1"},
		"a digest missing": {strings.Replace(good, `"clauses":[`, `"clauses":["x",`, 1), "2 clauses and 1 digests"},
		"a wrong alert":    {strings.Replace(good, `"alerts":["`, `"alerts":["X`, 1), "hexadecimal"},
		"no UTF-8":         {"\xff\n", "not UTF-8"},
	} {
		if _, err := Decode("c.ndjson", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	if err := os.WriteFile(path, []byte(good+good[:40]), 0o644); err != nil {
		t.Fatal(err)
	}
	l.size = int64(len(good) + 40)
	if err := l.Append(path, r.Added()); err == nil || !strings.Contains(err.Error(), "middle of a line") {
		t.Errorf("behind half a line: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	r := New(nil).Rule("r", now)
	r.Spend(sequence("a", alerts(0, 3)))
	path := filepath.Join(f.TempDir(), "c.ndjson")
	if err := New(nil).Append(path, r.Added()); err != nil {
		f.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	f.Add(data)
	f.Add([]byte(`{"schema":"socctl.calibration/v1","rule":"r","error":0.1,"clauses":["a"],"digests":[""],"alerts":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := Decode("f", data)
		if err != nil {
			return
		}
		rule := New(records).Rule("r", now) // must cope with what was read
		s := sequence("a", alerts(0, 3))
		if got := rule.Counted(s); len(got) != 1 || len(got[0]) > 3 {
			t.Errorf("counted %v", got)
		}
	})
}
