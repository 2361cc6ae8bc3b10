package record

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/evaluator/telemetry"
)

// Whoever reads a recording that another process redacts is told so, and not that files
// are missing.
func TestChangedWhileRead(t *testing.T) {
	t.Parallel()
	dir := twoDays(t)
	redact := func() {
		t.Helper()
		if _, err := Redact(t.Context(), dir, Options{}, Redaction{Hash: []string{"text"}}); err != nil {
			t.Fatal(err)
		}
	}
	once := false
	err := Records(dir, nil, func(Row) error {
		if !once {
			once = true
			redact()
		}
		return nil
	})
	if !errors.Is(err, ErrChanged) {
		t.Errorf("reading ends with %v", err)
	}
	// What the manifest still lists is missing.
	m, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(m.Files[1].Path))); err != nil {
		t.Fatal(err)
	}
	err = Replay(context.Background(), dir, &compiler.Program{}, ReplayOptions{Exposure: true}, func(*Replayed) error { return nil })
	if errors.Is(err, ErrChanged) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a replay of what is not there ends with %v", err)
	}
	if path := filepath.Base(m.Files[1].Path); strings.Count(err.Error(), path) != 1 || !strings.Contains(err.Error(), "restore it") {
		t.Errorf("a file that is gone is not named once, or it is not told what to do: %v", err)
	}
}

// twoDays records an event of each of two days.
func twoDays(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	w, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, day := range []string{"01", "02"} {
		v, _ := telemetry.DecodeJSON(`{"Channel":"Security","EventID":4688,"TimeCreated":"2026-01-` + day + `T00:00:00Z","text":"x"}`)
		if err := w.Add(telemetry.Record{Source: "x", Index: i, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A recording is for all whom the process lets read: one writes it, many replay it.
func TestReadableByOthers(t *testing.T) {
	t.Parallel()
	dir := twoDays(t)
	plain := filepath.Join(t.TempDir(), "plain")
	f, err := os.Create(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode() != want.Mode() {
			t.Errorf("%s is %v, but another file %v", path, info.Mode(), want.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An index that has another size than the manifest says is damaged, although all that is
// asked of it may be sound.
func TestIndexSize(t *testing.T) {
	t.Parallel()
	for _, more := range []int{-1, 1} {
		dir := twoDays(t)
		m, err := ReadManifest(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(indexPath(dir, &m.Files[0]), int64(m.Files[0].Index.Bytes+more)); err != nil {
			t.Fatal(err)
		}
		if problems, err := Verify(t.Context(), dir); err != nil || len(problems) != 1 || !errors.Is(problems[0], errIndex) {
			t.Errorf("with %d bytes more: %v, %v", more, problems, err)
		}
	}
}

// A file is no recording, and none is made of it.
func TestFileIsNoRecording(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(path, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadManifest(path); !errors.Is(err, ErrNoRecording) {
		t.Errorf("the manifest of a file: %v", err)
	}
	if _, err := Create(path, Options{}); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Errorf("recording into a file: %v", err)
	}
}

// What a later version has written is not called damaged, whatever is in it.
func TestLaterVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for text, want := range map[string]string{
		`{"schema": 4, "packs": []}`: "a later version of socctl has written it",
		`{"schema": 1, "files": []}`: "record anew",
		`{"schema": 3, "packs": []}`: "is damaged",
		`{"schema": 2, "packs": []}`: "is damaged",
	} {
		if err := os.WriteFile(filepath.Join(dir, ManifestName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadManifest(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
