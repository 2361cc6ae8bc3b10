package record

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator"
	"github.com/socctl/socctl/evaluator/corpus"
	"github.com/socctl/socctl/evaluator/shape"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// withoutIndexes makes a recording one as earlier versions left it.
func withoutIndexes(t *testing.T, dir string) string {
	t.Helper()
	old := t.TempDir()
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(old)
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Files {
		if m.Files[i].Index == nil {
			t.Fatalf("%s has no index", m.Files[i].Path)
		}
		if err := os.Remove(indexPath(old, &m.Files[i])); err != nil {
			t.Fatal(err)
		}
		m.Files[i].Index = nil
	}
	if err := m.write(old); err != nil {
		t.Fatal(err)
	}
	return old
}

// What a few rules find, and what they were tried on, is the same with the indexes of a
// recording and without.
func TestIndexSkipsNothing(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	old := withoutIndexes(t, dir)
	rules := corpus.Rules(t).Rules
	dice := rand.New(rand.NewPCG(7, 7))
	for n := range 20 {
		set := *corpus.Rules(t)
		set.Rules = nil
		size := 1 + dice.IntN(12)
		if n%5 == 0 {
			size = 300 // of which indexes are not asked about each file
		}
		for range size {
			set.Rules = append(set.Rules, rules[dice.IntN(len(rules))])
		}
		p, _ := compiler.Compile(&set, compiler.Options{})
		want := replayedLines(t, old, p, ReplayOptions{Workers: 1})
		if diff := cmp.Diff(want, replayedLines(t, dir, p, ReplayOptions{Workers: 2})); diff != "" {
			var names []string
			for _, r := range p.Rules {
				names = append(names, r.Title)
			}
			t.Fatalf("%s (-without index +with):\n%.3000s", strings.Join(names, "; "), diff)
		}
	}
}

// A rule finds every event that it is made of, whatever the index says: a rule for each of
// some values of a field, of all events.
func TestIndexHearsEveryValue(t *testing.T) {
	t.Parallel()
	dir := smallRecording(t)
	values := map[string]map[string]bool{}
	n := telemetry.NewNormaliser(nil)
	if err := Records(dir, nil, func(r Row) error {
		e := n.Event(r.Record)
		for _, v := range e.Views() {
			l := v.Logsource["category"] + "/" + v.Logsource["product"] + "/" + v.Logsource["service"]
			for _, name := range []string{"EventID", "Image", "CommandLine", "TargetObject", "SubjectUserName", "ScriptBlockText", "image", "Event.System.EventID"} {
				if value, ok := v.Event.Field(name); ok && value.Kind() != evaluator.List && len(values[l+" "+name]) < 3 {
					if values[l+" "+name] == nil {
						values[l+" "+name] = map[string]bool{}
					}
					values[l+" "+name][value.Text()] = true
				}
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	heard := 0
	for key, texts := range values {
		l, field, _ := strings.Cut(key, " ")
		parts := strings.Split(l, "/")
		for text := range texts {
			if text == "" || strings.ContainsAny(text, "*?\\'\n\r\x00") || len(text) > 300 {
				continue
			}
			logsource := ""
			for i, name := range []string{"category", "product", "service"} {
				if parts[i] != "" {
					logsource += name + ": " + parts[i] + ", "
				}
			}
			p := compiled(t, "title: T\nlogsource: {"+strings.TrimSuffix(logsource, ", ")+"}\ndetection: {s: {"+field+": '"+text+"'}, condition: s}\n")
			hits := 0
			if err := Replay(t.Context(), dir, p, ReplayOptions{Workers: 1}, func(r *Replayed) error { hits += len(r.Hits); return nil }); err != nil {
				t.Fatal(err)
			}
			if hits == 0 {
				t.Errorf("%s: a rule for %s: %q finds nothing", l, field, text)
			}
			heard++
		}
	}
	if heard < 20 {
		t.Errorf("only %d values were looked for", heard)
	}
}

// The index answers without the file where no rule can find anything, also of fields that
// some events have in other letters, that are lists, empty or missing.
func TestIndexSparesFiles(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 400 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":%d,"TimeCreated":"2026-01-01T00:00:00Z","SubjectUserName":"user%d","ObjectName":"C:\\things\\%s.txt","Empty":""}`, 4600+i%40, i, strings.Repeat("thing", 1+i%9)))
	}
	dir, path := oneFile(t, records...)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), len(sound)), 0o644); err != nil { // whoever reads it notices
		t.Fatal(err)
	}
	for _, c := range []struct {
		detection string
		reads     bool
	}{
		{"{EventID: 4999}", false},
		{"{EventID: 4607}", true},
		{"{EventID|gte: 4700}", false},
		{"{EventID|lt: 4601}", true},
		{"{ObjectName|contains: mimikatz}", false},
		{"{ObjectName|contains: THINGTHING}", true},
		{"{ObjectName|re: 'mimi.*'}", false},     // the index has all of so few texts
		{"{SubjectUserName|re: 'mimi.*'}", true}, // of many, an expression can be anything
		{"{EventID: 4607, Nothing: x}", false},
		{"{Nothing: null}", true},
		{"{EventID: 4607, Empty|exists: false}", true},
		{"{Empty: ''}", true},
		{"{Empty: x}", false},
		{"{SubjectUserName: USER7}", true},
		{"{SubjectUserName: administrator}", false},
	} {
		p := compiled(t, "title: T\nlogsource: {product: windows, service: security}\ndetection: {s: "+c.detection+", condition: s}\n")
		err := Replay(t.Context(), dir, p, ReplayOptions{Workers: 1}, func(*Replayed) error { return nil })
		if read := err != nil; read != c.reads {
			t.Errorf("%s: the file is read: %v, want %v (%v)", c.detection, read, c.reads, err)
		}
	}
}

