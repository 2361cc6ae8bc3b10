package record

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/socctl/socctl/evaluator/telemetry"
)

// Options change how events are recorded. The zero value stands for the defaults.
type Options struct {
	// Memory is how many bytes of events are held before some are written; a third of a GiB
	// by default. The more, the larger files become, and the faster they are replayed. The process takes up to three times as much if debug.SetMemoryLimit tells
	// the collector so; otherwise garbage comes on top.
	Memory int
	// Normaliser says what events are; the built-in one if it is nil.
	Normaliser *telemetry.Normaliser
}

const defaultMemory = 1 << 30 / 3

func (o *Options) heldBytes() int {
	if o.Memory <= 0 {
		return defaultMemory
	}
	return o.Memory
}

// Writer adds events to a recording. What is added becomes visible, all at once,
// when Commit succeeds. It ends with Commit or Abort, without which the recording stays
// locked as long as the process lives. A Writer is for one goroutine.
type Writer struct {
	dir        string
	memory     int
	layouts    *telemetry.Layouts
	routing    string // see File
	normaliser *telemetry.Normaliser
	manifest   *Manifest
	unlock     func()
	ended      bool
	parts      map[partKey]*part
	press      *press
	held       int // bytes of parts
	heldRows   int
	added      []File
	inputs     []Input
	rows       int
	there      map[string]bool // paths of files that the recording had at first
	replaced   map[string]bool // paths of files that the recording loses with the next commit

	interrupted func() error // its error ends writing before the next file
}

// partKey is what the rows of a file have in common.
type partKey struct{ day, view string }

// Create opens a recording for adding events, and makes it if the folder does not
// exist or is empty. While somebody else writes to it, that is ErrLocked.
func Create(dir string, o Options) (*Writer, error) {
	if isFile(dir) {
		return nil, fmt.Errorf("%s is a file, but a recording is a folder", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	m, err := manifestFor(dir)
	if err != nil {
		unlock()
		return nil, err
	}
	w := &Writer{dir: dir, memory: o.heldBytes(), manifest: m, unlock: unlock, parts: map[partKey]*part{}, there: map[string]bool{}, replaced: map[string]bool{}, interrupted: func() error { return nil }}
	for _, f := range m.Files {
		w.there[f.Path] = true
	}
	if o.Normaliser == nil {
		o.Normaliser = telemetry.NewNormaliser(nil)
	}
	if w.press, err = newPress(); err != nil {
		unlock()
		return nil, err
	}
	w.layouts, w.routing, w.normaliser = telemetry.NewLayouts(o.Normaliser), o.Normaliser.RouteKey(), o.Normaliser
	if err := w.sweep(); err != nil {
		unlock()
		return nil, err
	}
	return w, nil
}

// begun is the name of a file in a folder that has no manifest yet: what else is there has
// been left by a process that was killed. Without it, the manifest was there and is gone.
const begun = ".begun"

// manifestFor returns the manifest of a folder, a new one if there is nothing in it.
func manifestFor(dir string) (*Manifest, error) {
	m, err := ReadManifest(dir)
	if !errors.Is(err, ErrNoRecording) {
		return m, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "day=") {
			return nil, fmt.Errorf("%s %w, but %s; name a new folder", dir, ErrNoRecording, e.Name())
		}
	}
	mark := filepath.Join(dir, begun)
	if files, _ := fs.Glob(os.DirFS(dir), "day=*/view=*/*.parquet"); len(files) > 0 && !isFile(mark) {
		return nil, fmt.Errorf("%s has files of a recording, but its %s is gone; restore it, or name a new folder", dir, ManifestName)
	}
	return &Manifest{Schema: SchemaVersion}, os.WriteFile(mark, nil, 0o644)
}

// sweep removes what a process that was killed has left: files that the manifest
// does not list.
func (w *Writer) sweep() error {
	listed := map[string]bool{}
	for _, f := range w.manifest.Files {
		listed[filepath.Join(w.dir, filepath.FromSlash(f.Path))] = true
		if f.Index != nil {
			listed[indexPath(w.dir, &f)] = true
		}
	}
	return filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		ours := filepath.Ext(path) == ".parquet" || filepath.Ext(path) == indexSuffix
		left := strings.HasPrefix(d.Name(), temporary) || ours && !listed[path]
		if !left {
			return nil
		}
		return os.Remove(path)
	})
}

