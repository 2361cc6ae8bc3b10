package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// InputOf returns what a file is known by once it is recorded. A pipe is an error, and
// not touched: what is read of it is gone.
func InputOf(path string) (Input, error) {
	if info, err := os.Stat(path); err != nil {
		return Input{}, err
	} else if !info.Mode().IsRegular() {
		return Input{}, fmt.Errorf("%s is no file that could be read twice", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return Input{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return Input{filepath.ToSlash(path), n, hex.EncodeToString(sum.Sum(nil))}, err
}

// Recorded returns the file of the same content that was recorded before, or by this
// writer; false if none was.
func (w *Writer) Recorded(in Input) (Input, bool) {
	for _, of := range [][]Input{w.manifest.Inputs, w.inputs} {
		for _, known := range of {
			if known.SHA256 == in.SHA256 && known.Bytes == in.Bytes {
				return known, true
			}
		}
	}
	return Input{}, false
}

// Note notes that all events of a file were added, which counts from Commit on.
func (w *Writer) Note(in Input) { w.inputs = append(w.inputs, in) }
