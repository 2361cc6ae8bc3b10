package ruletest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// golden compares the alerts of a test with its golden file, or rewrites it.
func (w *worker) golden(out *CaseResult) {
	name := out.Case.want.goldenPath
	got := encodeAlerts(out.Alerts)
	want, err := os.ReadFile(name)
	switch {
	case err == nil && bytes.Equal(normalNewlines(want), got):
		return
	case w.run.options.Update:
		if err := replaceFile(name, got); err != nil {
			goldenError(out, fmt.Sprintf("golden file cannot be written: %s", cause(err)))
			return
		}
		out.Updated = filepath.ToSlash(name)
	case out.Status == Fail:
	case os.IsNotExist(err):
		goldenError(out, fmt.Sprintf("golden file %s does not exist", out.Case.want.golden.Text))
		out.Help = "run with --update to write it"
	case err != nil:
		goldenError(out, fmt.Sprintf("golden file cannot be read: %s", cause(err)))
	default:
		out.Status, out.Span = Fail, out.Case.want.golden.Span
		out.Message = "the alerts differ from the golden file: " + firstDifference(want, got)
		out.Help = "if the new ones are right, run with --update"
	}
}

func goldenError(out *CaseResult, message string) {
	out.Status, out.Span, out.Message = Error, out.Case.want.golden.Span, message
}

func normalNewlines(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }

// encodeAlerts writes one alert a line. The rule's hash is left out: a change
// of the rule that matches the same events changes nothing.
func encodeAlerts(alerts []Alert) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, a := range alerts {
		if err := enc.Encode(a); err != nil {
			panic("unreachable: " + err.Error())
		}
	}
	return b.Bytes()
}

// firstDifference names the first line that differs.
func firstDifference(want, got []byte) string {
	w := strings.Split(strings.TrimSuffix(string(normalNewlines(want)), "\n"), "\n")
	g := strings.Split(strings.TrimSuffix(string(got), "\n"), "\n")
	if len(got) == 0 {
		g = nil
	}
	if len(bytes.TrimSpace(want)) == 0 {
		w = nil
	}
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d is %s, not %s", i+1, brief(g[i]), brief(w[i]))
		}
	}
	return fmt.Sprintf("%d alerts instead of %d", len(g), len(w))
}

// brief names an alert by its place, time and event.
func brief(line string) string {
	var a Alert
	if json.Unmarshal([]byte(line), &a) != nil {
		return "no alert"
	}
	return fmt.Sprintf("record %d %s %.14s…", a.Record, a.Time, a.EventFingerprint)
}

// replaceFile writes a file beside its place and renames it, so that there is
// never half a file.
func replaceFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".golden-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}
