package attack

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// packed is facts/enterprise.tsv, which is there to be read and compared: the
// tables of all releases in one, as most rows are in several of them. Before
// each row a mark for every release says whether the row is in it.
//
//go:embed facts/enterprise.tsv.gz
var packed []byte

// releases are the embedded ones, oldest first, as the first row of the file has
// them.
var releases = []string{"16.1", "17.1", "18.1", "19.1"}

// Latest is the newest embedded release.
const Latest = "19.1"

// Releases returns the embedded releases, oldest first.
func Releases() []string { return slices.Clone(releases) }

var loaded sync.Map // of release to what loads it once

// Load returns the facts of an embedded release of Enterprise; "" is Latest.
// They are decoded once, when they are first asked for. The error names the
// releases that there are.
func Load(release string) (*Facts, error) {
	if release == "" {
		release = Latest
	}
	if !slices.Contains(releases, release) {
		return nil, fmt.Errorf("ATT&CK %q is not known: there are %s", release, strings.Join(releases, ", "))
	}
	once, _ := loaded.LoadOrStore(release, sync.OnceValues(func() (*Facts, error) {
		f, err := decode(release)
		if err != nil {
			return nil, fmt.Errorf("facts of ATT&CK %s: %w", release, err)
		}
		return f, nil
	}))
	return once.(func() (*Facts, error))()
}

// decode takes the rows of a release out of the packed file.
func decode(release string) (*Facts, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	at := slices.Index(releases, release)
	table := make([]byte, 0, len(all)*2/3)
	for line := range bytes.Lines(all) {
		if marks, row, ok := bytes.Cut(line, []byte("\t")); ok && at < len(marks) && marks[at] == 'x' {
			table = append(table, row...)
		}
	}
	return parse(string(table))
}
