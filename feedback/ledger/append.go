package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/socctl/socctl/feedback"
	"github.com/socctl/socctl/rules"
)

// readFrom returns what a file has behind an offset.
func readFrom(name string, offset int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

// appendLines appends whole lines to a file and waits until they are on the disk.
// Half a line at its end is removed and returned. If not all lines can be written
// the file is as it was.
func appendLines(name string, lines []byte) (torn []byte, err error) {
	_, statErr := os.Stat(name)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	end, torn, err := mend(f)
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt(lines, end); err != nil {
		return nil, errors.Join(err, f.Truncate(end))
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	if os.IsNotExist(statErr) {
		return torn, syncFolder(filepath.Dir(name))
	}
	return torn, nil
}

// mend makes a file end with a whole line, and returns its length then.
func mend(f *os.File) (end int64, torn []byte, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, nil, err
	}
	end = info.Size()
	tail := make([]byte, min(end, feedback.MaxRecord+1))
	if _, err := f.ReadAt(tail, end-int64(len(tail))); err != nil && err != io.EOF {
		return 0, nil, err
	}
	last := tail[bytes.LastIndexByte(tail, '\n')+1:]
	switch {
	case len(last) == 0:
		return end, nil, nil
	case len(last) > feedback.MaxRecord:
		return 0, nil, fmt.Errorf("%s ends with a line of more than %d bytes: it is no ledger", f.Name(), feedback.MaxRecord)
	}
	if _, n, _ := feedback.Decode(rules.NewFile(f.Name(), last)); n > 0 {
		end -= int64(len(last))
		return end, last, f.Truncate(end)
	}
	_, err = f.WriteAt([]byte("\n"), end)
	return end + 1, nil, err
}

// syncFolder makes sure that a new file will be found in its folder.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !os.IsPermission(err) {
		return err
	}
	return nil
}
