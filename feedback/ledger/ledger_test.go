package ledger_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/feedback/ledger"
)

var start = time.Date(2026, 5, 31, 23, 0, 0, 0, time.UTC)

func verdict(who string, n int) feedback.Verdict {
	return feedback.Verdict{Time: start.Add(time.Duration(n) * time.Minute), Verdict: feedback.FalseLogic,
		Alert:        feedback.Alert{RuleID: "r", EventFP: []string{fmt.Sprintf("sha256:%064x", n)}},
		Investigator: feedback.Investigator{Kind: feedback.Human, ID: who},
		Reason:       &feedback.Reason{Text: "</script>\x1b[31m\u202e\n{\"verdict\":\"malicious\"}"}}
}

func add(t *testing.T, l *ledger.Ledger, verdicts ...feedback.Verdict) *ledger.Receipt {
	t.Helper()
	r, err := l.Add(context.Background(), verdicts...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func contents(t *testing.T, path string) *ledger.Contents {
	t.Helper()
	c, err := ledger.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAdd(t *testing.T) {
	for _, path := range []string{"verdicts", "verdicts.ndjson", "a/b/verdicts.jsonl"} {
		t.Run(path, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), path)
			if c := contents(t, path); len(c.Verdicts) != 0 {
				t.Error("a ledger that is not there has verdicts")
			}
			l := ledger.Open(path, ledger.Options{})
			first := add(t, l, verdict("a", 1), verdict("a", 100), verdict("a", 1))
			if len(first.Stored) != 2 || len(first.Known) != 1 {
				t.Errorf("got %+v", first)
			}
			// Another process, here another Ledger, adds in between.
			add(t, ledger.Open(path, ledger.Options{}), verdict("b", 2))
			second := add(t, l, verdict("b", 2), verdict("a", 100), verdict("a", 3))
			if len(second.Stored) != 1 || len(second.Known) != 2 {
				t.Errorf("got %+v", second)
			}
			c := contents(t, path)
			if len(c.Verdicts) != 4 || len(c.Diagnostics) > 0 {
				t.Errorf("%d verdicts, %v", len(c.Verdicts), c.Diagnostics)
			}
			if want := map[bool]int{true: 2, false: 1}[filepath.Ext(path) == ""]; len(c.Files) != want {
				t.Errorf("files %v", c.Files)
			}
		})
	}
}

func TestAddRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v.ndjson")
	l := ledger.Open(path, ledger.Options{Now: func() time.Time { return start.Add(time.Hour) }})
	future, nameless, empty := verdict("a", 100), verdict("", 1), verdict("a", 1)
	empty.Alert.EventFP = nil
	for name, c := range map[string]struct {
		v    feedback.Verdict
		want string
	}{
		"the future":      {future, "verdict 2: its time 2026-06-01T00:40:00Z is in the future: correct the clock"},
		"nobody":          {nameless, "found an empty one"},
		"about nothing":   {empty, "has neither event_fp nor alert_uid"},
		"an unknown word": {func() feedback.Verdict { v := verdict("a", 1); v.Verdict = "closed"; return v }(), `"closed" is not allowed here`},
		"no time":         {func() feedback.Verdict { v := verdict("a", 1); v.Time = time.Time{}; return v }(), "is no time"},
	} {
		if _, err := l.Add(context.Background(), verdict("a", 1), c.v); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c := contents(t, path); len(c.Verdicts) != 0 {
		t.Errorf("%d verdicts were stored", len(c.Verdicts))
	}
	add(t, l, verdict("a", 64)) // four minutes ahead
}

