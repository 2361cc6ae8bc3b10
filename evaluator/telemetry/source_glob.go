package telemetry

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

func isGlob(name string) bool { return strings.ContainsAny(name, "*?[") }

// glob reads the files that match pattern in lexical order. Folders are not
// matched; a pattern reaches into them with "/**".
func (r *reader) glob(pattern string) bool {
	root, segments := splitGlob(pattern)
	for _, segment := range segments {
		if _, err := path.Match(segment, ""); err != nil {
			return r.fail(pattern, fmt.Errorf("malformed pattern %q; quote a literal [ as \\[", segment))
		}
	}
	found, failed := 0, 0
	err := filepath.WalkDir(entered(root), func(name string, entry fs.DirEntry, err error) error {
		below := segmentsBelow(root, name)
		switch {
		case err != nil && len(below) == 0 && errors.Is(err, fs.ErrNotExist):
			return fs.SkipAll
		case err != nil:
			failed++
			return goOn(r.fail(filepath.Clean(name), cause(err)))
		case entry.IsDir() && !reaches(segments, len(below)):
			return fs.SkipDir
		case entry.IsDir() || !matchSegments(segments, below) || !isFile(name, entry):
			return goOn(r.live())
		}
		found++
		return goOn(r.file(name))
	})
	if err == nil && found == 0 && failed == 0 {
		return r.fail(pattern, errors.New("no file matches the pattern; quote it if the shell should not expand it"))
	}
	return !r.stopped
}

// splitGlob cuts a pattern into the folder in front of the first wildcard and
// the segments behind it.
func splitGlob(pattern string) (root string, segments []string) {
	segments = strings.Split(filepath.ToSlash(pattern), "/")
	n := 0
	for n < len(segments)-1 && !isGlob(segments[n]) {
		n++
	}
	root = strings.Join(segments[:n], "/")
	switch {
	case n == 0:
		root = "."
	case root == "":
		root = "/"
	}
	return filepath.FromSlash(root), segments[n:]
}

func segmentsBelow(root, name string) []string {
	rel, err := filepath.Rel(root, name)
	if err != nil || rel == "." {
		return nil
	}
	return strings.Split(filepath.ToSlash(rel), "/")
}

// reaches reports whether a folder at that depth can hold a match.
func reaches(segments []string, depth int) bool {
	for _, segment := range segments {
		if segment == "**" {
			return true
		}
	}
	return depth < len(segments)
}

func matchSegments(pattern, names []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for skip := range len(names) + 1 {
				if matchSegments(pattern[1:], names[skip:]) {
					return true
				}
			}
			return false
		}
		if len(names) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], names[0]); !ok {
			return false
		}
		pattern, names = pattern[1:], names[1:]
	}
	return len(names) == 0
}
