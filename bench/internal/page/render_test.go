package page

import (
	"bytes"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/bench/internal/agree"
)

var update = flag.Bool("update", false, "write the golden page anew")

func result() *Result {
	return &Result{
		Date: "2026-03-02", Command: "go run ./bench -lanes fleet", Machine: Machine{"Some CPU", 2, "linux/amd64", "go1.26.8"}, Rules: 3755, Without: 25, Runs: 3, Revision: "0123abc",
		Engines: []Engine{{Name: "socctl", How: "`socctl eval`"}, {Name: "other", Version: "v1.2.3", How: "library, routed", Rules: 3743, Refused: 12}},
		Absent:  []Absent{{"hayabusa", "it is not on the PATH; name it with -bin hayabusa=PATH"}},
		Lanes: []Lane{{Name: "fleet", Title: "a working week", Events: 10000, Bytes: 5_000_000,
			Rows: []Row{
				{Engine: "socctl", Every: 1, Events: 10000, Core: Spread{5012.4, 4990, 5100}, Wall: Spread{6000, 6000, 6000}, Bytes: 2.5e6, Load: Spread{1.25, 1.2, 1.3}, Ratio: 1, Against: "socctl",
					Allocs: 0.034, Peak: 180_000_000, Matches: 12, Caches: map[string]float64{"values": 0.974}},
				{Engine: "other", Every: 100, Events: 100, Core: Spread{17.25, 17, 18}, Wall: Spread{17, 17, 17}, Ratio: 290.6, Against: "socctl", Allocs: -1, Matches: 9, Reference: "socctl",
					Differences: []agree.Difference{{Rule: "1", Title: "A | B", Ours: 3, Reason: "not loaded by it"}, {Rule: "2", Title: "C", Ours: 1, Theirs: 2}}},
			},
			Floors: []Row{{Engine: "validate", Core: Spread{250_000, 250_000, 250_000}, Bytes: 125e6, Ratio: 0.02}},
		}, {Name: "recordings", Title: "recorded events", Events: 1000, Bytes: 1_000_000,
			Rows: []Row{
				{Engine: "library", Every: 1, Core: just(50_000), Ratio: 1, Against: "library", Allocs: -1},
				{Engine: "sigma-go", Every: 1, Core: just(100), Ratio: 500, Against: "library", Allocs: -1},
				{Engine: "sigmalite", Every: 1, Core: just(1000), Ratio: 50, Against: "library", Allocs: -1},
				{Engine: "rsigma", Every: 1, Core: just(5000), Ratio: 9, Against: "socctl", Allocs: -1},
			},
			Floors: []Row{{Engine: scanFloor, Core: just(125_000), Ratio: 0.4}, {Engine: tokensFloor, Core: just(75_000), Ratio: 0.6}},
		}, {Name: "cisco_syslog", Title: "commands",
			Rows:   []Row{{Engine: "rsigma", Every: 1, Core: just(5000), Ratio: 4.5, Against: "socctl", AlsoRatio: 10.5, Also: "socctl-brief", Allocs: -1}},
			Floors: []Row{{Engine: scanFloor, Core: just(400_000), Ratio: 0.1}, {Engine: outputFloor + "socctl", Core: just(100_000), Ratio: 0.3, Against: "socctl"}},
		}, {Name: "evtx", Title: "event logs", Bytes: 10, Rows: []Row{{Engine: "socctl", Every: 1, Allocs: -1},
			{Engine: "other", Every: 1, Core: just(20_000), Wall: just(30_000), Load: just(1.5), Short: true, Against: "socctl", Allocs: -1}}}},
		Growth: growth(),
		Cores: []CoresLane{
			{Name: "fleet", Events: 10000, Rows: []CoresRow{{Workers: 1, Held: true, Rate: just(40_000), Busy: 0.98, Peak: 200e6}, {Workers: 2, Held: true, Rate: just(75_000), Busy: 1.97, Peak: 400e6}, {Workers: 1, Rate: just(50_000), Busy: 1.5},
				{Workers: 2, Rate: Spread{95_000, 90_000, 99_000}, Busy: 1.96}, {Workers: 4, Rate: just(75_000), Busy: 3}}},
			{Name: "defeated", Rows: []CoresRow{{Workers: 1, Held: true, Rate: just(40_000), Busy: 0.5}, {Workers: 1, Rate: just(50_000), Busy: 0.7}, {Workers: 2, Rate: just(60_000), Busy: 0.9}}},
			{Name: "evtx", Rows: []CoresRow{{Workers: 1, Held: true}, {Workers: 1, Rate: just(50_000), Short: true}, {Workers: 2, Rate: just(90_000), Short: true}}},
		},
		Recorded: []RecordedLane{{Name: "fleet", Rows: []RecordedRow{{Events: 10000, Rules: 10, Stream: just(0.5), Replay: Spread{0.01, 0.009, 0.02}, Matches: 3}, {Events: 100000, Rules: 10, Stream: just(5), Replay: just(0.02), Matches: 30, Fresh: 0.014}, {Events: 100000, Rules: 3755, Stream: just(5), Replay: just(1), Matches: 30}}}, {Name: recordingsLane, Rows: []RecordedRow{{Events: 5, Rules: 3755, Stream: just(5), Replay: just(1), Matches: 30}}}},
	}
}

