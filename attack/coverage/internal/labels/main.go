// Command labels writes testdata/telemetry/shared.yml, the manifest of the public
// recordings that socctl is tested with, from what their publishers and we know
// about them:
//
//	curated.tsv                   rows of people who looked at the events
//	windows-json/labels.ndjson    techniques of the metadata of Security-Datasets
//	windows-json/_metadata        platforms, from the same
//	evtx/EVTX-to-MITRE-Attack     technique ids in the names of folders
//	index.ndjson                  hashes, sources, licenses
//
// A curated row takes the place of everything else that is known of a file. Of
// the other parts nothing is taken: Invictus and the GCP fixtures have no
// labels, Stratus Red Team names tactics only, TrailDiscover and Panther wrap
// their events so that they are no telemetry.
//
//	go run ./attack/coverage/internal/labels -data ../shared/data -curated testdata/telemetry/curated.tsv -out testdata/telemetry/shared.yml
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/socctl/socctl/attack/coverage"
)

func main() {
	data := flag.String("data", "../shared/data", "`folder` of the public recordings")
	curated := flag.String("curated", "testdata/telemetry/curated.tsv", "`file` of the curated rows")
	out := flag.String("out", "testdata/telemetry/shared.yml", "`file` to write")
	flag.Parse()
	text, err := manifest(*data, *curated)
	if err == nil {
		err = os.WriteFile(*out, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "labels:", err)
		os.Exit(1)
	}
}

// entry is a recording with what is known of it.
type entry struct {
	path, sha256, source, license string
	platform, records             string
	techniques                    []string
	basis                         coverage.Basis
	reason                        string
}

