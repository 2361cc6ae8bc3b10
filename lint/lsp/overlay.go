package lsp

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// overlay is the file system with the texts of the editor over those on disk. It
// implements ruletest.Files.
type overlay map[string]*document // by path

// documents returns the text of the editor for a path of the operating system.
func (o overlay) document(name string) *document { return o[absolute(name)] }

// Stat returns what is known about a file, also one that was never saved.
func (o overlay) Stat(name string) (fs.FileInfo, error) {
	info, err := os.Stat(name)
	if d := o.document(name); err != nil && d != nil {
		return unsaved{filepath.Base(name), int64(len(d.file.Source))}, nil
	}
	return info, err
}

// ReadFile returns the text of a file.
func (o overlay) ReadFile(name string) ([]byte, error) {
	if d := o.document(name); d != nil {
		return d.file.Source, nil
	}
	return os.ReadFile(name)
}

// ReadDir lists a folder of the disk.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }

// unsaved is a file that is only in the editor.
type unsaved struct {
	name string
	size int64
}

// Name implements fs.FileInfo.
func (u unsaved) Name() string { return u.name }

// Size implements fs.FileInfo.
func (u unsaved) Size() int64 { return u.size }

// Mode implements fs.FileInfo.
func (u unsaved) Mode() fs.FileMode { return 0o600 }

// ModTime implements fs.FileInfo.
func (u unsaved) ModTime() time.Time { return time.Time{} }

// IsDir implements fs.FileInfo.
func (u unsaved) IsDir() bool { return false }

// Sys implements fs.FileInfo.
func (u unsaved) Sys() any { return nil }
