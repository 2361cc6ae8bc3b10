// Package corpus finds the recordings and rules that tests use but that are too
// large, or not free enough, for the repository. Tests skip where they are
// absent.
package corpus

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/rules"
)

// Path returns the path of something in the corpus, given below its root with
// slashes. It skips the test if there is no corpus at $SOCCTL_DATA, by default
// the folder shared/data beside the repository.
func Path(t testing.TB, below string) string {
	t.Helper()
	if _, err := os.Stat(root()); err != nil {
		t.Skipf("no recordings at %s; set SOCCTL_DATA to the folder that holds them", root())
	}
	return filepath.Join(root(), filepath.FromSlash(below))
}

func root() string {
	if dir := os.Getenv("SOCCTL_DATA"); dir != "" {
		return dir
	}
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "..", "shared", "data")
}

// Rules returns the public rules of the corpus, in the order of their paths.
// Those that cannot be parsed fail the test.
func Rules(t testing.TB) *rules.Set {
	t.Helper()
	Path(t, "")
	files, err := ruleFiles()
	if err != nil {
		t.Fatal(err)
	}
	set := &rules.Set{}
	for _, f := range files {
		docs, diags := rules.Parse(f.name, f.data)
		if err := diags.Err(); err != nil {
			t.Error(err)
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	return set
}

// Extract writes the public rules of the corpus below a folder.
func Extract(t testing.TB, dir string) {
	t.Helper()
	Path(t, "")
	files, err := ruleFiles()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(name), 0o755)
		}
		if err == nil {
			err = os.WriteFile(name, f.data, 0o644)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

type file struct {
	name string
	data []byte
}

const rulesArchive = "sigma/sigma-rules-8eaafff1-attack-v19.tar.zst"

var ruleFiles = sync.OnceValues(func() (files []file, err error) {
	f, err := os.Open(filepath.Join(root(), filepath.FromSlash(rulesArchive)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	for tr := tar.NewReader(z); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(h.Name, ".yml") {
			data, err := io.ReadAll(tr)
			if err != nil {
				return nil, err
			}
			files = append(files, file{h.Name, data})
		}
	}
})