// manifest returns the text of the manifest.
func manifest(data, curated string) ([]byte, error) {
	files, err := index(filepath.Join(data, "index.ndjson"))
	if err != nil {
		return nil, err
	}
	entries, err := curatedRows(curated, files)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, e := range entries {
		known[e.path] = true
	}
	metadata, err := datasets(data, files)
	if err != nil {
		return nil, err
	}
	for _, e := range append(metadata, folders(files)...) {
		if !known[e.path] {
			known[e.path] = true
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, func(a, b *entry) int { return strings.Compare(a.path, b.path) })
	return write(entries), nil
}

// index reads the list of files with their hashes.
func index(name string) (map[string]*entry, error) {
	files := map[string]*entry{}
	err := lines(name, func(line []byte) error {
		var f struct{ Path, SHA256, Source, License string }
		if err := json.Unmarshal(line, &f); err != nil {
			return err
		}
		files[f.Path] = &entry{path: f.Path, sha256: f.SHA256, source: f.Source, license: f.License}
		return nil
	})
	return files, err
}

// lines calls each for every line that is not empty. Its error names the line.
func lines(name string, each func([]byte) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		if len(in.Bytes()) == 0 {
			continue
		}
		if err := each(in.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return in.Err()
}

func curatedRows(name string, files map[string]*entry) (out []*entry, err error) {
	err = lines(name, func(line []byte) error {
		if line[0] == '#' {
			return nil
		}
		row := strings.Split(string(line), "\t")
		if len(row) != 5 {
			return fmt.Errorf("%d columns instead of 5", len(row))
		}
		f := files[row[0]]
		if f == nil {
			return fmt.Errorf("there is no recording %s", row[0])
		}
		e := *f
		e.platform, e.records, e.techniques, e.reason, e.basis = row[1], row[2], strings.Fields(row[3]), row[4], coverage.Curated
		out = append(out, &e)
		return nil
	})
	return out, err
}

// datasets reads the labels of Security-Datasets.
func datasets(data string, files map[string]*entry) (out []*entry, err error) {
	platforms, err := platformsOf(filepath.Join(data, "windows-json", "_metadata"))
	if err != nil {
		return nil, err
	}
	err = lines(filepath.Join(data, "windows-json", "labels.ndjson"), func(line []byte) error {
		var l struct {
			Upstream          string
			Files, Techniques []string
		}
		if err := json.Unmarshal(line, &l); err != nil || len(l.Techniques) == 0 {
			return err
		}
		for _, name := range l.Files {
			f := files[name]
			if f == nil {
				return fmt.Errorf("there is no recording %s", name)
			}
			e := *f
			e.platform, e.techniques, e.basis = platforms[path.Base(l.Upstream)], l.Techniques, coverage.DatasetMetadata
			if e.platform == "" {
				e.platform = byName(path.Base(name))
			}
			out = append(out, &e)
		}
		return nil
	})
	return out, err
}

var (
	platformLine     = regexp.MustCompile(`(?m)^platform:\s*\n\s*-\s*(\w+)`)
	severalPlatforms = regexp.MustCompile(`(?m)^platform:\s*\n\s*-.*\n\s*-`)
	linkLine         = regexp.MustCompile(`(?m)link:\s*\S*/([^/\s]+)\s*$`)
)

// platformsOf returns the platform of ATT&CK by name of archive.
func platformsOf(dir string) (map[string]string, error) {
	out := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m := platformLine.FindSubmatch(text)
		if m == nil || severalPlatforms.Match(text) {
			continue
		}
		platform := map[string]string{"AWS": "IaaS", "Linux": "Linux", "Windows": "Windows"}[string(m[1])]
		for _, link := range linkLine.FindAllSubmatch(text, -1) {
			out[string(link[1])] = platform
		}
	}
	return out, nil
}

// byName tells the platform of an archive whose metadata names several, or none:
// those of syslog are of Linux.
func byName(name string) string {
	if strings.HasPrefix(name, "syslog_") || strings.HasPrefix(name, "vminsights_") {
		return "Linux"
	}
	return "Windows"
}

var folderName = regexp.MustCompile(`^evtx/EVTX-to-MITRE-Attack/[^/]+/(T\d{4}(?:\.\d{3})?)`)

// folders takes the id of a technique from the name of a folder.
func folders(files map[string]*entry) (out []*entry) {
	for _, f := range files {
		if m := folderName.FindStringSubmatch(f.path); m != nil {
			e := *f
			e.platform, e.techniques, e.basis = "Windows", []string{m[1]}, coverage.FileName
			out = append(out, &e)
		}
	}
	return out
}

func write(entries []*entry) []byte {
	var b bytes.Buffer
	b.WriteString("# Written by attack/coverage/internal/labels; what people know stands in curated.tsv beside it. Paths start from the\n# folder of the public recordings. Only the bases curated and dataset-metadata are evidence.\n")
	fmt.Fprintf(&b, "format: %s\nrecordings:\n", coverage.ManifestFormat)
	ids := map[string]int{}
	for _, e := range entries {
		id := slug(e.path)
		if ids[id]++; ids[id] > 1 {
			id += "-" + strconv.Itoa(ids[id])
		}
		fmt.Fprintf(&b, "  - id: %s\n    path: %s\n    sha256: %s\n    source: %s\n    license: %s\n    platform: %s\n", id, strconv.Quote(e.path), e.sha256, e.source, strconv.Quote(e.license), e.platform)
		if e.records != "" {
			fmt.Fprintf(&b, "    event_filter: {records: [%s]}\n", quoted(strings.Split(e.records, ",")))
		}
		b.WriteString("    techniques:\n")
		for _, t := range e.techniques {
			fmt.Fprintf(&b, "      - {id: %s, basis: %s", t, e.basis)
			if e.reason != "" {
				fmt.Fprintf(&b, ", reason: '%s'", strings.ReplaceAll(e.reason, "'", "''"))
			}
			b.WriteString("}\n")
		}
	}
	return b.Bytes()
}

func quoted(texts []string) string {
	for i := range texts {
		texts[i] = strconv.Quote(texts[i])
	}
	return strings.Join(texts, ", ")
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes an id of a path: its last folder, if that names a technique, and
// the name of the file.
func slug(name string) string {
	base := path.Base(name)
	for _, ext := range []string{".zst", ".zip", ".ndjson", ".json", ".evtx"} {
		base = strings.TrimSuffix(base, ext)
	}
	if m := folderName.FindStringSubmatch(name); m != nil {
		base = m[1] + " " + base
	}
	return strings.Trim(notSlug.ReplaceAllString(strings.ToLower(base), "-"), "-")
}
