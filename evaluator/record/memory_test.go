package record

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// eventIDRules is a program of rules for event ids, from one to another.
func eventIDRules(t *testing.T, from, to int) *compiler.Program {
	t.Helper()
	var text string
	for n := from; n < to; n++ {
		text += fmt.Sprintf("---\ntitle: r%d\nlogsource: {product: windows, service: security}\ndetection: {s: {EventID: %d}, condition: s}\n", n, n)
	}
	return compiled(t, text[len("---\n"):])
}

// threeDays is a recording of three files.
func threeDays(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 120 {
		v, _ := telemetry.DecodeJSON(fmt.Sprintf(`{"Channel":"Security","EventID":%d,"TimeCreated":"2026-01-%02dT03:04:05Z","a":"secret %d"}`, 4600+i%20, 1+i%3, i))
		if err := w.Add(telemetry.Record{Source: "x", Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// memoriesIn returns the memories of a recording, by name.
func memoriesIn(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, cacheFolder, ofMemories+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// nothingMissing fails if rules are not known to a recording.
func nothingMissing(t *testing.T, dir string, p *compiler.Program) {
	t.Helper()
	c := openCache(dir, p, &ReplayOptions{Cache: true, Normaliser: telemetry.NewNormaliser(nil)})
	defer c.close()
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Files {
		if missing := c.planOf(c.knowing(f)).missing; missing != nil {
			t.Fatalf("the rules %v are not known to %s", missing, f.Path)
		}
	}
}

// Whatever rules were known before, in however many memories, some of which are lost, torn
// off or damaged, what is recalled is what is found; and there are not too many of them.
func TestMemories(t *testing.T) {
	t.Parallel()
	dir := threeDays(t)
	r := rand.New(rand.NewPCG(1, 2))
	most := 0
	for round := range 120 {
		from := 4600 + r.IntN(20)
		p := eventIDRules(t, from, from+1+r.IntN(5))
		want := replayedLines(t, dir, p, ReplayOptions{})
		if diff := cmp.Diff(want, replayedLines(t, dir, p, ReplayOptions{Cache: true, Workers: 1 + r.IntN(2)})); diff != "" {
			t.Fatalf("round %d (-without cache +with):\n%.2000s", round, diff)
		}
		nothingMissing(t, dir, p)
		memories := memoriesIn(t, dir)
		most = max(most, len(memories))
		if round%5 < 4 {
			continue
		}
		path := memories[r.IntN(len(memories))]
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		switch r.IntN(3) {
		case 0:
			err = os.Remove(path)
		case 1:
			err = os.WriteFile(path, text[:r.IntN(len(text))], 0o666)
		case 2:
			text[r.IntN(len(text))] ^= byte(1 + r.IntN(255))
			err = os.WriteFile(path, text, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if most < 4 || most > maxMemories {
		t.Errorf("%d memories at most, of which there may be %d", most, maxMemories)
	}
}

// Memories of which there are too many go, those stay that were used last.
func TestMemoriesAreBounded(t *testing.T) {
	t.Parallel()
	dir := threeDays(t)
	first := eventIDRules(t, 4600, 4610)
	replayedLines(t, dir, first, ReplayOptions{Cache: true})
	for n := range 2 * maxMemories {
		replayedLines(t, dir, eventIDRules(t, 5000+n, 5001+n), ReplayOptions{Cache: true})
		replayedLines(t, dir, first, ReplayOptions{Cache: true})
	}
	if n := len(memoriesIn(t, dir)); n != maxMemories {
		t.Errorf("%d memories, want %d", n, maxMemories)
	}
	nothingMissing(t, dir, first)
}

// What was known to a file remains known when others are added; of one that is no more
// nothing is left.
func TestMemoriesForgetFiles(t *testing.T) {
	t.Parallel()
	dir := threeDays(t)
	p := eventIDRules(t, 4600, 4605)
	replayedLines(t, dir, p, ReplayOptions{Cache: true})
	path := memoriesIn(t, dir)[0]
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, _ := telemetry.DecodeJSON(`{"Channel":"Security","EventID":4601,"TimeCreated":"2026-01-09T03:04:05Z"}`)
	if err := errors.Join(w.Add(telemetry.Record{Source: "y", Value: v}), w.Commit()); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("the memory has changed although no file is gone:", err)
	}
	// An end that is torn off may be about anything.
	if err := os.WriteFile(path, append(slices.Clone(before), before[:len(before)/2]...), 0o666); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	gone := idOf(m.Files[1])
	w, err = Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.manifest.Files = slices.Delete(w.manifest.Files, 1, 2)
	if err := errors.Join(w.sweepCache(), w.Abort()); err != nil {
		t.Fatal(err)
	}
	is := openMemory(path, &sealer{})
	if is == nil {
		t.Fatal("nothing is known any more")
	}
	defer is.close()
	if _, known := is.files[gone]; known || len(is.files) != 2 || is.torn || is.of(idOf(m.Files[0]), &sealer{}) == nil {
		t.Errorf("known are %d files, the one that is gone: %v", len(is.files), known)
	}
}

// Nothing that was taken out of a recording is left in what is remembered.
func TestMemoriesOfRedacted(t *testing.T) {
	t.Parallel()
	dir := threeDays(t)
	p := eventIDRules(t, 4600, 4605)
	replayedLines(t, dir, p, ReplayOptions{Cache: true})
	if _, err := Redact(t.Context(), dir, Options{}, Redaction{Drop: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	if left := memoriesIn(t, dir); left != nil {
		t.Errorf("%s is left of files that are no more", left)
	}
	replayedLines(t, dir, p, ReplayOptions{Cache: true})
}

// Records are made of the file if rules find too many to keep them.
func TestManyHitsAreRecalled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 4 * maxKept {
		text := fmt.Sprintf(`{"Channel":"Security","EventID":%d,"a":"%d"}`, 4600+i%2, i)
		if r.IntN(3) == 0 {
			text = fmt.Sprintf(`{"b":{"c":[%d,"x%d"]},"EventID":%d,"Channel":"Security"}`, i%7, i, 4600+i%2)
		}
		v, _ := telemetry.DecodeJSON(text)
		if err := w.Add(telemetry.Record{Source: []string{"x", "y"}[i%2], Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*compiler.Program{eventIDRules(t, 4600, 4601), eventIDRules(t, 4600, 4602), eventIDRules(t, 4601, 4602)} {
		want := replayedLines(t, dir, p, ReplayOptions{})
		for _, when := range []string{"found", "known"} {
			if diff := cmp.Diff(want, replayedLines(t, dir, p, ReplayOptions{Cache: true})); diff != "" {
				t.Fatalf("%s (-without cache +with):\n%.2000s", when, diff)
			}
		}
	}
}

// Names of an earlier version are swept away with what is no longer of use.
func TestSweepsWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	dir := threeDays(t)
	replayedLines(t, dir, eventIDRules(t, 4600, 4601), ReplayOptions{Cache: true})
	for _, name := range []string{"rules-0123456789abcdef", "0123456789abcdef-0123456789abcdef", ofMemories + "torn"} {
		if err := os.WriteFile(filepath.Join(dir, cacheFolder, name), []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Now().Add(-time.Hour)
	_ = os.Chtimes(filepath.Join(dir, cacheFolder, ofMemories+"torn"), at, at)
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.sweepCache(), w.Abort()); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, cacheFolder)); err != nil || len(entries) != 1 {
		t.Errorf("%v is left, %v", entries, err)
	}
}
