package telemetry

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var archiveTime = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

type packedFile struct{ name, text string }

func zipped(members ...packedFile) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: archiveTime})
		io.WriteString(w, m.text)
	}
	z.Close()
	return b.Bytes()
}

func tarred(members ...packedFile) []byte {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for _, m := range members {
		t.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.text)), Mode: 0o600, ModTime: archiveTime})
		io.WriteString(t, m.text)
	}
	t.Close()
	return b.Bytes()
}

var archived = []packedFile{{"b/one.json", `{"n":1}`}, {"notes.md", "x"}, {"../../two.log.gz", string(packed([]byte(`{"n":2}`), 1))}, {"/three.ndjson", `{"n":3}` + "\n" + `{"n":4}`}}

// listing reads one file and returns its records with their sources, what was
// skipped, and the problems.
func listing(t *testing.T, name string, data []byte, o ReadOptions) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var out []string
	short := func(s string) string { return strings.ReplaceAll(s, path, name) }
	o.Skipped = func(path string) { out = append(out, "skipped "+short(path)) }
	for r, err := range Read(t.Context(), []string{path}, o) {
		if err != nil {
			out = append(out, short(err.Error()))
			continue
		}
		stamp := ""
		if strings.Contains(r.Source, memberMark) && !r.Modified.Equal(archiveTime) {
			stamp = " modified " + r.Modified.String()
		}
		out = append(out, fmt.Sprintf("%s#%d %s%s", short(r.Source), r.Index, r.Value.Text(), stamp))
	}
	return strings.Join(out, "\n")
}

