package record

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
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

// Grown returns what a file was when it was recorded before, if it has grown since: it begins
// with all that it was, under the same name. False if it has not.
func (w *Writer) Grown(in Input) (was Input, grown bool) {
	var known []Input
	for _, of := range slices.Concat(w.manifest.Inputs, w.inputs) {
		if of.Path == in.Path && of.Bytes > 0 && of.Bytes < in.Bytes {
			known = append(known, of)
		}
	}
	if len(known) == 0 {
		return Input{}, false
	}
	f, err := os.Open(filepath.FromSlash(in.Path))
	if err != nil {
		return Input{}, false // whoever reads the file tells what is wrong with it
	}
	defer f.Close()
	slices.SortFunc(known, func(a, b Input) int { return cmp.Compare(a.Bytes, b.Bytes) })
	sum, at := sha256.New(), int64(0)
	for _, of := range known {
		if n, err := io.CopyN(sum, f, of.Bytes-at); err != nil {
			break
		} else if at += n; hex.EncodeToString(sum.Sum(nil)) == of.SHA256 {
			was, grown = of, true
		}
	}
	return was, grown
}

// Note notes that all events of a file were added, which counts from Commit on.
func (w *Writer) Note(in Input) { w.inputs = append(w.inputs, in) }
