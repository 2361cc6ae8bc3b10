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
	if os.MkdirAll(folder, 0o755) == nil && new(sealer).replace(filepath.Join(folder, ofRuns+key), outcome) == nil {
		keepLatest(folder, ofRuns, maxRuns)
	}
}

// keepLatest removes files of a folder whose names begin in some way, but for the latest
// ones.
func keepLatest(folder, prefix string, most int) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	type file struct {
		name string
		at   int64
	}
	var files []file
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), prefix) {
			files = append(files, file{e.Name(), info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Or(cmp.Compare(b.at, a.at), strings.Compare(a.name, b.name)) })
	for _, f := range files[min(most, len(files)):] {
		_ = os.Remove(filepath.Join(folder, f.name))
	}
}

// Recall returns what was remembered under a key; nil if nothing is, or if files of the
// recording are not there as they were recorded, as far as one can see from without.
func Recall(dir, key string) []byte {
	if !fs.ValidPath(key) || strings.Contains(key, "/") {
		return nil
	}
	text := new(sealer).read(filepath.Join(dir, cacheFolder, ofRuns+key))
	if text == nil {
		return nil
	}
	m, err := ReadManifest(dir)
	if err != nil || slices.ContainsFunc(m.Files, func(f File) bool { return !unchanged(dir, f) }) {
		return nil
	}
	return text
}
