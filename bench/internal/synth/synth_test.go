package synth

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/socctl/socctl/bench/internal/rulefiles"
	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/telemetry"
	"github.com/socctl/socctl/rules"
)

// some of the recordings: of several shapes, domains and roles, and of a cloud.
var some = []string{"covenant_dcom_executeexcel4macro", "empire_launcher_vbs", "psh_python_webserver", "splunk-attack-range-T1047", "empire_invoke_runas",
	"empire_shell_rubeus_asktgt_ptt", "aptsimulator", "proxylogon", "rdp_interactive", "aws.", "218007301253_CloudTrail_us-east-1_20230710T1215Z"}

var loadSome = sync.OnceValues(func() (*Library, error) {
	return Load(context.Background(), Source{Data: dataFolder, Only: some})
})

var dataFolder string

// shared returns the library of some shared recordings.
func shared(t testing.TB) *Library {
	t.Helper()
	dataFolder = corpus.Path(t, "")
	l, err := loadSome()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var small = Options{Days: 8, Hosts: 40, Seed: 7, Events: 30_000, Episodes: 12, Noise: 40_000, Chatter: 4_000, Software: 30_000}

func written(t testing.TB, l *Library, o Options) ([]byte, *Truth) {
	t.Helper()
	var out bytes.Buffer
	truth, err := l.Write(context.Background(), &out, o)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), truth
}

// The bytes of the shared recordings' fleet are checked in one test, so that it is
// made once.
func TestFleet(t *testing.T) {
	l := shared(t)
	events, truth := written(t, l, small)
	t.Run("events", func(t *testing.T) {
		if n := bytes.Count(events, []byte{'\n'}); int64(n) != small.Events {
			t.Errorf("%d events, want %d", n, small.Events)
		}
		checkOrder(t, events)
	})
	t.Run("truth", func(t *testing.T) { checkTruth(t, l, events, truth) })
	t.Run("noise", func(t *testing.T) { checkNoise(t, events, truth) })
	t.Run("names", func(t *testing.T) { checkNames(t, events) })
	t.Run("again", func(t *testing.T) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
		again, _ := written(t, l, small)
		if sha256.Sum256(events) != sha256.Sum256(again) {
			t.Error("the same seed wrote other bytes")
		}
		other := small
		other.Seed++
		if again, _ := written(t, l, other); bytes.Equal(events, again) {
			t.Error("another seed wrote the same bytes")
		}
	})
}

// A library that is loaded anew gives the same bytes too.
func TestLoadIsDeterministic(t *testing.T) {
	data := corpus.Path(t, "")
	var sums [2][32]byte
	for i := range sums {
		l, err := Load(context.Background(), Source{Data: data, Only: some[:3]})
		if err != nil {
			t.Fatal(err)
		}
		events, _ := written(t, l, Options{Days: 1, Hosts: 10, Events: 2000, Episodes: 2, Noise: 50_000})
		sums[i] = sha256.Sum256(events)
	}
	if sums[0] != sums[1] {
		t.Error("two loads of the same data differ")
	}
}

// checkOrder checks that every line is an object, of the fleet's domain, and that
// times never go back.
func checkOrder(t *testing.T, events []byte) {
	normaliser := telemetry.NewNormaliser(nil)
	var last time.Time
	n := 0
	for record, err := range telemetry.Read(context.Background(), []string{"-"}, telemetry.ReadOptions{Stdin: bytes.NewReader(events)}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		at, field, ok := normaliser.Event(record).Time()
		if !ok || at.Before(last) {
			t.Fatalf("event %d: %v (%s, %t) comes behind %v", n, at, field, ok, last)
		}
		last = at
	}
	for line := range bytes.Lines(events) {
		if !json.Valid(line) {
			t.Fatalf("no JSON: %s", line)
		}
		if bytes.Contains(line, []byte(`"Channel"`)) && !bytes.Contains(line, []byte("."+domainDNS)) {
			t.Fatalf("a machine that is not of the fleet: %s", line)
		}
	}
}

// hit is a match of a rule.
type hit struct {
	rule, host string
	at         time.Time
}

func hits(t *testing.T, p *compiler.Program, events []byte) (out []hit) {
	t.Helper()
	normaliser := telemetry.NewNormaliser(nil)
	stream := telemetry.NewStream(normaliser, evaluator.New(p))
	for record, err := range telemetry.Read(context.Background(), []string{"-"}, telemetry.ReadOptions{Stdin: bytes.NewReader(events), Raw: true}) {
		if err != nil {
			t.Fatal(err)
		}
		matches, _, err := stream.Match(record)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range matches {
			event, err := stream.Event()
			if err != nil {
				t.Fatal(err)
			}
			at, _, _ := event.Time()
			host, _ := event.Field("Computer")
			out = append(out, hit{m.Rule.ID, host.Text(), at})
		}
	}
	return out
}

