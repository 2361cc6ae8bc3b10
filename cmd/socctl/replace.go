package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a file under a temporary name and renames it, so that
// nobody ever sees half of it. What a link leads to is replaced, not the link;
// who may use the file stays the same; and one that must not be written is left
// as it is. Devices and pipes are written to.
func replaceFile(path string, data []byte) error {
	at := path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		at = target
	}
	mode, exists := fs.FileMode(0o644), false
	switch info, err := os.Stat(at); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return unwritable(path, err)
	case info.IsDir():
		return fmt.Errorf("%s cannot be written: it is a folder", path)
	case !info.Mode().IsRegular():
		return unwritable(path, overwrite(at, data))
	default:
		f, err := os.OpenFile(at, os.O_WRONLY, 0)
		if err != nil {
			return unwritable(path, err)
		}
		f.Close()
		mode, exists = info.Mode().Perm(), true
	}
	err := rename(at, data, mode)
	if exists && errors.Is(err, fs.ErrPermission) {
		err = overwrite(at, data) // the folder is closed, the file is not
	}
	return unwritable(path, err)
}

// rename writes a file beside another and puts it in its place.
func rename(at string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(at), filepath.Base(at)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), at)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func overwrite(at string, data []byte) error {
	f, err := os.OpenFile(at, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// unwritable names the file that was meant, not one of a passing name.
func unwritable(path string, err error) error {
	if err == nil {
		return nil
	}
	var inner *fs.PathError
	var moved *os.LinkError
	switch {
	case errors.As(err, &inner):
		err = inner.Err
	case errors.As(err, &moved):
		err = moved.Err
	}
	return fmt.Errorf("%s cannot be written: %w", path, err)
}
