package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// HashPaths returns a hash of the files that LoadPaths reads: of their paths and their
// bytes, without parsing them. Equal hashes mean that LoadPaths returns the same. The
// error is that some file or folder cannot be read, or holds no rule file.
func HashPaths(paths ...string) (string, error) {
	l := loader{}
	l.collect(paths)
	if len(l.diags) > 0 {
		return "", errors.New(l.diags[0].Message)
	}
	l.settle()
	sum := sha256.New()
	for _, s := range l.sources {
		data, err := s.read()
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%q %d ", s.path, len(data))
		_, _ = sum.Write(data) // never fails
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
