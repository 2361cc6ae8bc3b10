package worker

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const rule = `title: Shell
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows, category: process_creation}
detection:
  selection: {CommandLine|contains: whoami}
  condition: selection
`

func laid(t *testing.T) Job {
	t.Helper()
	dir := t.TempDir()
	lines := `{"product":"windows","category":"process_creation","CommandLine":"whoami /all"}
{"product":"linux","category":"process_creation","CommandLine":"whoami"}
{"product":"windows","category":"process_creation","CommandLine":"hostname"}
`
	for name, text := range map[string]string{"rules/a.yml": rule, "events.ndjson": lines} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Job{Rules: filepath.Join(dir, "rules"), Paths: []string{filepath.Join(dir, "events.ndjson")}, Every: 1, Routed: true}
}

func TestSocctlCountsMatches(t *testing.T) {
	job := laid(t)
	for _, c := range []struct {
		routed        bool
		every         int
		assign        string
		events, count int
	}{
		{true, 1, "", 3, 0},
		{true, 1, "product=windows,category=process_creation", 3, 2},
		{true, 2, "product=windows,category=process_creation", 2, 1},
		{true, 1, "product=windows", 3, 0},
		{false, 1, "", 3, 2},
	} {
		job.Routed, job.Every, job.Assign = c.routed, c.every, c.assign
		r, err := Socctl(job)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		if c.count > 0 {
			want["11111111-1111-4111-8111-111111111111"] = c.count
		}
		if diff := cmp.Diff(want, r.Matches); diff != "" || r.Events != c.events || r.Rules != 1 {
			t.Errorf("%+v: %d events, %d rules\n%s", c, r.Events, r.Rules, diff)
		}
	}
}

func TestLaterEvents(t *testing.T) {
	job := laid(t)
	for warm, want := range map[int]int{0: 0, 1: 2, 3: 0, 4: 0} {
		job.Warm = warm
		r, err := Socctl(job)
		if err != nil || r.LaterEvents != want || r.Later < 0 || r.Later > r.CPU || r.Heap <= 0 {
			t.Errorf("behind %d: %d events in %v of %v, %d bytes, %v", warm, r.LaterEvents, r.Later, r.CPU, r.Heap, err)
		}
	}
}

func TestLoad(t *testing.T) {
	r, err := Load(laid(t))
	if err != nil {
		t.Fatal(err)
	}
	if l := r.Loading; r.Rules != 1 || l.Predicates != 1 || l.Parse.Wall <= 0 || l.Compile.Wall <= 0 || l.Prepare.Wall <= 0 {
		t.Errorf("%d rules, %+v", r.Rules, l)
	}
	if _, err := Load(Job{Rules: t.TempDir()}); err == nil {
		t.Error("a folder without rules")
	}
}

func TestFloorsReadEveryLine(t *testing.T) {
	job := laid(t)
	for _, f := range Floors() {
		data, err := os.ReadFile(job.Paths[0])
		if err != nil {
			t.Fatal(err)
		}
		if n, err := f.once(data); n != 3 || err != nil {
			t.Errorf("%s: %d lines, %v", f.Name, n, err)
		}
		if _, err := f.once([]byte("{\"a\":}\n")); err == nil && f.Name != "newlines" {
			t.Errorf("%s reads a broken line", f.Name)
		}
	}
}

func TestRuleFilesHaveTheirTexts(t *testing.T) {
	files, err := RuleFiles(laid(t).Rules)
	if err != nil || len(files) != 1 || string(files[0].Text) != rule {
		t.Errorf("%v, %v", files, err)
	}
}
