package revision

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"
)

// Files is the tree of a commit as files and folders, by the names that the
// work tree has for them, relative to the folder from which the tree is seen or
// absolute. What has not changed since is read from the work tree. Nothing
// outside the repository is there, whatever links say.
type Files struct {
	tree    *Tree
	text    map[string][]byte        // of changed files
	entries map[string][]fs.DirEntry // by name within the repository
}

// Files returns the files of the commit. The contents of all that have changed
// are read at once.
func (t *Tree) Files(ctx context.Context) (*Files, error) {
	f := &Files{tree: t, entries: map[string][]fs.DirEntry{}}
	var err error
	if f.text, err = t.Read(ctx, t.Names(t.Changed)); err != nil {
		return nil, err
	}
	for name := range t.blobs {
		f.enter(f.name(name), false)
	}
	for _, entries := range f.entries {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	}
	return f, nil
}

// enter adds a file or folder to the folder that it lies in, and that to its.
func (f *Files) enter(name string, isDir bool) {
	dir := path.Dir(name)
	_, known := f.entries[dir]
	f.entries[dir] = append(f.entries[dir], fs.FileInfoToDirEntry(info{path.Base(name), isDir}))
	if !known && dir != "." {
		f.enter(dir, true)
	}
}

// name returns the name within the repository, "" for one outside.
func (f *Files) name(name string) string {
	rel, err := f.tree.inRepository(name)
	if err != nil {
		return ""
	}
	return rel
}

func missing(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

// Stat tells whether a name is that of a file or a folder; sizes and times are
// not known.
func (f *Files) Stat(name string) (fs.FileInfo, error) {
	n := f.name(name)
	if f.tree.blobs[f.tree.fromHere(n)] != "" {
		return info{path.Base(n), false}, nil
	}
	if f.entries[n] != nil {
		return info{path.Base(n), true}, nil
	}
	return nil, missing("stat", name)
}

// ReadFile returns the contents of a file.
func (f *Files) ReadFile(name string) ([]byte, error) {
	n := f.tree.fromHere(f.name(name))
	if text, changed := f.text[n]; changed {
		return text, nil
	}
	if f.tree.blobs[n] == "" {
		return nil, missing("open", name)
	}
	return os.ReadFile(filepath.Join(f.tree.dir, filepath.FromSlash(n)))
}

// ReadDir returns what lies in a folder, in the order of names.
func (f *Files) ReadDir(name string) ([]fs.DirEntry, error) {
	if entries := f.entries[f.name(name)]; entries != nil {
		return entries, nil
	}
	return nil, missing("open", name)
}

// info is what is known of a file.
type info struct {
	name  string
	isDir bool
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return 0 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.isDir }
func (i info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.isDir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