// within reports whether a line of the truth can be about a match.
func (l *Line) about(t *testing.T, h hit) bool {
	from, err := time.Parse(time.RFC3339Nano, l.From)
	if err != nil {
		t.Fatal(err)
	}
	to, err := time.Parse(time.RFC3339Nano, l.To)
	if err != nil {
		t.Fatal(err)
	}
	return !h.at.Before(from) && !h.at.After(to) && (h.host == "" || strings.Contains(strings.Join(l.Hosts, " "), h.host))
}

// There is something of every kind, and every match is one that the truth states, with its rule, host and time, and
// together they are as many as stated.
func checkTruth(t *testing.T, l *Library, events []byte, truth *Truth) {
	kinds := map[string]int{}
	for _, line := range truth.Lines {
		kinds[line.Kind]++
	}
	for _, kind := range []string{KindEpisode, KindNoise, KindChatter, KindRollout, KindSoftware, KindJob} {
		if kinds[kind] == 0 {
			t.Errorf("there is no %s", kind)
		}
	}
	if kinds[KindEpisode] != small.Episodes || kinds[KindAbout] != 1 || truth.Lines[0].Kind != KindAbout {
		t.Errorf("kinds of lines: %v", kinds)
	}
	checkMatches(t, l, events, truth)
}

func checkMatches(t *testing.T, l *Library, events []byte, truth *Truth) {
	got, want := map[string]int64{}, map[string]int64{}
	for _, line := range truth.Lines {
		for rule, n := range line.Matches {
			want[rule] += n
		}
	}
	for _, h := range hits(t, l.Program, events) {
		got[h.rule]++
		stated := false
		for i := range truth.Lines {
			stated = stated || truth.Lines[i].Matches[h.rule] > 0 && truth.Lines[i].about(t, h)
		}
		if !stated {
			t.Errorf("rule %s matches on %s at %v, which the truth does not say", h.rule, h.host, h.at)
		}
	}
	for rule, n := range want {
		if got[rule] != n {
			t.Errorf("rule %s matches %d times, stated are %d", rule, got[rule], n)
		}
	}
}

// Without their exclusions, rules match all the noise that was made for them.
func checkNoise(t *testing.T, events []byte, truth *Truth) {
	stripped := withoutExclusions(t)
	got := map[string]int64{}
	for _, h := range hits(t, stripped, events) {
		for i := range truth.Lines {
			if l := &truth.Lines[i]; l.Suppressed[h.rule] > 0 && l.about(t, h) {
				got[h.rule]++
			}
		}
	}
	known := map[string]bool{}
	for _, r := range stripped.Rules {
		known[r.ID] = true
	}
	checked, events_ := 0, int64(0)
	for _, l := range truth.Lines {
		for rule, n := range l.Suppressed {
			events_ += n
			if !known[rule] {
				continue
			}
			checked++
			if got[rule] < n {
				t.Errorf("without its exclusions, rule %s matches %d events of its noise, stated are %d", rule, got[rule], n)
			}
		}
	}
	if want := small.Events * small.Noise / 1_000_000; events_ < want*9/10 || events_ > want {
		t.Errorf("%d events of noise, asked for are %d", events_, want)
	}
	if checked < 100 {
		t.Errorf("only %d rules were checked", checked)
	}
}

var exclusion = regexp.MustCompile(`(?m)^(\s+condition: [^()\n|]*?) and not [^()\n|]*$`)

// withoutExclusions compiles the public rules of which the condition ends in what
// is excluded, without that.
func withoutExclusions(t *testing.T) *compiler.Program {
	t.Helper()
	files, err := rulefiles.Read(corpus.Path(t, rulefiles.Public))
	if err != nil {
		t.Fatal(err)
	}
	set := &rules.Set{}
	for name, text := range files {
		changed := exclusion.ReplaceAll(text, []byte("$1"))
		if bytes.Equal(changed, text) {
			continue
		}
		docs, diags := rules.Parse(name, changed)
		if diags.Err() != nil {
			continue
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	p, _ := compiler.Compile(set, compiler.Options{})
	return p
}

// No machine, person or domain of a recording is left, neither in fields nor within
// messages.
func checkNames(t *testing.T, events []byte) {
	var names []string
	seen := map[string]bool{}
	for _, file := range recordingFiles(t) {
		for record, err := range telemetry.Read(context.Background(), []string{file}, telemetry.ReadOptions{}) {
			if err != nil {
				continue
			}
			for _, name := range []string{"Hostname", "computer_name", "Computer"} {
				v, ok := record.Value.Field(name)
				if short, _, _ := strings.Cut(v.Text(), "."); ok && short != "" && !seen[short] {
					seen[short] = true
					names = append(names, short)
				}
			}
		}
	}
	names = append(names, "theshire", "shire", "azsentinel", "attackrange", "pgustavo", "nmartha", "wardog", "APT-Simulator", "S-1-5-21-3940915590-64593676-1414006259")
	n := 0
	for line := range bytes.Lines(events) {
		folded := bytes.ToLower(line)
		for _, name := range names {
			if at := standsIn(folded, strings.ToLower(name)); at >= 0 {
				if n++; n <= 5 {
					t.Errorf("%s is left in %s", name, line[max(0, at-100):min(len(line), at+100)])
				}
			}
		}
	}
	if n > 0 || len(names) < 15 {
		t.Errorf("%d lines with names of recordings, of %d", n, len(names))
	}
}

// standsIn returns where a word stands in a text of JSON, -1 if it does not.
func standsIn(text []byte, word string) int {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(word))
		if i < 0 {
			return -1
		}
		i += from
		from = i + 1
		end := i + len(word)
		escaped := i >= 2 && text[i-2] == '\\' && bytes.IndexByte([]byte("nrt"), text[i-1]) >= 0
		if (i == 0 || !isAlnum(text[i-1]) || escaped) && (end == len(text) || !isAlnum(text[end])) {
			return i
		}
	}
}

