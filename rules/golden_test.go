package rules_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/socctl/socctl/rules"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// compareGolden compares with a file, or writes it.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func fixtures(t testing.TB, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", dir, "*.yml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures in %s: %v", dir, err)
	}
	return names
}

// diagnosticsOf reads a source and renders every diagnostic with what its span
// covers: the text is what a reader of the golden file checks.
func diagnosticsOf(source []byte) string {
	_, diags := rules.Parse("r.yml", source)
	diags.Sort()
	var b strings.Builder
	for _, d := range diags {
		b.WriteString(strings.TrimPrefix(d.String(), "r.yml:") + "\n")
		b.WriteString("    " + covered(d.Span) + "\n")
		for _, r := range d.Related {
			b.WriteString("    " + strings.TrimPrefix(r.Span.String(), "r.yml:") + ": " + r.Message + "\n")
		}
	}
	return b.String()
}

// covered returns the text of a span, with ⏎ for line ends.
func covered(s rules.Span) string {
	if !s.Known() {
		return "no place"
	}
	var b strings.Builder
	for line := s.Start.Line; line <= s.End.Line; line++ {
		text := []rune(s.File.Line(line))
		if line == s.End.Line {
			text = text[:min(s.End.Column-1, len(text))]
		}
		if line == s.Start.Line {
			text = text[min(s.Start.Column-1, len(text)):]
		}
		b.WriteString(string(text))
		if line < s.End.Line {
			b.WriteString("⏎")
		}
	}
	if text := []rune(b.String()); len(text) > 70 {
		return "«" + string(text[:70]) + "…"
	}
	return "«" + b.String() + "»"
}

func TestDiagnostics(t *testing.T) {
	for _, name := range fixtures(t, "err") {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yml"), func(t *testing.T) {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := diagnosticsOf(source)
			if !strings.Contains(got, "error[") {
				t.Error("no error was found")
			}
			compareGolden(t, strings.TrimSuffix(name, ".yml")+".want", got)
		})
	}
}

// TestDiagnosticsOfWindowsFiles checks that CRLF and a byte order mark change
// no position.
func TestDiagnosticsOfWindowsFiles(t *testing.T) {
	for _, name := range fixtures(t, "err") {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(name), "utf16") {
			continue
		}
		windows := append([]byte("\ufeff"), bytes.ReplaceAll(bytes.TrimPrefix(source, []byte("\ufeff")), []byte("\n"), []byte("\r\n"))...)
		if diff := cmp.Diff(diagnosticsOf(source), diagnosticsOf(windows)); diff != "" {
			t.Errorf("%s with CRLF (-LF +CRLF):\n%s", name, diff)
		}
	}
}

func TestPrint(t *testing.T) {
	for _, name := range fixtures(t, "ok") {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		docs, diags := rules.Parse("r.yml", source)
		if err := diags.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var b strings.Builder
		for _, d := range docs {
			checkRoundTrip(t, d)
			b.WriteString("--- print\n" + printed(t, d) + "--- canonical " + rules.ContentHash(d) + "\n" + rules.Canonical(d))
		}
		compareGolden(t, strings.TrimSuffix(name, ".yml")+".want", b.String())
	}
}
