package attack_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/attack"
	"github.com/socctl/socctl/attack/stix"
)

var update = flag.Bool("update", false, "write the tables of facts anew, from the shared data")

// maxEmbedded is what the facts of all releases may add to a program, in bytes.
const maxEmbedded = 120 << 10

// TestEmbedded checks that what is embedded is the file beside it, small, and
// what is written of the facts that are read of it. With -update it packs the
// file anew.
func TestEmbedded(t *testing.T) {
	const path = "facts/enterprise.tsv"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		pack(t, path+".gz", text)
	}
	packed, err := os.ReadFile(path + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, text) {
		t.Errorf("%s.gz is not %s compressed (error %v)", path, path, err)
	}
	license, err := os.ReadFile("facts/LICENSE.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the facts have %d bytes, compressed %d, and the license %d", len(text), len(packed), len(license))
	if total := len(packed) + len(license); total > maxEmbedded {
		t.Errorf("%d bytes are embedded, want at most %d", total, maxEmbedded)
	}
	var all [][]string
	for _, release := range attack.Releases() {
		all = append(all, lines(t, load(t, release)))
	}
	if diff := cmp.Diff(merge(all), string(text)); diff != "" {
		t.Errorf("%s is not what is written of its facts:\n%s", path, diff)
	}
}

func pack(t *testing.T, path string, text []byte) {
	t.Helper()
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, packed.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func lines(t *testing.T, f *attack.Facts) []string {
	t.Helper()
	var text strings.Builder
	if err := f.Write(&text); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
}

// merge makes one file of the tables of several releases, in which each keeps
// its order: rows that the newest lacks stand behind the one that they follow in
// their own.
func merge(tables [][]string) string {
	rows := slices.Clone(tables[len(tables)-1])
	for _, table := range slices.Backward(tables) {
		at := 0
		for _, row := range table {
			if i := slices.Index(rows[at:], row); i >= 0 {
				at += i + 1
				continue
			}
			rows = slices.Insert(rows, at, row)
			at++
		}
	}
	has := make([]map[string]bool, len(tables))
	for i, table := range tables {
		has[i] = map[string]bool{}
		for _, row := range table {
			has[i][row] = true
		}
	}
	var out strings.Builder
	for _, row := range rows {
		for i := range tables {
			out.WriteByte(map[bool]byte{true: 'x', false: '.'}[has[i][row]])
		}
		out.WriteString("\t" + row + "\n")
	}
	return out.String()
}

// TestRestated makes the facts anew from the shared data: bundles of MITRE until
// 18.1, and for 19.1 what others restate of it. With -update it writes them;
// TestEmbedded -update packs them.
func TestRestated(t *testing.T) {
	var previous *attack.Facts
	var all [][]string
	for _, release := range attack.Releases() {
		restated := readRestated(t, release)
		if release == "19.1" {
			previous = compose(t, restated, previous)
		} else {
			previous = importBundle(t, release, restated.Released, restated.Source)
		}
		restated.compare(t, previous)
		all = append(all, lines(t, previous))
	}
	const path = "facts/enterprise.tsv"
	text := merge(all)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	table, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, string(table)); diff != "" {
		t.Errorf("%s (run with -update to write it anew):\n%s", path, diff)
	}
}

func shared(t *testing.T, name ...string) string {
	t.Helper()
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{root}, name...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no shared data: %v; set SOCCTL_DATA to the folder that holds them", err)
	}
	return path
}

