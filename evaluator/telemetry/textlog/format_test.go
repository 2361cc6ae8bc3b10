package textlog

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/socctl/socctl/evaluator"
)

var update = flag.Bool("update", false, "write the golden files anew")

// objectOf decodes JSON as readers do that hand lines to this package.
func objectOf(text string) (evaluator.Value, bool) {
	var v map[string]any
	if json.Unmarshal([]byte(text), &v) != nil {
		return evaluator.Value{}, false
	}
	return evaluator.ValueOf(v), true
}

// decode reads text and lists what comes out: FORMAT RECORD, or the error.
func decode(text string, format *Format) (out []string) {
	lines := strings.Split(strings.TrimSuffix(strings.TrimPrefix(text, "\ufeff"), "\n"), "\n")
	second := ""
	if len(lines) > 1 {
		second = strings.TrimSuffix(lines[1], "\r")
	}
	o := Options{Format: format, Object: objectOf, Second: func() string { return second }}
	d := NewDecoder(o, func(format string, v evaluator.Value) { out = append(out, format+" "+v.Text()) })
	for i, line := range lines {
		if err := d.Line(strings.TrimSuffix(line, "\r")); err != nil {
			out = append(out, fmt.Sprintf("line %d: %v", i+1, err))
		}
	}
	d.Flush()
	return out
}

// TestFormats reads samples of each format, which their lines tell: the records
// are those of the golden files.
func TestFormats(t *testing.T) {
	files, err := filepath.Glob("testdata/*.log")
	if err != nil || len(files) < 14 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(decode(string(text), nil), "\n") + "\n"
			golden := strings.TrimSuffix(file, ".log") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestClaims shows that no format takes the lines of another: each record and
// error of a sample is of the format that the sample is named after, also where
// the samples are one source.
func TestClaims(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.log")
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".log")
		if name == "mixed" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range decode(string(text), nil) {
			if format, _, _ := strings.Cut(line, " "); format != name && format != "line" && !carriedIn(name, line) {
				t.Errorf("%s: %s", file, line)
			}
			if strings.Contains(line, ErrUnknown.Error()) {
				t.Errorf("%s: no format claims %s", file, line)
			}
		}
	}
}

// carriedIn reports whether a record came inside syslog.
func carriedIn(name, record string) bool {
	return name == "syslog" && strings.Contains(record, `"syslog":{`)
}

// FuzzLines reads any text in any format: it never panics, the records of
// formats of one line account for every line, and nothing grows without bound.
func FuzzLines(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.log")
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), byte(i))
	}
	f.Add("type=SYSCALL msg=audit(1.1:1): a0=1\ntype=EOE msg=audit(1.1:1): \n", byte(2))
	f.Fuzz(func(t *testing.T, text string, choice byte) {
		if len(text) > 1<<16 {
			t.Skip()
		}
		var format *Format
		if all := Formats(); int(choice)%(len(all)+1) < len(all) {
			format = &all[int(choice)%(len(all)+1)]
		}
		size := 0
		for _, line := range decode(text, format) {
			size += len(line)
		}
		if limit := 64*len(text) + 1<<12*strings.Count(text, "\n") + 1<<16; size > limit {
			t.Errorf("%d bytes of text became %d", len(text), size)
		}
		if format != nil && format.Name == "lines" {
			want := 0
			for line := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(text, "\ufeff"), "\n"), "\n") {
				if !blank(strings.TrimSuffix(line, "\r")) {
					want++
				}
			}
			if got := len(decode(text, format)); got != want {
				t.Errorf("%d records of %d lines", got, want)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	files, _ := filepath.Glob("testdata/*.log")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		b.Run(strings.TrimSuffix(filepath.Base(file), ".log"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			d := NewDecoder(Options{Object: objectOf}, func(string, evaluator.Value) {})
			for b.Loop() {
				for _, line := range lines {
					_ = d.Line(line) // some lines are broken on purpose
				}
			}
		})
	}
}
