// Package rulefiles reads the texts of rules from where benchmarks have them: a
// folder, or the archive of the public ones.
package rulefiles

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Public is the archive of the public rules, below the root of the data.
const Public = "sigma/sigma-rules-8eaafff1-attack-v19.tar.zst"

// Read returns the texts of all .yml files of a folder, or of an archive .tar.zst of
// one, by their paths in it, with slashes.
func Read(from string) (map[string][]byte, error) {
	if strings.HasSuffix(from, ".tar.zst") {
		return unpack(from)
	}
	files := map[string][]byte{}
	root := os.DirFS(from)
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".yml" {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
	return files, err
}

func unpack(archive string) (map[string][]byte, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	files := map[string][]byte{}
	for tr := tar.NewReader(z); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if path.Ext(h.Name) == ".yml" {
			if files[h.Name], err = io.ReadAll(tr); err != nil {
				return nil, err
			}
		}
	}
}
