package ruletest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/socctl/socctl/rules"
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

// ErrOutside is the error of Within about what lies elsewhere.
var ErrOutside = errors.New("it lies outside of the repository")

// below is the Files of the operating system below a folder.
type below struct{ root string }

// Within returns the files of the operating system that lie below a folder. What a
// path or a link leads to elsewhere is not there: asking for it is ErrOutside. The
// error is that of finding the folder.
func Within(folder string) (Files, error) {
	root, err := filepath.Abs(folder)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	return below{root}, err
}

// check returns ErrOutside for what does not lie below the folder, whether or not it
// exists there.
func (b below) check(op, name string) error {
	at, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(at)
	if err != nil { // nothing is there: what counts is where the nearest folder is that exists
		for real = filepath.Dir(at); real != filepath.Dir(real); real = filepath.Dir(real) {
			if found, err := filepath.EvalSymlinks(real); err == nil {
				real = found
				break
			}
		}
	}
	if rel, inside := filepath.Rel(b.root, real); inside != nil || !filepath.IsLocal(rel) {
		return &fs.PathError{Op: op, Path: name, Err: ErrOutside}
	}
	return nil
}

func (b below) Stat(name string) (fs.FileInfo, error) {
	if err := b.check("stat", name); err != nil {
		return nil, err
	}
	return os.Stat(name)
}

func (b below) ReadFile(name string) ([]byte, error) {
	if err := b.check("open", name); err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}

func (b below) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := b.check("open", name); err != nil {
		return nil, err
	}
	return os.ReadDir(name)
}

// outside reports whether a name leads to where the loader must not look, or is that of
// a folder in which a link does.
func (l *loader) outside(name string) bool {
	info, err := l.files.Stat(name)
	if err != nil || !info.IsDir() {
		return errors.Is(err, ErrOutside)
	}
	if _, confined := l.files.(below); !confined {
		return false
	}
	found := false
	_ = filepath.WalkDir(name, func(at string, d fs.DirEntry, err error) error { // who reads the folder tells what cannot be read
		if err == nil && d.Type()&fs.ModeSymlink != 0 {
			_, err := l.files.Stat(at)
			found = found || errors.Is(err, ErrOutside)
		}
		return nil
	})
	return found
}

// forbidden is the obstacle of a test that names a file elsewhere.
func forbidden(at rules.Scalar, what string) *obstacle {
	return &obstacle{status: Error, span: at.Span, message: what + " is not read: " + ErrOutside.Error(),
		help: "keep what tests need in the repository"}
}

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
