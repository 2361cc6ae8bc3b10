package calibration

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"github.com/socctl/socctl/feedback/internal/filelock"
)

// maxLine is how long a line may be: half a million alerts.
const maxLine = 16 << 20

// Decode reads the lines of a ledger. An error names the first line that cannot be
// read and why: without it, alerts would count again that have counted before.
func Decode(path string, data []byte) ([]Record, error) {
	var out []Record
	for n := 1; len(data) > 0; n++ {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r, err := decode(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w; put the line right from a copy of the ledger, or remove it if it is only the half of one", path, n, err)
		}
		out = append(out, r)
	}
	return out, nil
}

func decode(line []byte) (r Record, err error) {
	if len(line) > maxLine {
		return r, fmt.Errorf("the line has %d bytes; at most %d may be", len(line), maxLine)
	}
	if !utf8.Valid(line) {
		return r, errors.New("the line is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("no record of a calibration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return r, errors.New("there is more on the line than a record")
	}
	return r, r.check()
}

// Read reads a ledger. One that is not there is empty.
func Read(path string) (*Ledger, error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	records, err := Decode(path, data)
	if err != nil {
		return nil, err
	}
	l := New(records)
	l.size = int64(len(data))
	return l, nil
}

// Append adds records to the file that the ledger was read from, and returns when they
// are on the disk. It refuses if the file has changed since it was read: another run
// may have tested the same alerts meanwhile. All go in one write at the end.
func (l *Ledger) Append(path string, records []Record) (err error) {
	if len(records) == 0 {
		return nil
	}
	var lines []byte
	for i := range records {
		line, err := json.Marshal(&records[i])
		if err != nil {
			return err
		}
		if len(line) > maxLine {
			return fmt.Errorf("a test of the rule %s rests on %d alerts: more than a line of the ledger of calibration holds", records[i].Rule, len(records[i].Alerts))
		}
		lines = append(append(lines, line...), '\n')
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := filelock.Wait(context.Background(), f); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != l.size {
		return fmt.Errorf("%s was written to since it was read: another run may have tested the same alerts; run again", path)
	}
	if info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			return fmt.Errorf("%s ends in the middle of a line: a write was interrupted; remove that line", path)
		}
	}
	if _, err := f.Write(lines); err != nil {
		return errors.Join(err, f.Truncate(l.size))
	}
	l.size += int64(len(lines))
	return f.Sync()
}
