package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// Extension is that of the files of a folder.
const Extension = ".ndjson"

// Contents is what a ledger holds.
type Contents struct {
	Verdicts    []feedback.Verdict // each with its place
	Files       []string
	Diagnostics rules.Diagnostics // lines that cannot be read are left out, and told here
}

// Read reads a ledger: a file, or a folder with all files in it that end in
// Extension. One that is not there is empty. Other writers are not waited for:
// what they have not finished is told as half-written.
func Read(path string) (*Contents, error) {
	files, err := filesOf(path)
	if err != nil {
		return nil, err
	}
	out := &Contents{Files: files}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		verdicts, _, diags := feedback.Decode(rules.NewFile(filepath.ToSlash(name), data))
		out.Verdicts = append(out.Verdicts, verdicts...)
		out.Diagnostics = append(out.Diagnostics, diags...)
	}
	return out, nil
}

// isFile reports whether a path is, or will be, one file.
func isFile(path string) bool {
	if info, err := os.Stat(path); err == nil {
		return !info.IsDir()
	}
	return strings.HasSuffix(path, Extension) || strings.HasSuffix(path, ".jsonl")
}

// filesOf lists the files of a ledger in the order of their names.
func filesOf(path string) (files []string, err error) {
	if isFile(path) {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return []string{path}, nil
	}
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != path && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, Extension) && !strings.HasPrefix(d.Name(), "."):
			files = append(files, name)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	slices.Sort(files)
	return files, err
}