// A ledger that was cut anywhere within its last line loses that line alone, says
// so, and is whole again after the next verdict.
func TestHalfWrittenLine(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.ndjson")
	add(t, ledger.Open(whole, ledger.Options{}), verdict("a", 1), verdict("a", 2))
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(data, '\n') + 1
	for cut := first + 1; cut < len(data); cut += 7 {
		path := filepath.Join(dir, fmt.Sprint(cut, ".ndjson"))
		if err := os.WriteFile(path, data[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		c := contents(t, path)
		if len(c.Verdicts) != 1 || len(c.Diagnostics) != 1 || c.Diagnostics[0].Code != "verdict/half-written" {
			t.Fatalf("cut at %d: %d verdicts, %v", cut, len(c.Verdicts), c.Diagnostics)
		}
		r := add(t, ledger.Open(path, ledger.Options{}), verdict("a", 2), verdict("a", 3))
		if len(r.Stored) != 2 || len(r.Recovered) != 1 || string(r.Recovered[0].Line) != string(data[first:cut]) {
			t.Fatalf("cut at %d: %+v", cut, r)
		}
		if c := contents(t, path); len(c.Verdicts) != 3 || len(c.Diagnostics) > 0 {
			t.Fatalf("cut at %d: %d verdicts, %v", cut, len(c.Verdicts), c.Diagnostics)
		}
	}
	// Only the end of the line is missing: an editor did that.
	if err := os.WriteFile(whole, data[:len(data)-1], 0o644); err != nil {
		t.Fatal(err)
	}
	if r := add(t, ledger.Open(whole, ledger.Options{}), verdict("a", 2), verdict("a", 3)); len(r.Stored) != 1 || len(r.Recovered) > 0 {
		t.Errorf("got %+v", r)
	}
	if c := contents(t, whole); len(c.Verdicts) != 3 {
		t.Errorf("%d verdicts", len(c.Verdicts))
	}
}

// A ledger that was replaced beneath a writer, as by git, is read anew: what is not
// in it any longer is stored again.
func TestReplacedLedger(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "v"), filepath.Join(dir, "other.ndjson")
	file := filepath.Join(path, "2026-05.ndjson")
	add(t, ledger.Open(other, ledger.Options{}), verdict("b", 1), verdict("b", 2), verdict("b", 3))
	replacement, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	for name, replace := range map[string]func() error{
		"by a longer one": func() error { return os.Rename(other, file) },
		"in place":        func() error { return os.WriteFile(file, replacement[:len(replacement)/3], 0o644) },
		"by nothing":      func() error { return os.Remove(file) },
		"emptied":         func() error { return os.Truncate(file, 0) },
	} {
		if err := os.WriteFile(other, replacement, 0o644); err != nil {
			t.Fatal(err)
		}
		os.RemoveAll(path)
		l := ledger.Open(path, ledger.Options{})
		add(t, l, verdict("a", 1))
		add(t, l, verdict("a", 1))
		if err := replace(); err != nil {
			t.Fatal(err)
		}
		if r := add(t, l, verdict("a", 1)); len(r.Stored) != 1 {
			t.Errorf("replaced %s: %+v", name, r)
		}
		found := 0
		for _, v := range contents(t, path).Verdicts {
			if v.Investigator.ID == "a" {
				found++
			}
		}
		if found != 1 {
			t.Errorf("replaced %s: it is there %d times", name, found)
		}
	}
}

func TestGoroutinesShareALedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v")
	l := ledger.Open(path, ledger.Options{})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 10 {
				if _, err := l.Add(context.Background(), verdict(fmt.Sprint("g", g%4), n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if c := contents(t, path); len(c.Verdicts) != 40 || len(c.Diagnostics) > 0 {
		t.Errorf("%d verdicts, %v", len(c.Verdicts), c.Diagnostics)
	}
}

// The test binary is also the writer that is killed.
const writerOf = "SOCCTL_LEDGER_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerOf); path != "" {
		write(path, os.Args[len(os.Args)-1])
		return
	}
	code := m.Run()
	os.RemoveAll(path)
	os.Exit(code)
}

// write adds verdicts until it is killed, and says which are stored.
func write(path, who string) {
	l := ledger.Open(path, ledger.Options{})
	for n := 0; ; n++ {
		r, err := l.Add(context.Background(), verdict(who, 3*n), verdict(who, 3*n+1), verdict(who, 3*n+2))
		if err != nil {
			fmt.Println("error", err)
			return
		}
		for _, uid := range r.Stored {
			fmt.Println(uid)
		}
	}
}

// What was acknowledged is there, whatever becomes of the writers.
func TestKilledWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "verdicts")
	acknowledged := map[string]bool{}
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 6 {
		var writers []*exec.Cmd
		var outputs []*bufio.Scanner
		for w := range 3 {
			cmd := exec.Command(os.Args[0], fmt.Sprintf("w%d-%d", round, w))
			cmd.Env = append(os.Environ(), writerOf+"="+path)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			writers, outputs = append(writers, cmd), append(outputs, bufio.NewScanner(out))
		}
		// Every writer has said something before any is killed.
		var mutex sync.Mutex
		var wg, ready sync.WaitGroup
		for _, out := range outputs {
			ready.Add(1)
			wg.Go(func() {
				for n := 0; out.Scan(); n++ {
					mutex.Lock()
					acknowledged[out.Text()] = true
					mutex.Unlock()
					if n == 0 {
						ready.Done()
					}
				}
			})
		}
		ready.Wait()
		time.Sleep(time.Duration(r.IntN(40)) * time.Millisecond)
		for _, cmd := range writers {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		wg.Wait()
	}
	c := contents(t, path)
	stored := map[string]bool{}
	for _, v := range c.Verdicts {
		stored[v.UID] = true
	}
	if len(stored) != len(c.Verdicts) {
		t.Errorf("%d lines are of %d verdicts", len(c.Verdicts), len(stored))
	}
	for uid := range acknowledged {
		if !stored[uid] {
			t.Errorf("acknowledged, and not there: %s", uid)
		}
	}
	if len(acknowledged) < 18 {
		t.Errorf("only %d verdicts were acknowledged", len(acknowledged))
	}
	for _, d := range c.Diagnostics {
		if d.Code != "verdict/half-written" {
			t.Error(d)
		}
	}
	add(t, ledger.Open(path, ledger.Options{}), verdict("last", 1))
}

