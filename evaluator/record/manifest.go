package record

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// SchemaVersion changes whenever files are written that earlier versions would not
// understand.
const SchemaVersion = 3

// oldestSchema is the first that this version reads. Of the second, manifests say nothing of
// the ends of files.
const oldestSchema = 2

// ManifestName is the name of the file in a folder that says what is in the recording.
const ManifestName = "manifest.json"

// Manifest says what is in a recording.
type Manifest struct {
	Schema int    `json:"schema"`
	Files  []File `json:"files"` // by path
	// Inputs are the files that were recorded to their end, whatever became of their
	// events since.
	Inputs []Input `json:"inputs,omitempty"`
}

// Input is a file that was recorded.
type Input struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// File is one Parquet file of a recording.
type File struct {
	Path   string     `json:"path"` // relative to the folder, with slashes
	Day    string     `json:"day"`  // as 2006-01-02 in UTC; "" for events without a time
	View   string     `json:"view"` // names of the views of its events, joined by +; "" for events without any, "mixed" for several sets
	Rows   int        `json:"rows"`
	First  *time.Time `json:"first,omitempty"` // time of the earliest event that has one
	Last   *time.Time `json:"last,omitempty"`
	Bytes  int64      `json:"bytes"`
	SHA256 string     `json:"sha256"`
	// Footer is nil in recordings of earlier versions, whose files are read as a whole.
	Footer *Footer `json:"footer,omitempty"`

	Sources map[string]int `json:"sources"` // how many events each has
	// Routing is telemetry.Normaliser.RouteKey of what has found the routes.
	Routing string  `json:"routing"`
	Routes  []Route `json:"routes,omitempty"` // of its events, each once; none if they are too many
	// Index is nil if there is none, as in recordings of earlier versions.
	Index *Index `json:"index,omitempty"`
}

// LeftOut returns an error as whoever goes on without the file tells it: with the number
// of its events.
func (f File) LeftOut(err error) error {
	if f.Rows == 1 {
		return fmt.Errorf("%w; left out: 1 event", err)
	}
	return fmt.Errorf("%w; left out: %d events", err, f.Rows)
}

// Rows returns how many events the recording holds.
func (m *Manifest) Rows() (rows int) {
	for _, f := range m.Files {
		rows += f.Rows
	}
	return rows
}

// ErrNoRecording means that a folder is no recording.
var ErrNoRecording = errors.New("is no recording: it has no " + ManifestName)

// Is reports whether a folder is a recording, sound or not.
func Is(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ManifestName))
	return err == nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// ReadManifest reads the manifest of a recording.
func ReadManifest(dir string) (*Manifest, error) {
	path := filepath.Join(dir, ManifestName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err != nil && isFile(dir) {
		return nil, fmt.Errorf("%s %w", dir, ErrNoRecording)
	}
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	err = m.read(text)
	if err != nil || m.Schema > SchemaVersion {
		// What a later version has written may have more in it than is known here.
		if n := schemaOf(text); n > SchemaVersion {
			return nil, fmt.Errorf("%s: schema %d, but this version knows %d: a later version of socctl has written it and can read it", path, n, SchemaVersion)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w; restore it, or record anew into another folder", path, err)
	}
	if m.Schema < oldestSchema {
		return nil, fmt.Errorf("%s: schema %d, but this version knows %d; record anew with `socctl record`", path, m.Schema, SchemaVersion)
	}
	for _, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return nil, fmt.Errorf("%s: file %q lies outside of the recording", path, f.Path)
		}
	}
	return m, nil
}

// schemaOf returns the schema that a manifest says, 0 if it says none.
func schemaOf(manifest []byte) int {
	var m struct{ Schema int }
	if json.Unmarshal(manifest, &m) != nil {
		return 0
	}
	return m.Schema
}

// ErrChanged means that another process has put files of a recording together, or taken
// something out of them, while they were read.
var ErrChanged = errors.New("was compacted or redacted while it was read: run this again")

// orChanged explains why a file cannot be read, if the recording has it no more.
func orChanged(dir string, f File, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	m, failed := ReadManifest(dir)
	if failed != nil || slices.ContainsFunc(m.Files, func(known File) bool { return known.Path == f.Path }) {
		return err
	}
	return fmt.Errorf("%s %w", dir, ErrChanged)
}

// write replaces the manifest of a folder.
func (m *Manifest) write(dir string) error {
	slices.SortFunc(m.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	m.Schema = SchemaVersion
	text, err := m.encode()
	if err != nil {
		return err
	}
	return replace(filepath.Join(dir, ManifestName), text)
}

// replace writes a file completely or leaves it as it is, and waits until that is on the
// disk.
func replace(path string, content []byte) error {
	if err := replaceAnd(path, content, (*os.File).Sync); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// replaceAnd writes a file completely or leaves it as it is; then is called with what was
// written before it takes its place.
func replaceAnd(path string, content []byte, then func(*os.File) error) error {
	f, err := createTemporary(filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, then(f), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// temporary is how names of files start that are being written.
const temporary = ".writing-"

// createTemporary is os.CreateTemp of a file that others may read as the process allows
// it: a recording is written by one and replayed by many.
func createTemporary(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, temporary+rand.Text()), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

// syncFolder makes sure that names in a folder outlast a power failure, where the
// system can do that.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return nil // some systems cannot
	}
	return nil
}