func growth() *Growth {
	return &Growth{
		Sizes: []Size{
			{Times: 1, Rules: 3755, Predicates: 30_000, Parse: Took{just(0.5), just(0.3)}, Compile: Took{just(0.25), just(0.125)}, Documents: 20e6, Program: 45e6},
			{Times: 10, Rules: 37_550, Predicates: 290_000, Parse: Took{just(5), just(3)}, Compile: Took{Spread{1.75, 1.5, 2}, just(1)}, Prepare: Took{just(0.25), just(0.25)}, Documents: 100e6, Program: 199e6},
		},
		Lanes: []GrownLane{{Name: "fleet", Events: 10000, Rows: []GrownRow{
			{Times: 1, Event: just(8e-6), Later: just(4e-6), Peak: 200e6, Heap: 100e6, Allocs: 1.5, Matches: 7},
			{Times: 4, Event: Spread{12e-6, 11e-6, 13e-6}, Later: just(5e-6), Peak: 500e6, Heap: 300e6, Allocs: 1.5, Matches: 8},
			{Times: 10, Event: just(20e-6), Peak: 1400e6, Heap: 900e6, Allocs: 2, Matches: 9},
		}}},
	}
}

func just(f float64) Spread { return Spread{f, f, f} }

func TestPage(t *testing.T) {
	var got bytes.Buffer
	if err := Render(&got, result()); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/page.golden"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("with -update the page is written anew:\n%s", diff)
	}
}

func TestNumbers(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 12: "12", 1234567: "1,234,567", 1234.6: "1,235", 12.34: "12.3", 1.234: "1.23", 0.034: "0.03", 0.00123: "0.0012"} {
		if got := number(f); got != want {
			t.Errorf("number(%v) = %s, want %s", f, got, want)
		}
	}
}

func TestSpread(t *testing.T) {
	if got, want := SpreadOf([]float64{4, 1, 3}), (Spread{3, 1, 4}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := SpreadOf([]float64{4, 2}), (Spread{3, 2, 4}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := Rates(10, []time.Duration{time.Second, 2 * time.Second, 0}), (Spread{7.5, 5, 10}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestUnexplained(t *testing.T) {
	if got := Unexplained(result()); len(got) != 1 || got[0].Title != "C" {
		t.Errorf("%v", got)
	}
}

func TestMerge(t *testing.T) {
	first, second := result(), result()
	first.Growth, first.Cores = nil, nil
	first.Lanes[0].Rows = first.Lanes[0].Rows[1:]
	first.Engines = first.Engines[1:]
	first.Absent = append(first.Absent, Absent{"socctl on fleet", "it failed"})
	second.Lanes[0].Rows, second.Lanes[0].Floors, second.Engines = second.Lanes[0].Rows[:1], nil, second.Engines[:1]
	second.Lanes[0].Rows[0].Core.Median = 34.5
	got := Merge(first, second)
	lane := got.Lanes[0]
	if len(lane.Rows) != 2 || lane.Rows[0].Engine != "socctl" || lane.Rows[1].Ratio != 2 || lane.Floors[0].Ratio != 34.5/250_000 {
		t.Errorf("rows %+v, floors %+v", lane.Rows, lane.Floors)
	}
	if got.Growth == nil || len(got.Cores) != 3 {
		t.Errorf("growth %v, cores %v", got.Growth, got.Cores)
	}
	if len(got.Engines) != 2 || len(got.Absent) != 1 || got.Command != "go run ./bench -lanes fleet\n$ go run ./bench -lanes fleet" {
		t.Errorf("%d engines, absent %v, command %s", len(got.Engines), got.Absent, got.Command)
	}
}