// What is redacted is gone from the index as well.
func TestIndexOfRedactedFiles(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 100 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":%d,"TimeCreated":"2026-01-01T00:00:00Z","SubjectUserName":"secretname","ObjectName":"%s confidential %d"}`, 4600+i, strings.Repeat("x", i), i))
	}
	dir, _ := oneFile(t, records...)
	p := compiled(t, "title: T\nlogsource: {product: windows, service: security}\ndetection: {s: {SubjectUserName: secretname}, t: {ObjectName|contains: confidential}, condition: s or t}\n")
	judged := func() bool {
		m, err := ReadManifest(dir)
		if err != nil || len(m.Files) != 1 {
			t.Fatal(m, err)
		}
		s, err := newRouter(p, &ReplayOptions{Normaliser: telemetry.NewNormaliser(nil)}, nil).silent(dir, &m.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		return s.of(0)
	}
	if judged() {
		t.Fatal("nothing is said to be there before anything is redacted")
	}
	if _, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"ObjectName"}, Hash: []string{"SubjectUserName"}}); err != nil {
		t.Fatal(err)
	}
	if !judged() {
		t.Error("the index still tells what was redacted")
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	if err != nil || len(left) != 2 {
		t.Fatal(left, err)
	}
	for _, path := range left {
		if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, []byte("secretname")) {
			t.Errorf("%s holds what was redacted, or %v", path, err)
		}
	}
}

// Damage to an index is reported, and never taken for the lack of something: the file is read
// instead.
func TestDamagedIndex(t *testing.T) {
	t.Parallel()
	var records []string
	for i := range 300 {
		records = append(records, fmt.Sprintf(`{"Channel":"Security","EventID":%d,"TimeCreated":"2026-01-01T00:00:00Z","text":"%d some text %d"}`, 4600+i%10, i*i, i))
	}
	dir, _ := oneFile(t, records...)
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := indexPath(dir, &m.Files[0])
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dice, told := rand.New(rand.NewPCG(5, 5)), 0
	for range 200 {
		text := bytes.Clone(sound)
		for range 1 + dice.IntN(3) {
			text[dice.IntN(len(text))] ^= 1 << dice.IntN(8)
		}
		if dice.IntN(10) == 0 {
			text = text[:dice.IntN(len(text))]
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if problems, err := Verify(t.Context(), dir); err != nil || bytes.Equal(text, sound) != (len(problems) == 0) {
			t.Fatalf("the damage was not found: %v %v", problems, err)
		}
		hits := 0
		err := Replay(t.Context(), dir, childProgram(), ReplayOptions{Workers: 1}, func(r *Replayed) error {
			hits += len(r.Hits)
			if r.WithoutIndex {
				told++
			}
			return nil
		})
		if err != nil || hits != 30 {
			t.Fatalf("%d hits: %v", hits, err)
		}
	}
	if told < 50 {
		t.Errorf("damage was told %d times", told)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	hits, without := 0, false
	err = Replay(t.Context(), dir, childProgram(), ReplayOptions{Workers: 1}, func(r *Replayed) error {
		hits, without = hits+len(r.Hits), without || r.WithoutIndex
		return nil
	})
	if err != nil || hits != 30 || !without {
		t.Errorf("without the index there are %d hits, and told is %t: %v", hits, without, err)
	}
	if problems, err := Verify(t.Context(), dir); err != nil || len(problems) != 1 || !strings.Contains(problems[0].Error(), "`socctl record compact` makes it anew") {
		t.Errorf("nothing says what to do about an index that is gone: %v %v", problems, err)
	}
	if before, after, err := Compact(t.Context(), dir, Options{}); err != nil || before != 1 || after != 1 {
		t.Fatal(before, after, err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, sound) {
		t.Errorf("the index is not what it was: %v", err)
	}
	if problems, err := Verify(t.Context(), dir); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}

// Whatever a head says, nothing but an error comes of it.
func FuzzIndex(f *testing.F) {
	p := newPart()
	for row, text := range []string{"one", "two", strings.Repeat("three", 999)} {
		c := p.column("text")
		c.set(row, []byte(text), &p.room)
	}
	in := p.known(`{"text":""}`, []shape.Kind{shape.String}, []string{"text"})
	p.noteKind(eventKind{nil, in, `[["","windows","security"]]`})
	head, body := p.makeIndex([]Route{{Logsources: `[["","windows","security"]]`}})
	f.Add(head, body, "text")
	w := &indexWriter{part: p, columns: map[string]int{}, sources: map[string]uint32{}}
	w.mark(0, 0)
	field := &fieldIndex{columns: map[columnKind]bool{{"text", shape.String}: true}, constants: map[string]evaluator.Value{"x": evaluator.StringValue("x")}, present: true}
	w.fields = appendNumbers(appendNumbers(nil, int(fieldHash("text")&0xffffffff), int(fieldHash("text")>>32)), int(w.place(w.encodeSources(field))))
	w.mark(0, 0)
	head, body = w.finish(1)
	f.Add(head, body, "text")
	program := compiled(f, "title: T\nlogsource: {product: windows}\ndetection: {s: {text|contains: four}, condition: s}\n")
	f.Fuzz(func(t *testing.T, head, body []byte, name string) {
		x := &index{}
		if x.parse(head) != nil || x.size != len(body) {
			return
		}
		x.read, x.sound = body, make([]bool, len(x.pages)/pageHash)
		for i := range x.sound {
			x.sound[i] = true
		}
		g, _ := x.of(0, 0)
		hint, _ := g.hint(newAskedField(name))
		evaluator.Possible(program, program.Rules[0], func(string) *evaluator.Hint { return hint })
	})
}