// put adds a record of which it is known where it belongs.
func (w *Writer) put(r telemetry.Record, at time.Time, view string) error {
	layout, err := w.layouts.Take(r)
	if err != nil {
		return err
	}
	place, _, err := w.layouts.Place()
	if err != nil {
		return err
	}
	return w.keep(r, layout, belonging{at, view, place.Route, place.Fields})
}

// Add adds a record. For a raw one that is not simply one record it returns
// telemetry.ErrNotPlain; see telemetry.Stream.Reread.
func (w *Writer) Add(r telemetry.Record) error {
	if w.ended {
		return ErrEnded
	}
	layout, err := w.layouts.Take(r)
	if err != nil {
		return err
	}
	place, at, err := w.layouts.Place()
	if err != nil {
		return err
	}
	return w.keep(r, layout, belonging{at, strings.Join(place.Views, "+"), place.Route, place.Fields})
}

// keep holds a record, and writes some of what is held if it is too much.
func (w *Writer) keep(r telemetry.Record, layout *telemetry.Layout, is belonging) error {
	p := w.part(is.at, is.view)
	w.held -= p.bytes
	if err := p.add(r, layout, w.layouts, is); err != nil {
		return err
	}
	w.held += p.bytes
	w.heldRows++
	w.rows++
	p.grown = w.rows
	if w.held > w.memory {
		return w.spill()
	}
	return nil
}

// Rows returns how many events were added.
func (w *Writer) Rows() int { return w.rows }

func (w *Writer) part(at time.Time, view string) *part {
	key := partKey{view: view}
	if !at.IsZero() {
		key.day = at.UTC().Format(time.DateOnly)
	}
	p := w.parts[key]
	if p == nil {
		p = newPart()
		w.parts[key] = p
	}
	return p
}

// spill writes parts until there is room for more. Those that have not grown for long go first,
// for the day that they are of may be over, and then nothing is gained by holding them; else
// the largest. No more than needed are written: the longer they are held, the larger files
// become, and the less often they tell the same texts.
func (w *Writer) spill() error {
	for w.held > w.memory-w.memory/8 {
		if err := w.flushTogether(w.spilled()); err != nil {
			return err
		}
	}
	return nil
}

// spilled returns which parts are to be written: one, or those of a day that are few events each.
func (w *Writer) spilled() []partKey {
	var largest, idle partKey
	size, least := -1, w.rows
	for key, p := range w.parts {
		if p.bytes > size || p.bytes == size && key.compare(largest) < 0 {
			largest, size = key, p.bytes
		}
		if p.grown < least {
			idle, least = key, p.grown
		}
	}
	switch since := w.rows - w.heldRows; {
	case least >= since:
		return []partKey{largest}
	case w.parts[idle].rows() >= fewRows:
		return []partKey{idle}
	default:
		var keys []partKey
		for key, p := range w.parts {
			if key.day == idle.day && p.rows() < fewRows && p.grown < since {
				keys = append(keys, key)
			}
		}
		return keys
	}
}

// flushTogether writes parts of a day as one file.
func (w *Writer) flushTogether(keys []partKey) error {
	key, p := keys[0], w.parts[keys[0]]
	if len(keys) > 1 {
		slices.SortFunc(keys, partKey.compare)
		p = newPart()
		for _, key := range keys {
			p.take(w.parts[key])
		}
		key.view = p.views()
	}
	if err := w.flush(key, p); err != nil {
		return err
	}
	for _, key := range keys {
		w.held -= w.parts[key].bytes
		w.heldRows -= w.parts[key].rows()
		delete(w.parts, key)
	}
	return nil
}

func (k partKey) compare(other partKey) int {
	return cmp.Or(strings.Compare(k.day, other.day), strings.Compare(k.view, other.view))
}

// fewRows is how many events have a file of their own; fewer of one day go together.
const fewRows = 4096

