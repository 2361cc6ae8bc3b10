package evaluator_test

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/socctl/socctl/compiler"
	"github.com/socctl/socctl/rules"
)

const rulesArchive = "sigma/sigma-rules-8eaafff1-attack-v19.tar.zst"

// corpusFiles unpacks the rules of an archive: path -> content.
var corpusFiles = sync.OnceValues(func() (map[string][]byte, error) {
	root := os.Getenv("SOCCTL_DATA")
	if root == "" {
		root = "../../shared/data"
	}
	f, err := os.Open(path.Join(root, rulesArchive))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
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
})

// corpusSet parses every rule of the archive.
func corpusSet(t testing.TB) *rules.Set {
	t.Helper()
	sharedData(t, rulesArchive)
	files, err := corpusFiles()
	if err != nil {
		t.Fatal(err)
	}
	set := &rules.Set{}
	for name, data := range files {
		docs, diags := rules.Parse(name, data)
		if err := diags.Err(); err != nil {
			t.Error(err)
		}
		for _, d := range docs {
			set.Add(d)
		}
	}
	return set
}

// corpusProgram compiles every rule of the archive but those that need values
// for placeholders.
func corpusProgram(t testing.TB) *compiler.Program {
	t.Helper()
	prog, diags := compiler.Compile(corpusSet(t), compiler.Options{})
	for _, d := range diags {
		if d.Severity == rules.Error && d.Code != "ref/placeholder-undefined" {
			t.Error(d)
		}
	}
	return prog
}
