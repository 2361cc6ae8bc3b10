package record

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ofRuns is how names of files start in the cache that are about whole runs.
const ofRuns = "run-"

// maxRuns is how many runs a recording remembers; the latest ones.
const maxRuns = 16

// Remember keeps beside a recording what came out of a run over it, until something is
// added to the recording or taken from it. The key is a hash in hexadecimal digits of
// all that the outcome depends on. That it cannot, because a folder is not to be
// written to, does no harm.
func Remember(dir, key string, outcome []byte) {
	folder := filepath.Join(dir, cacheFolder)
	if os.MkdirAll(folder, 0o755) != nil || replaceSealed(filepath.Join(folder, ofRuns+key), outcome) != nil {
		return
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	type run struct {
		name string
		at   int64
	}
	var runs []run
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), ofRuns) {
			runs = append(runs, run{e.Name(), info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(runs, func(a, b run) int { return cmp.Or(cmp.Compare(b.at, a.at), strings.Compare(a.name, b.name)) })
	for _, r := range runs[min(maxRuns, len(runs)):] {
		_ = os.Remove(filepath.Join(folder, r.name))
	}
}

// Recall returns what was remembered under a key; nil if nothing is, or if files of the
// recording are not there as they were recorded, as far as one can see from without.
func Recall(dir, key string) []byte {
	if !fs.ValidPath(key) || strings.Contains(key, "/") {
		return nil
	}
	text := readSealed(filepath.Join(dir, cacheFolder, ofRuns+key))
	if text == nil {
		return nil
	}
	m, err := ReadManifest(dir)
	if err != nil || slices.ContainsFunc(m.Files, func(f File) bool { return !unchanged(dir, f) }) {
		return nil
	}
	return text
}
