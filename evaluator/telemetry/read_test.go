package telemetry

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const testRecords = "testdata/read"

func TestReadFiles(t *testing.T) {
	t.Parallel()
	plain, _ := readAll(t, ReadOptions{}, testRecords+"/lines.ndjson")
	if len(plain) != 3 {
		t.Fatalf("%d records, want 3", len(plain))
	}
	for _, name := range []string{"pretty.json", "array.json", "lines.ndjson.gz", "lines.ndjson.zst"} {
		got, problems := readAll(t, ReadOptions{}, filepath.Join(testRecords, name))
		if len(got) != len(plain) || len(problems) > 0 {
			t.Errorf("%s: %d records, problems %v", name, len(got), problems)
			continue
		}
		for i := range got {
			if got[i].Value.Text() != plain[i].Value.Text() || got[i].Index != i {
				t.Errorf("%s: record %d is %s, want %s", name, i, got[i].Value.Text(), plain[i].Value.Text())
			}
		}
	}
}

func TestReadProblems(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	for _, test := range []struct {
		source  string
		records int
		want    string
	}{
		{testRecords + "/broken.ndjson", 2, ":2:33: unexpected ',', want a value"},
		{testRecords + "/cut.ndjson.gz", -1, "damaged or truncated gzip data: unexpected EOF"},
		{testRecords + "/absent.json", 0, ": file does not exist; check the path"},
		{testRecords + "/absent/*.json", 0, ": no file matches the pattern"},
		{testRecords + "/*.evtx", 0, ": no file matches the pattern"},
		{testRecords + "/[", 0, ": malformed pattern \"[\""},
		{empty, 0, ": folder holds no recording"},
		{"-", 0, "-: standard input is not available"},
	} {
		records, problems := readAll(t, ReadOptions{}, test.source)
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), test.want) || !strings.HasPrefix(problems[0].Error(), test.source) {
			t.Errorf("%s: problems %v, want one with %q", test.source, problems, test.want)
		}
		if len(records) != test.records && (test.records >= 0 || len(records) < 10) {
			t.Errorf("%s: %d records, want %d", test.source, len(records), test.records)
		}
	}
}

func TestReadForeignFormats(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"PK\x03\x04....":                "damaged or truncated zip archive behind 0 recordings: unexpected EOF",
		"\x1f\x8bxx":                    "damaged gzip header: unexpected EOF",
		"\x28\xb5\x2f\xfdxx":            "damaged or truncated zstd data: reserved bit set on frame header",
		"BZh91AY":                       "damaged or truncated bzip2 data: unexpected EOF",
		"\xfd7zXZ\x00":                  "this is xz data; decompress it first",
		"SQLite format 3\x00":           "this is an SQLite database; export the events first",
		"\x01\x02\x00\x07\x08\x00":      "binary data of no known format",
		"0\x00\x00\x00LfLe\x01\x00":     "this is an old .evt log; convert it first: wevtutil epl OLD.evt NEW.evtx /lf:true",
		string(packed([]byte("{}"), 5)): "packed more than 4 times, one inside the other; unpack it first",
	} {
		got := transcript(t, ReadOptions{Stdin: strings.NewReader(in)})
		if !strings.HasSuffix(got, want) {
			t.Errorf("%q: got %q, want %q", in[:min(len(in), 20)], got, want)
		}
	}
	if got := transcript(t, ReadOptions{Stdin: bytes.NewReader(packed([]byte(`{"a":1}`), 4))}); got != `{"a":1}` {
		t.Errorf("packed 4 times: got %q", got)
	}
}

// packed compresses data several times.
func packed(data []byte, times int) []byte {
	for range times {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(data)
		z.Close()
		data = b.Bytes()
	}
	return data
}

func TestReadOrder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(testRecords, "folder")
	a, b, c := filepath.Join(folder, "a.LOG"), filepath.Join(folder, "deep", "b.jsonl"), filepath.Join(folder, "c.json.gz")
	for _, test := range []struct {
		sources, want []string
	}{
		{[]string{folder}, []string{a, c, b}},
		{[]string{b, a}, []string{b, a}},
		{[]string{folder + "/*.LOG", a}, []string{a, a}},
		{[]string{folder + "/*.j*"}, []string{c}},
		{[]string{folder + "/**/*.j*"}, []string{c, b}},
		{[]string{testRecords + "/**/deep/*"}, []string{b}},
		{[]string{testRecords + "/fold?r/[ab].*"}, []string{a}},
		{[]string{testRecords + "/folder/**/deep/**"}, []string{b}},
	} {
		records, problems := readAll(t, ReadOptions{}, test.sources...)
		var got []string
		for _, r := range records {
			if r.Index == 0 {
				got = append(got, r.Source)
			}
		}
		if !slices.Equal(got, test.want) || len(problems) > 0 {
			t.Errorf("%s: got %s %v, want %s", test.sources, got, problems, test.want)
		}
	}
}

func TestReadSkips(t *testing.T) {
	t.Parallel()
	var skipped []string
	readAll(t, ReadOptions{Skipped: func(path string) { skipped = append(skipped, path) }}, testRecords+"/folder")
	if want := []string{filepath.Join(testRecords, "folder", "notes.md")}; !slices.Equal(skipped, want) {
		t.Errorf("skipped %s, want %s", skipped, want)
	}
}

func TestReadLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "x.json")
	if err := os.WriteFile(target, []byte(`{"a":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"y.json": target, "cycle": dir, "z.json": filepath.Join(dir, "gone")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	records, problems := readAll(t, ReadOptions{}, dir)
	if len(records) != 2 || len(problems) != 1 || problems[0].Source != filepath.Join(dir, "z.json") {
		t.Errorf("%d records, problems %v; want 2 and one about z.json", len(records), problems)
	}
}

// A folder that is asked for by a link to it is read as any other.
func TestReadLinkedFolder(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "link")
	folder, err := filepath.Abs(filepath.Join(testRecords, "folder"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(folder, link); err != nil {
		t.Skip(err)
	}
	a, b, c := filepath.Join(link, "a.LOG"), filepath.Join(link, "deep", "b.jsonl"), filepath.Join(link, "c.json.gz")
	for source, want := range map[string][]string{
		link:              {a, c, b},
		link + "/":        {a, c, b},
		link + "/*.LOG":   {a},
		link + "/**/*.j*": {c, b},
	} {
		records, problems := readAll(t, ReadOptions{}, source)
		var got []string
		for _, r := range records {
			if r.Index == 0 {
				got = append(got, r.Source)
			}
		}
		if !slices.Equal(got, want) || len(problems) > 0 {
			t.Errorf("%s: got %s %v, want %s", source, got, problems, want)
		}
	}
}

func TestReadStops(t *testing.T) {
	t.Parallel()
	sources := []string{testRecords + "/broken.ndjson", testRecords + "/lines.ndjson", testRecords}
	for stop := 1; stop < 8; stop++ {
		n := 0
		for range Read(t.Context(), sources, ReadOptions{}) {
			if n++; n == stop {
				break
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		n = 0
		for range Read(ctx, sources, ReadOptions{}) {
			if n++; n == stop {
				cancel()
			}
		}
		cancel()
		if n != stop {
			t.Errorf("%d yielded after the context was done", n-stop)
		}
	}
}