// Commit writes what is left and makes all that was added a part of the recording. If
// it cannot, the recording is as it was, and nothing of what was added takes room. Either
// way the writer has ended.
func (w *Writer) Commit() error {
	if w.ended {
		return ErrEnded
	}
	defer w.end()
	err := w.flushAll()
	if err == nil {
		err = w.list()
	}
	if err != nil {
		return w.unlisted(err)
	}
	if err := errors.Join(w.sweep(), w.sweepCache(), ignoreMissing(os.Remove(filepath.Join(w.dir, begun)))); err != nil {
		return fmt.Errorf("%w: %w", ErrHalfDone, err)
	}
	return nil
}

// ErrHalfDone is in an error of Commit, Compact and Redact after which it is not certain that
// the recording is as it was before.
var ErrHalfDone = errors.New("the recording may be the new one already, and what that replaces may still be in its folder")

// list makes the manifest list what was added.
func (w *Writer) list() error {
	w.manifest.Files = append(slices.DeleteFunc(w.manifest.Files, func(f File) bool { return w.replaced[f.Path] }), w.added...)
	w.manifest.Inputs = append(w.manifest.Inputs, w.inputs...)
	return w.manifest.write(w.dir)
}

// unlisted removes what was added after an error, unless the manifest lists it nevertheless:
// it may be in its place although something failed behind that.
func (w *Writer) unlisted(because error) error {
	there, err := ReadManifest(w.dir)
	listed := func(f File) bool {
		return there != nil && slices.ContainsFunc(there.Files, func(known File) bool { return known.Path == f.Path })
	}
	unknown := err != nil && !errors.Is(err, ErrNoRecording) // the next writer removes what does not count
	if unknown || slices.ContainsFunc(w.added, func(f File) bool { return !w.there[f.Path] && listed(f) }) {
		return fmt.Errorf("%w: %w", ErrHalfDone, because)
	}
	return errors.Join(because, w.removeAdded())
}

// flushAll writes all that is held.
func (w *Writer) flushAll() error {
	keys := slices.SortedFunc(maps.Keys(w.parts), partKey.compare)
	few := map[string][]partKey{} // by day
	for _, key := range keys {
		if w.parts[key].rows() < fewRows {
			few[key.day] = append(few[key.day], key)
			continue
		}
		if err := w.flushTogether([]partKey{key}); err != nil {
			return err
		}
	}
	for _, day := range slices.Sorted(maps.Keys(few)) {
		if err := w.flushTogether(few[day]); err != nil {
			return err
		}
	}
	return nil
}

// Abort gives up what was added. Behind Commit, or another Abort, it does nothing, so that
// it can be deferred.
func (w *Writer) Abort() error {
	if w.ended {
		return nil
	}
	defer w.end()
	return w.removeAdded()
}

func (w *Writer) end() {
	w.ended = true
	w.unlock()
}

// removeAdded removes what was added, unless it was there before: a file of the same content
// has the same name.
func (w *Writer) removeAdded() error {
	var errs []error
	for _, f := range w.added {
		if !w.there[f.Path] {
			errs = append(errs, removeFile(w.dir, &f))
		}
	}
	return errors.Join(errs...)
}

// flush writes a part as a file.
func (w *Writer) flush(key partKey, p *part) error {
	if err := w.interrupted(); err != nil {
		return err
	}
	folder := filepath.ToSlash(filepath.Join("day="+orNone(key.day), "view="+fileName(key.view)))
	if err := os.MkdirAll(filepath.Join(w.dir, filepath.FromSlash(folder)), 0o755); err != nil {
		return err
	}
	f, err := p.write(w.dir, folder, w.press)
	if err != nil {
		return err
	}
	f.Day, f.View, f.Routing = key.day, key.view, w.routing
	w.added = append(w.added, f)
	return nil
}

func orNone(day string) string {
	if day == "" {
		return "none"
	}
	return day
}

// fileName makes a name of a folder of names of views.
func fileName(view string) string {
	if view == "" {
		return "none"
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.', r == '+':
			return r
		}
		return '-'
	}, view)
	return name[:min(len(name), 100)]
}