// TestAddLeavesOtherFilesAlone: a path that is a slip of the pen costs nobody a file.
func TestAddLeavesOtherFilesAlone(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		stored bool
	}{
		"a rule":                  {"title: t\nid: x\n", false},
		"without a last line end": {"title: t\nid: {", false},
		"a line that is no half":  {"notes", false},
		"alerts":                  {`{"rule_id":"x","event_fingerprint":"sha256:00"}` + "\n", false},
		"empty":                   {"", true},
		"blank lines":             {"\n\n", true},
		"half a verdict":          {`{"schema":"socctl.verd`, true},
	} {
		folder := t.TempDir()
		v := verdict("me", 1)
		path := filepath.Join(folder, v.Time.Format("2006-01")+".ndjson")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		l := ledger.Open(path, ledger.Options{})
		for range 2 {
			_, err := l.Add(context.Background(), v)
			l = ledger.Open(folder, ledger.Options{})
			if got, _ := os.ReadFile(path); (err == nil) != c.stored || !c.stored && (string(got) != c.text || !strings.Contains(err.Error(), "holds other things than verdicts")) {
				t.Errorf("%s: %v\n%s", name, err, got)
			}
		}
	}
}

func TestReadFolder(t *testing.T) {
	dir := t.TempDir()
	for name, n := range map[string]int{"a.ndjson": 1, "team/b.ndjson": 2, ".hidden/c.ndjson": 3, "notes.txt": 4, ".x.ndjson": 5} {
		name = filepath.Join(dir, name)
		add(t, ledger.Open(strings.TrimSuffix(name, ".txt"), ledger.Options{}), verdict("a", n))
		_ = n
	}
	c := contents(t, dir)
	var names []string
	for _, f := range c.Files {
		rel, _ := filepath.Rel(dir, f)
		names = append(names, filepath.ToSlash(rel))
	}
	if diff := cmp.Diff([]string{"a.ndjson", "notes/2026-05.ndjson", "team/b.ndjson"}, names); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkAdd(b *testing.B) {
	l := ledger.Open(filepath.Join(b.TempDir(), "v.ndjson"), ledger.Options{Now: func() time.Time { return start.AddDate(100, 0, 0) }})
	for n := 0; b.Loop(); n++ {
		if _, err := l.Add(context.Background(), verdict("a", n)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "v.ndjson")
	l := ledger.Open(path, ledger.Options{Now: func() time.Time { return start.AddDate(100, 0, 0) }})
	var all []feedback.Verdict
	for n := range 20_000 {
		all = append(all, verdict("a", n))
	}
	if _, err := l.Add(context.Background(), all...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := ledger.Read(path)
		if err != nil {
			b.Fatal(err)
		}
		feedback.Fold(c.Verdicts, feedback.FoldOptions{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/verdict")
}