func importBundle(t *testing.T, release, released, source string) *attack.Facts {
	t.Helper()
	file, err := os.Open(shared(t, "attack", "enterprise-attack-"+release+".stix20.json.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var reader stix.Reader
	if err := reader.Read(file.Name(), z); err != nil {
		t.Fatal(err)
	}
	f, err := reader.Facts(stix.Options{Version: release, Released: released, Source: source})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// restated are facts as the shared data have them, counted by others.
type restated struct {
	Version, Released, Source, Copyright string
	Incomplete                           []string
	Totals                               struct {
		Groups, Software, Campaigns, Analytics int
		Strategies                             int `json:"detection_strategies"`
	}
	Tactics    []struct{ ID, Key, Name string }
	Components []struct{ ID, Name string } `json:"data_components"`
	Techniques []restatedTechnique
	Retired    []struct {
		ID, Name, Status, By string
		Tactics              []string
	}
}

type restatedTechnique struct {
	ID, Name                    string
	Tactics, Platforms          []string
	Components                  []string `json:"data_components"`
	LogSources                  []string `json:"log_sources"`
	Strategies                  []string `json:"detection_strategies"`
	Groups, Software, Campaigns int
	GroupsOrCampaigns           int `json:"groups_incl_campaigns"`
}

func readRestated(t *testing.T, release string) *restated {
	t.Helper()
	data, err := os.ReadFile(shared(t, "attack-facts", "attack-facts-"+release+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r restated
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// compose makes the facts of 19.1, of which there is no bundle: what others
// restate of it and, for the detection strategies that ATT&CK has had since 18,
// the analytics and groups of the release before, under today's technique.
func compose(t *testing.T, r *restated, before *attack.Facts) *attack.Facts {
	t.Helper()
	head := &attack.Facts{Version: r.Version, Released: r.Released, Domain: attack.Enterprise, Source: r.Source, Copyright: r.Copyright,
		Incomplete: append(r.Incomplete, "groups"), Components: before.Components,
		Totals: attack.Totals{Groups: r.Totals.Groups, Software: r.Totals.Software, Campaigns: r.Totals.Campaigns,
			Strategies: r.Totals.Strategies, Analytics: r.Totals.Analytics}}
	for _, tactic := range r.Tactics {
		head.Tactics = append(head.Tactics, attack.Tactic(tactic))
	}
	byStrategy := map[string][]attack.Analytic{}
	for old := range before.Techniques {
		for _, a := range before.Analytics(old.ID) {
			byStrategy[a.Strategy] = append(byStrategy[a.Strategy], a)
		}
	}
	var all []attack.Technique
	analytics := map[string][]attack.Analytic{}
	for _, x := range r.Techniques {
		all = append(all, attack.Technique{ID: x.ID, Name: x.Name, Tactics: x.Tactics, Platforms: x.Platforms, Uses: x.uses()})
		for _, strategy := range x.Strategies {
			analytics[x.ID] = append(analytics[x.ID], byStrategy[strategy]...)
		}
	}
	for _, x := range r.Retired {
		all = append(all, attack.Technique{ID: x.ID, Name: x.Name, Tactics: x.Tactics, Status: attack.Status(x.Status), By: x.By})
	}
	f, err := attack.Build(head, all, analytics, nil)
	if err != nil {
		t.Fatal(err)
	}
	var groups []attack.Group
	for _, g := range before.Groups() {
		var techniques []string
		for _, id := range g.Techniques {
			if now := f.Resolve(id); now != nil {
				techniques = append(techniques, now.ID)
			}
		}
		slices.Sort(techniques)
		groups = append(groups, attack.Group{ID: g.ID, Name: g.Name, Techniques: slices.Compact(techniques)})
	}
	if f, err = attack.Build(head, all, analytics, groups); err != nil {
		t.Fatal(err)
	}
	return f
}

func (x *restatedTechnique) uses() attack.Uses {
	return attack.Uses{Groups: x.Groups, GroupsOrCampaigns: max(x.Groups, x.GroupsOrCampaigns), Software: x.Software, Campaigns: x.Campaigns}
}

// compare checks facts against what another program counted in the same bundle.
func (r *restated) compare(t *testing.T, f *attack.Facts) {
	t.Helper()
	if r.Totals.Groups != f.Totals.Groups || r.Totals.Software != f.Totals.Software || r.Totals.Campaigns != f.Totals.Campaigns ||
		r.Totals.Strategies != f.Totals.Strategies || r.Totals.Analytics != f.Totals.Analytics {
		t.Errorf("%s: totals %+v, want %+v", r.Version, f.Totals, r.Totals)
	}
	if r.Copyright != f.Copyright {
		t.Errorf("%s: %q, want %q", r.Version, f.Copyright, r.Copyright)
	}
	for i, tactic := range r.Tactics {
		if f.Tactics[i] != attack.Tactic(tactic) {
			t.Errorf("%s: tactic %+v, want %+v", r.Version, f.Tactics[i], tactic)
		}
	}
	if n := len(slices.Collect(f.Techniques)); n != len(r.Techniques) {
		t.Errorf("%s: %d techniques, want %d", r.Version, n, len(r.Techniques))
	}
	for _, want := range r.Techniques {
		got := f.Technique(want.ID)
		if got == nil {
			t.Errorf("%s: no technique %s", r.Version, want.ID)
			continue
		}
		if diff := cmp.Diff(want.uses(), got.Uses); diff != "" || got.Name != want.Name {
			t.Errorf("%s: %s %s: %s", r.Version, got.ID, got.Name, diff)
		}
		if diff := cmp.Diff([][]string{want.Tactics, want.Platforms}, [][]string{got.Tactics, got.Platforms}); diff != "" {
			t.Errorf("%s: %s: %s", r.Version, got.ID, diff)
		}
		names, logs := map[string]bool{}, map[string]bool{}
		for _, a := range f.Analytics(want.ID) {
			for _, s := range a.Sources {
				ref := f.Component(s.Component).ID
				if ref == "" {
					ref = s.Component
				}
				names[ref], logs[s.Log] = true, true
			}
		}
		delete(logs, "")
		for i, log := range want.LogSources { // two of the 263 names have a blank behind them
			want.LogSources[i] = strings.TrimSpace(log)
		}
		if diff := cmp.Diff([][]string{want.Components, want.LogSources}, [][]string{slices.Sorted(maps.Keys(names)), slices.Sorted(maps.Keys(logs))}); diff != "" {
			t.Errorf("%s: %s: %s", r.Version, got.ID, diff)
		}
	}
	for _, want := range r.Retired {
		got := f.Technique(want.ID)
		if got == nil || string(got.Status) != want.Status || got.By != want.By || got.Name != want.Name ||
			!slices.Equal(slices.Sorted(slices.Values(got.Tactics)), slices.Sorted(slices.Values(want.Tactics))) {
			t.Errorf("%s: %+v, want %+v", r.Version, got, want)
		}
	}
	if n := len(slices.Collect(f.Retired)); n != len(r.Retired) {
		t.Errorf("%s: %d retired, want %d", r.Version, n, len(r.Retired))
	}
}

// How techniques are detected is told per platform, and how many need which data
// component is as research counted it.
func TestDetection(t *testing.T) {
	for release, want := range map[string]map[string]int{
		"18.1": {"none": 41, "Process Creation": 452, "Command Execution": 209, "File Creation": 174, "Network Connection Creation": 151},
		"19.1": {"none": 49, "Process Creation": 451, "Command Execution": 207},
	} {
		f, got := load(t, release), map[string]int{}
		for x := range f.Techniques {
			names := f.ComponentsOf(x.ID, "")
			if len(names) == 0 {
				got["none"]++
			}
			for _, name := range names {
				got[name]++
			}
			for _, a := range f.Analytics(x.ID) {
				if !slices.Contains(x.Platforms, a.Platform) && x.ID != "T1204.003" { // of which MITRE says so
					t.Errorf("%s: %s is detected on %s, where it does not occur", release, x.ID, a.Platform)
				}
			}
		}
		for name, n := range want {
			if got[name] != n {
				t.Errorf("%s: %d need %s, want %d", release, got[name], name, n)
			}
		}
	}
	f := load(t, "19.1")
	want := []string{"Command Execution", "Module Load", "Process Creation", "Process Metadata"}
	if diff := cmp.Diff(want, f.ComponentsOf("t1059.001", "Windows")); diff != "" {
		t.Error(diff)
	}
	if got := f.ComponentsOf("T1059.001", "Linux"); got != nil {
		t.Errorf("on Linux: %v", got)
	}
	if g := f.Group("apt29"); g == nil || !slices.Contains(g.Techniques, "T1059.001") {
		t.Errorf("APT29: %+v", g)
	}
}

// BenchmarkDecode measures what a program pays for the first use of a release.
func BenchmarkDecode(b *testing.B) {
	file, err := os.ReadFile("facts/enterprise.tsv.gz")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		z, err := gzip.NewReader(bytes.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			b.Fatal(err)
		}
		var table strings.Builder
		for line := range strings.Lines(string(text)) {
			if marks, row, _ := strings.Cut(line, "\t"); strings.HasSuffix(marks, "x") {
				table.WriteString(row)
			}
		}
		if _, err := attack.Read(strings.NewReader(table.String())); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzTable reads what is no table, or nearly one: it is refused, or read as it is
// written.
func FuzzTable(f *testing.F) {
	f.Add("facts\tsocctl.attack-facts/2\nversion\t1\t2020-01-01\tx\ntactic\tTA0001\ta\tA\ncomponent\tDC0001\tC\ntechnique\tT0001\tT\ta\tWindows\t1\t1\t1\t1\nretired\tT0002\tR\ta\trevoked\tT0001\nanalytic\tT0001\tDET1\tAN1\tWindows\tDC0001=x|y\ngroup\tG1\tG\tT0001\n")
	f.Fuzz(func(t *testing.T, text string) {
		facts, err := attack.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var first, second strings.Builder
		if err := facts.Write(&first); err != nil {
			t.Fatal(err)
		}
		again, err := attack.Read(strings.NewReader(first.String()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, first.String())
		}
		if err := again.Write(&second); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Errorf("%s\nbecame\n%s", first.String(), second.String())
		}
	})
}