func recordingFiles(t *testing.T) []string {
	t.Helper()
	files, err := Source{Data: corpus.Path(t, ""), Only: some}.files()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		if strings.Contains(filepath.ToSlash(f), "/windows-json/") {
			out = append(out, f)
		}
	}
	return out
}

// People work in shifts and rest on weekends.
func TestRhythm(t *testing.T) {
	events, _ := written(t, shared(t), small)
	days := make([]int, small.Days)
	normaliser := telemetry.NewNormaliser(nil)
	for record, err := range telemetry.Read(context.Background(), []string{"-"}, telemetry.ReadOptions{Stdin: bytes.NewReader(events)}) {
		if err != nil {
			t.Fatal(err)
		}
		event := normaliser.Event(record)
		at, _, _ := event.Time()
		if host, _ := event.Field("Computer"); strings.HasPrefix(host.Text(), "WKS") {
			days[int(at.Sub(DefaultStart).Hours())/24]++
		}
	}
	for weekend := 5; weekend < 7; weekend++ {
		if days[weekend]*2 > days[1] {
			t.Errorf("events of workstations by day: %v", days)
		}
	}
}

// A version runs on no machine before it has arrived there, and on all in the end.
func TestRollout(t *testing.T) {
	_, truth := written(t, shared(t), small)
	whole := 0
	for _, l := range truth.Lines {
		if l.Kind == KindRollout && l.HostCount == small.Hosts {
			whole++
		}
	}
	if whole < 3 {
		t.Errorf("%d versions have arrived everywhere", whole)
	}
	f := newFleet(20, 1, false)
	o := Options{Days: 10, Hosts: 20, Start: DefaultStart}
	p := newPlan(&Library{software: []release{{product: 1}}}, f, &ledger{hosts: len(f.hosts)}, &o)
	for host := range int32(20) {
		at := p.arrival(1, 0, host)
		if before, after := p.version(1, host, at-1), p.version(1, host, at); before != "4.0.0" || after != "4.1.100" {
			t.Errorf("host %d: %s became %s", host, before, after)
		}
	}
}

func TestOptions(t *testing.T) {
	good := Options{Days: 1, Hosts: 1, Events: 1}
	for name, change := range map[string]func(*Options){
		"days": func(o *Options) { o.Days = 0 }, "hosts": func(o *Options) { o.Hosts = maxHosts + 1 }, "events": func(o *Options) { o.Events = 0 },
		"shares": func(o *Options) { o.Noise, o.Chatter = 600_000, 600_000 }, "start": func(o *Options) { o.Start = DefaultStart.Add(time.Hour) },
	} {
		o := good
		if change(&o); o.check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := good.check(); err != nil || !good.Start.Equal(DefaultStart) {
		t.Errorf("%v, %v", err, good.Start)
	}
}

// What is planned alone may be more than was asked for.
func TestTooFewEvents(t *testing.T) {
	o := small
	o.Events = 10
	if _, err := shared(t).Write(context.Background(), &bytes.Buffer{}, o); err == nil || !strings.Contains(err.Error(), "too few") {
		t.Error(err)
	}
}

func BenchmarkWrite(b *testing.B) {
	l := shared(b)
	o := Options{Days: 14, Hosts: 200, Seed: 7, Events: 100_000, Episodes: 28, Noise: DefaultNoise, Chatter: DefaultChatter, Software: DefaultSoftware}
	for b.Loop() {
		var size countingWriter
		if _, err := l.Write(context.Background(), &size, o); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(size))
	}
	b.ReportMetric(float64(o.Events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

type countingWriter int64

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}
