package telemetry

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// source reads everything that one argument stands for.
func (r *reader) source(name string) bool {
	if name == "-" {
		if r.options.Stdin == nil {
			return r.fail(name, errNoStdin)
		}
		r.modified = time.Time{}
		return r.standardInput(r.options.Stdin)
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return r.folder(name)
	case err == nil:
		return r.file(name)
	case isGlob(name) && errors.Is(err, fs.ErrNotExist):
		return r.glob(name)
	}
	return r.fail(name, cause(err))
}

func (r *reader) file(path string) bool {
	if !r.live() {
		return false
	}
	if r.options.File != nil {
		if err := r.options.File(path); err != nil {
			return r.fail(path, err)
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return r.fail(path, cause(err))
	}
	defer f.Close()
	r.modified = time.Time{}
	if info, err := f.Stat(); err == nil {
		r.modified = info.ModTime()
	}
	return r.stream(path, f, 0)
}

// folder reads the recordings below root in lexical order. Links to files are
// followed, links to folders below root are not, so there are no cycles.
func (r *reader) folder(root string) bool {
	found, skipped, failed := 0, 0, 0
	err := filepath.WalkDir(entered(root), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			failed++
			return goOn(r.fail(filepath.Clean(path), cause(err)))
		case entry.IsDir():
			return goOn(r.live())
		case !isRecording(path) || !isFile(path, entry):
			skipped++
			r.skip(path)
			return nil
		}
		found++
		return goOn(r.file(path))
	})
	if err == nil && found == 0 && failed == 0 {
		return r.fail(root, fmt.Errorf("folder holds no recording (%s, and packed ones; %d other files); name the files or a pattern to read others",
			strings.Join(recordingExts, " "), skipped))
	}
	return !r.stopped
}

// entered names a folder such that filepath.WalkDir goes into it even if it is a link:
// somebody has asked for it.
func entered(root string) string {
	return strings.TrimSuffix(root, string(filepath.Separator)) + string(filepath.Separator)
}

func (r *reader) skip(path string) {
	if r.options.Skipped != nil {
		r.options.Skipped(path)
	}
}

func goOn(live bool) error {
	if live {
		return nil
	}
	return fs.SkipAll
}

// recordingExts are the names that folders and archives are searched for.
// Plain text (.txt) is read if it is named only: most of it is no recording.
var recordingExts = []string{".evtx", ".json", ".ndjson", ".jsonl", ".log", ".xml", ".csv", ".tsv", ".cef", ".leef", ".labeled",
	".zip", ".tar", ".tgz"}

var packedExts = []string{".gz", ".zst", ".bz2"}

// logNames are the names of logs that have no extension.
var logNames = []string{"messages", "syslog", "secure", "auth", "authlog", "cron", "maillog", "daemon", "kern", "user", "access_log", "error_log"}

// rotated is what the rotation of logs appends: access.log.1, messages-20260102.
var rotated = regexp.MustCompile(`(\.[0-9]{1,4}|[-.][0-9]{8}([-.][0-9]+)?)$`)

// isRecording tells by the name whether a file of a folder or an archive is read.
func isRecording(path string) bool {
	name := strings.ToLower(filepath.Base(filepath.FromSlash(path)))
	for _, packed := range packedExts {
		name = strings.TrimSuffix(name, packed)
	}
	name = rotated.ReplaceAllString(name, "")
	return slices.Contains(logNames, name) ||
		slices.ContainsFunc(recordingExts, func(ext string) bool { return strings.HasSuffix(name, ext) })
}

func isFile(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular() // a dangling link is reported when it is opened
}

// cause strips the path, which a Problem names itself, from a file error and
// says what to do about the commonest one.
func cause(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; check the path", fs.ErrNotExist)
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
