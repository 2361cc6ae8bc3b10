package synth

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

// publicRules are the rules of the data, below its root.
const publicRules = "sigma/sigma-rules-8eaafff1-attack-v19.tar.zst"

// Rules compiles the rules of a folder, or of an archive of one. Those that do not
// stand alone, as they need values for placeholders, are left out.
func Rules(path string) (*compiler.Program, error) {
	files, err := ruleFiles(path)
	if err != nil {
		return nil, err
	}
	set := &rules.Set{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		docs, diags := rules.Parse(name, files[name])
		if err := diags.Err(); err != nil {
			return nil, err
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	program, _ := compiler.Compile(set, compiler.Options{})
	if len(program.Rules) == 0 {
		return nil, fmt.Errorf("%s: no rules", path)
	}
	return program, nil
}

func ruleFiles(path string) (map[string][]byte, error) {
	if strings.HasSuffix(path, ".tar.zst") {
		return unpack(path)
	}
	files := map[string][]byte{}
	root := os.DirFS(path)
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".yml" {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
	return files, err
}

func unpack(path string) (map[string][]byte, error) {
	f, err := os.Open(path)
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
		if strings.HasSuffix(h.Name, ".yml") {
			if files[h.Name], err = io.ReadAll(tr); err != nil {
				return nil, err
			}
		}
	}
}