func TestArchives(t *testing.T) {
	t.Parallel()
	content := func(name string) string {
		return strings.ReplaceAll("A!/b/one.json#0 {\"n\":1}\nskipped A!/notes.md\nA!/../../two.log.gz#0 {\"n\":2}\nA!/three.ndjson#0 {\"n\":3}\nA!/three.ndjson#1 {\"n\":4}", "A", name)
	}
	for name, data := range map[string][]byte{"a.zip": zipped(archived...), "b.tar": tarred(archived...), "c.tar.gz": packed(tarred(archived...), 1),
		"d.zip.gz": packed(zipped(archived...), 1), "e.bin": zipped(archived...)} {
		if diff := cmp.Diff(content(name), listing(t, name, data, ReadOptions{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	nested := zipped(packedFile{"in.zip", string(zipped(packedFile{"x.json", `{"n":1}`}))}, packedFile{"in.tar", string(tarred(packedFile{"y.json", `{"n":2}`}))})
	if diff := cmp.Diff("n.zip!/in.zip!/x.json#0 {\"n\":1}\nn.zip!/in.tar!/y.json#0 {\"n\":2}", listing(t, "n.zip", nested, ReadOptions{})); diff != "" {
		t.Error(diff)
	}
	got := listing(t, "empty.zip", zipped(packedFile{"a.md", ""}), ReadOptions{})
	if want := "skipped empty.zip!/a.md\nempty.zip: archive holds no recording (1 other files); extract and name the files to read others"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestDamagedArchives: what stands in front of the damage is read.
func TestDamagedArchives(t *testing.T) {
	t.Parallel()
	whole := zipped(archived...)
	for cut := 1; cut < len(whole); cut += 7 {
		got := listing(t, "cut.zip", whole[:cut], ReadOptions{})
		if !strings.Contains(got, "damaged or truncated zip") && !strings.Contains(got, "no known format") && cut > 4 {
			t.Errorf("cut at %d: no problem is reported: %s", cut, got)
		}
		if cut > 150 && !strings.Contains(got, `{"n":1}`) {
			t.Errorf("cut at %d: the first member is lost: %s", cut, got)
		}
	}
	whole = tarred(archived...)
	if got := listing(t, "cut.tar", whole[:1200], ReadOptions{}); !strings.Contains(got, `{"n":1}`) || !strings.Contains(got, "damaged or truncated tar archive behind 1 recordings") {
		t.Errorf("got %s", got)
	}
	encrypted := bytes.Clone(zipped(packedFile{"a.json", "{}"}))
	for _, at := range []int{6, bytes.Index(encrypted, []byte("PK\x01\x02")) + 8} {
		encrypted[at] |= 1
	}
	if got := listing(t, "e.zip", encrypted, ReadOptions{}); !strings.Contains(got, "e.zip!/a.json: is encrypted; extract it first") {
		t.Errorf("got %s", got)
	}
}

// TestBombs: an input that expands beyond measure is stopped.
func TestBombs(t *testing.T) {
	t.Parallel()
	zeros := func(w io.Writer, size int) {
		block := bytes.Repeat([]byte{' '}, 1<<20)
		for ; size > 0; size -= len(block) {
			w.Write(block)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	w, _ := z.Create("a.json")
	zeros(w, 256<<20)
	z.Close()
	for _, test := range []struct {
		o    ReadOptions
		want string
	}{
		{ReadOptions{MaxExpansion: 100}, "zip data expands more than 100 times"},
		{ReadOptions{MaxExpansion: -1}, ""},
	} {
		if got := listing(t, "bomb.zip", b.Bytes(), test.o); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%+v: got %q, want %q", test.o, got, test.want)
		}
	}
	if got := listing(t, "bomb.zip.gz", packed(b.Bytes(), 1), ReadOptions{MaxExpansion: 100}); !strings.Contains(got, "expands more than 100 times") {
		t.Errorf("in a stream: got %q", got)
	}
}

func TestReadEncodings(t *testing.T) {
	t.Parallel()
	utf16 := func(s string, bigEndian, mark bool) []byte {
		var b []byte
		if mark {
			s = "\ufeff" + s
		}
		for _, c := range s {
			if bigEndian {
				b = append(b, byte(c>>8), byte(c))
			} else {
				b = append(b, byte(c), byte(c>>8))
			}
		}
		return b
	}
	text := "{\"n\":\"é\"}\r\n{\"n\":2}\r\n"
	for name, data := range map[string][]byte{
		"little.json": utf16(text, false, true), "big.json": utf16(text, true, true),
		"little-unmarked.json": utf16(text, false, false), "big-unmarked.json": utf16(text, true, false), "packed.json.gz": packed(utf16(text, false, true), 1),
	} {
		if want, got := name+"#0 {\"n\":\"é\"}\n"+name+"#1 {\"n\":2}", listing(t, name, data, ReadOptions{}); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	if got := listing(t, "l.log", []byte("caf\xe9 \x93x\x94\ncafé\n"), ReadOptions{Format: "lines"}); got != "l.log#0 {\"message\":\"café “x”\"}\nl.log#1 {\"message\":\"café\"}" {
		t.Errorf("mixed encodings: got %s", got)
	}
	if got := listing(t, "x.xml", utf16("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Events>"+sysmonXML+"</Events>", false, true), ReadOptions{}); got != "x.xml#0 "+sysmonFlat {
		t.Errorf("XML: got %s", got)
	}
}

// TestLivePipe: a record is given out as soon as it is there, however large.
func TestLivePipe(t *testing.T) {
	t.Parallel()
	pretty := "{\n  \"a\": \"" + strings.Repeat("x\\n", 100_000) + "\",\n  \"b\": [1, 2, {\"c\": \"}\"}]\n}"
	for name, records := range map[string][]string{
		"lines":  {`{"n":1}` + "\n", `{"n":2}` + "\n"},
		"large":  {`{"n":"` + strings.Repeat("x", 300_000) + "\"}\n", `{"n":"` + strings.Repeat("y", 300_000) + "\"}\n"},
		"pretty": {pretty, pretty + "\n"},
		"xml":    {sysmonXML, sysmonXML + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, out := io.Pipe()
			taken := make(chan int, len(records))
			go func() {
				defer out.Close()
				for i, r := range records {
					io.WriteString(out, r)
					select {
					case <-taken:
					case <-time.After(10 * time.Second):
						t.Errorf("record %d waits for more input", i)
						return
					}
				}
			}()
			n := 0
			for _, err := range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: in}) {
				if err != nil {
					t.Error(err)
					break
				}
				taken <- n
				n++
			}
			if n != len(records) {
				t.Errorf("%d records, want %d", n, len(records))
			}
		})
	}
}

func TestRecordingNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a.evtx": true, "A.JSON.GZ": true, "x/access.log.1": true, "audit.log.3.gz": true, "messages-20260102": true, "messages": true, "conn.log.labeled.zst": true,
		"app-2026.log-20260102.gz": true, "123_CloudTrail_eu-west-1_20260101T0000Z_x.json.gz": true, "export.xml": true, "alerts.csv.zst": true, "a.tar.gz": true, "logs.zip": true,
		"notes.txt": false, "README.md": false, "rule.yml": false, "log": false, "a.json.bak": false, "x.py": false,
	} {
		if got := isRecording(name); got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(zipped(archived...))
	f.Add(tarred(archived...))
	f.Add(packed(zipped(archived...), 2))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for range Read(t.Context(), []string{"-"}, ReadOptions{Stdin: bytes.NewReader(data), MaxRecord: 1 << 16}) {
			if n++; n > 1_000_000 {
				t.Fatal("endless")
			}
		}
	})
}
