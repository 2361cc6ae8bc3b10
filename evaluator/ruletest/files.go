package ruletest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Files reads the files that tests and rules lie in. Names are paths of the
// operating system, as os takes them; links are followed.
type Files interface {
	Stat(name string) (fs.FileInfo, error)
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]fs.DirEntry, error)
}

// disk is the Files of the operating system.
type disk struct{}

func (disk) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (disk) ReadFile(name string) ([]byte, error)       { return os.ReadFile(name) }
func (disk) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

func (l *loader) exists(name string) bool {
	_, err := l.files.Stat(name)
	return err == nil
}

// walkDir calls visit for root and everything below it, in the order of names,
// without following links but root. visit may return fs.SkipDir for a folder.
func (l *loader) walkDir(root string, visit fs.WalkDirFunc) error {
	info, err := l.files.Stat(root)
	if err != nil {
		err = visit(root, nil, err)
	} else {
		err = l.walkEntry(root, fs.FileInfoToDirEntry(info), visit)
	}
	if errors.Is(err, fs.SkipDir) {
		return nil
	}
	return err
}

func (l *loader) walkEntry(path string, d fs.DirEntry, visit fs.WalkDirFunc) error {
	if err := visit(path, d, nil); err != nil || !d.IsDir() {
		return err
	}
	entries, err := l.files.ReadDir(path)
	if err != nil {
		if err := visit(path, d, err); err != nil {
			return err
		}
	}
	for _, e := range entries {
		err := l.walkEntry(filepath.Join(path, e.Name()), e, visit)
		if err != nil && (!errors.Is(err, fs.SkipDir) || !e.IsDir()) {
			return err
		}
	}
	return nil
}
